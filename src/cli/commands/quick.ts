// ial quick
import type { Command } from 'commander';
import { UserError } from '../../errors.ts';
import { cacheOption, cacheSizeOption, dataOption, datasetOption, examples, foldOption, jsonOption, precisionOption, presetOption, sceneOption, seedOption, wholeNumber } from '../options.ts';
import { formatDuration, terminalProgress } from '../../progress.ts';
import { evaluationNotes, evaluationTable } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';
import { makeRuns, type QuickOptions } from './quickRuns.ts';

export function addQuick(program: Command): void {
  examples(program.command('quick')
    .summary('the paper\'s comparison in brief: two runs, their table and figures')
    .description('Trains the network without GCA and IAL and with both, from the same seed, unless these runs are there already; evaluates them, prints the table and writes its figures. Without --data on the quick synthetic benchmark, which it renders first.')
    .addOption(presetOption('tiny'))
    .addOption(dataOption().default(undefined, 'the quick synthetic benchmark'))
    .addOption(datasetOption())
    .addOption(foldOption())
    .addOption(sceneOption())
    .addOption(seedOption())
    .addOption(precisionOption())
    .option('--jobs <number>', 'runs at a time, each in a process of its own; they share the cores, and runs of other numbers of threads end in slightly other weights', wholeNumber(1), 1)
    .option('--runs <dir>', 'where the run folders are', 'runs')
    .option('--figures <dir>', 'where the figures go', 'figures')
    .addOption(cacheOption())
    .addOption(cacheSizeOption())
    .addOption(jsonOption())
    .action(run), 'quick', 'quick --preset paper --data /data/DFEW --fold 1');
}

async function run(options: QuickOptions, command: Command): Promise<void> {
  const shell = shellOf(command), start = performance.now();
  const { QUICK_DATA, quickFigures, writeFigures } = await import('../../experiments/quick.ts');
  const data = options.data ?? QUICK_DATA;
  if (options.data === undefined) await renderQuick(shell);
  const { readDataset } = await import('../../data/dataset.ts');
  const dataset = await readDataset({ name: options.dataset, root: data, fold: options.fold, scene: options.scene });
  for (const note of dataset.notes) shell.note(note);
  const made = await makeRuns(shell, dataset, options);
  const rows = made.map(({ plan, evaluation }) => ({ name: plan.variant, evaluation }));
  if (shell.isJson) shell.json(rows);
  shell.print(evaluationTable(rows));
  for (const note of evaluationNotes(rows.map(({ evaluation }) => evaluation))) shell.print(note);
  const pictures = await writeFigures(quickFigures(made), options.figures).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    shell.note(`figures: ${error.message}`);
    return [];
  });
  shell.print(`\nclips     ${data}`);
  for (const { dir, isReused } of made) shell.print(`run       ${dir}${isReused ? ' (was there)' : ''}`);
  for (const file of pictures) shell.print(`figure    ${file}`);
  shell.print(`took      ${formatDuration((performance.now() - start) / 1000)}`);
}

export async function renderQuick(shell: Shell): Promise<void> {
  const [{ QUICK_BENCHMARK, QUICK_DATA }, { renderSynthetic }] = await Promise.all([import('../../experiments/quick.ts'), import('../../data/synthetic/index.ts')]);
  const progress = terminalProgress('rendering', { unit: 'clips' });
  try {
    await renderSynthetic({ ...QUICK_BENCHMARK, root: QUICK_DATA, signal: shell.signal, onProgress: progress.update });
  } finally { progress.stop(); }
}
