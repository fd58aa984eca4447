// ial features RUN
import type { Command } from 'commander';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataOption, examples, jsonOption } from '../options.ts';
import { shellOf, type Shell } from '../shell.ts';
import { trainingView } from './train.ts';

interface FeaturesOptions { readonly out: string; readonly data?: string }

export function addFeatures(program: Command): void {
  examples(program.command('features')
    .summary('write the vectors before the classifier')
    .description('Writes a run\'s features of its evaluated clips, with ids, labels and predictions, for other tools: .safetensors (features, logits, labels), .csv or .tsv by the ending of the name. A run that has not been evaluated is evaluated first.')
    .argument('<run>', 'run folder')
    .requiredOption('--out <file>', 'file to write, in .safetensors, .csv or .tsv')
    .addOption(dataOption().default(undefined, 'where the run was trained'))
    .addOption(jsonOption())
    .action(run), 'features runs/first --out first.csv', 'features runs/authors --data /data/DFEW --out authors.safetensors');
}

async function run(dir: string, { out, data }: FeaturesOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
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
