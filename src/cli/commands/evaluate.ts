// ial evaluate RUN
import type { Command } from 'commander';
import type { BadClipPolicy } from '../../data/collect.ts';
import { badClipOption, cacheOption, cacheSizeOption, type CacheOptions, dataOption, diskCacheOf, examples, jsonOption } from '../options.ts';
import { confusionTable, evaluationNotes, evaluationTable, intensityText } from '../report.ts';
import { shellOf } from '../shell.ts';
import { trainingView } from './train.ts';

export function addEvaluate(program: Command): void {
  examples(program.command('evaluate')
    .summary('evaluate a run on its test clips')
    .description('Runs the selected checkpoint of a run over its fold\'s test clips and writes predictions.json, features.safetensors and evaluation.json, with recall by intensity where the set knows it.')
    .argument('<run>', 'run folder')
    .addOption(dataOption().default(undefined, 'where the run was trained'))
    .addOption(badClipOption())
    .addOption(cacheOption())
    .addOption(cacheSizeOption())
    .addOption(jsonOption())
    .action(run), 'evaluate runs/first', 'evaluate runs/first --data /mnt/DFEW --json');
}

interface EvaluateCommandOptions extends CacheOptions { readonly data?: string; readonly onBadClip: BadClipPolicy }

async function run(dir: string, options: EvaluateCommandOptions, command: Command): Promise<void> {
  const shell = shellOf(command), { data, onBadClip } = options;
  const [{ openRun }, { evaluateAgain }, { addIntensity }, { loadEngine }] = await Promise.all([import('../../runs/run.ts'), import('../../experiments/evaluation.ts'), import('../../experiments/reports.ts'), import('../../engine/tensorflow.ts')]);
  await openRun(dir); // a wrong folder is said before the engine is loaded
  const engine = await loadEngine();
  const view = trainingView(shell);
  try {
    await evaluateAgain({ engine, dir, ...data !== undefined && { data }, onBadClip, cache: diskCacheOf(options), signal: shell.signal, onEvaluate: view.onEvaluate, onWarning: view.onWarning });
    const evaluation = await addIntensity(dir, data);
    view.stop();
    if (shell.isJson) shell.json(evaluation);
    shell.print(evaluationTable([{ name: dir, evaluation }]));
    shell.print(confusionTable(evaluation.metrics.confusion, evaluation.labelNames));
    if (evaluation.intensity) shell.print(intensityText(evaluation.intensity));
    for (const note of evaluationNotes([evaluation])) shell.print(note);
  } finally { view.stop(); }
}
