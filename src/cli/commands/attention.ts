// ial attention RUN --out FILE
import type { Command } from 'commander';
import type { AttentionRecord } from '../../experiments/attentionFile.ts';
import { terminalProgress } from '../../progress.ts';
import { dataOption, examples, jsonOption } from '../options.ts';
import { percentWithError, table } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';

interface Options { readonly out: string; readonly data?: string; readonly untrained?: boolean }

export function addAttention(program: Command): void {
  examples(program.command('attention')
    .summary('write the channel weights inside GCA')
    .description('Reads the channel weights of the global convolution-attention blocks out of a run\'s network, for every frame of its test clips, with the frames\' true intensity where the set tells it; and what the network predicts when each channel\'s weight is frozen at its mean, or is 1. For the notebook 07-inside-gca.')
    .argument('<run>', 'run folder, with its weights')
    .requiredOption('--out <file>', 'file to write, in .safetensors')
    .addOption(dataOption().default(undefined, 'where the run was trained'))
    .option('--untrained', 'of the network before its first step')
    .addOption(jsonOption())
    .action(run), 'attention runs/first --out first-gca.safetensors');
}

async function run(dir: string, { out, data, untrained = false }: Options, command: Command): Promise<void> {
  const shell = shellOf(command);
  if (!out.endsWith('.safetensors')) throw new (await import('../../errors.ts')).UserError(`${out}: expected a name in .safetensors`);
  const [{ loadEngine }, { readGca }, { writeAttention }] = await Promise.all([import('../../engine/tensorflow.ts'), import('../../experiments/attentionRun.ts'), import('../../experiments/attentionFile.ts')]);
  const progress = terminalProgress('weights', { unit: 'clips' });
  const record = await readGca({ engine: await loadEngine(), dir, untrained, ...data !== undefined && { data }, signal: shell.signal, onProgress: progress.update, onWarning: shell.note }).finally(progress.stop);
  await writeAttention(out, record);
  await report(shell, record, out);
}

async function report(shell: Shell, { weights: { clips, frames, layers }, labelNames, predictions, epoch, run: name }: AttentionRecord, out: string): Promise<void> {
  const [{ metricsOf }, { MODES }, { variation }] = await Promise.all([import('../../evaluate/metrics.ts'), import('../../experiments/attentionFile.ts'), import('../../evaluate/attention.ts')]);
  const rows = MODES.map((mode) => ({ mode, metrics: metricsOf(predictions[mode], labelNames.length) }));
  const spread = layers.map((layer) => ({ layer: layer.name, ...variation({ clips, frames, layers }, layer.name, { seed: 1, resamples: 1 }) }));
  if (shell.isJson) { shell.json({ run: name, file: out, epoch, clips: clips.length, frames, scores: rows.map(({ mode, metrics: { uar, war } }) => ({ mode, uar, war })), variation: spread.map(({ layer, ...of }) => ({ layer, channels: of.channels.estimate, clips: of.clips.estimate, frames: of.frames.estimate })) }); return; }
  shell.print(table(['GCA weights', 'UAR', 'WAR'], rows.map(({ mode, metrics: { uar, uarStandardError, war, warStandardError } }) => [mode, percentWithError(uar, uarStandardError), percentWithError(war, warStandardError)])));
  shell.print(table(['standard deviation of w', 'between channels', 'between clips', 'between frames'], spread.map(({ layer, channels, clips: between, frames: within }) => [layer, ...[channels, between, within].map(({ estimate }) => estimate.toFixed(3))])));
  shell.print(`${out}: weights of ${layers.map(({ name: layer, channels }) => `${layer} (${channels} channels)`).join(' and ')}, ${frames} frames of ${clips.length} test clips, epoch ${epoch}`);
}
