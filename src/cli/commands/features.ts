// ial features RUN
import type { Command } from 'commander';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { terminalProgress } from '../../progress.ts';
import { dataOption, examples, jsonOption, numberList } from '../options.ts';
import { shellOf, type Shell } from '../shell.ts';
import { trainingView } from './train.ts';

interface FeaturesOptions { readonly out: string; readonly data?: string; readonly epochs?: readonly number[] }

export function addFeatures(program: Command): void {
  examples(program.command('features')
    .summary('write the vectors before the classifier')
    .description('Writes a run\'s features of its evaluated clips, with ids, labels and predictions, for other tools: .safetensors (features, logits, labels), .csv or .tsv by the ending of the name. A run that has not been evaluated is evaluated first.')
    .argument('<run>', 'run folder')
    .requiredOption('--out <file>', 'file to write, in .safetensors, .csv or .tsv')
    .addOption(dataOption().default(undefined, 'where the run was trained'))
    .option('--epochs <list>', 'of these epochs\' checkpoints instead (train --keep-epochs), together in one .safetensors of half precision; 0: before the first step', numberList(0, 1e6))
    .addOption(jsonOption())
    .action(run), 'features runs/first --out first.csv', 'features runs/authors --data /data/DFEW --out authors.safetensors', 'features runs/first --epochs 0,1,5,15 --out epochs.safetensors');
}

async function run(dir: string, { out, data, epochs }: FeaturesOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  if (epochs) { await byEpoch(dir, out, epochs, data, shell); return; }
  const { encoderOf, exportFeatures } = await import('../../experiments/exportFeatures.ts');
  encoderOf(out);
  const { openRun } = await import('../../runs/run.ts');
  await openRun(dir);
  const isEvaluated = await stat(join(dir, 'features.safetensors')).then(() => true, () => false);
  if (!isEvaluated || data !== undefined) await evaluate(dir, data, shell);
  const report = await exportFeatures(dir, out);
  if (shell.isJson) shell.json(report);
  shell.print(`${out}: ${report.width} features of ${report.clips} ${report.split} clips, ${dir}, epoch ${report.epoch}`);
}

async function evaluate(dir: string, data: string | undefined, shell: Shell): Promise<void> {
  const [{ evaluateAgain }, { loadEngine }] = await Promise.all([import('../../experiments/evaluation.ts'), import('../../engine/tensorflow.ts')]);
  const view = trainingView(shell);
  try {
    await evaluateAgain({ engine: await loadEngine(), dir, ...data !== undefined && { data }, signal: shell.signal, onEvaluate: view.onEvaluate, onWarning: view.onWarning });
  } finally { view.stop(); }
}

async function byEpoch(dir: string, out: string, epochs: readonly number[], data: string | undefined, shell: Shell): Promise<void> {
  const [{ epochFeatures, writeEpochFeatures }, { UserError }] = await Promise.all([import('../../experiments/epochFeatures.ts'), import('../../errors.ts')]);
  if (!out.endsWith('.safetensors')) throw new UserError(`${out}: features of several epochs go into a .safetensors`);
  const { loadEngine } = await import('../../engine/tensorflow.ts'), progress = terminalProgress('features', { unit: 'clips' });
  const found = await epochFeatures({ engine: await loadEngine(), dir, epochs, ...data !== undefined && { data }, signal: shell.signal, onProgress: progress.update }).finally(progress.stop);
  await writeEpochFeatures(out, found);
  const { ids, width } = found, scores = found.epochs.map(({ epoch, uar }) => ({ epoch, uar }));
  if (shell.isJson) shell.json({ run: dir, file: out, clips: ids.length, width, epochs: scores });
  shell.print(`${out}: ${width} features of ${ids.length} test clips, ${dir}, UAR ${scores.map(({ epoch, uar }) => `${(100 * uar).toFixed(1)} % at epoch ${epoch}`).join(', ')}`);
}
