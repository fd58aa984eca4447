// ial instrument DIR
import type { Command } from 'commander';
import type { SyntheticParameters } from '../../data/synthetic/index.ts';
import type { PlannedRun } from '../../experiments/reproduce.ts';
import type { InstrumentReport, View } from '../../experiments/instrument.ts';
import { UserError } from '../../errors.ts';
import { terminalProgress } from '../../progress.ts';
import { examples, jsonOption, presetOption, seedOption } from '../options.ts';
import { table } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';
import { trainingView } from './train.ts';

interface InstrumentOptions { readonly preset: string; readonly seed: number; readonly runs: string; readonly figures: string }

export function addInstrument(program: Command): void {
  examples(program.command('instrument')
    .summary('check what a synthetic benchmark can measure')
    .description('Trains the baseline on all frames, on shuffled frames and on the middle frame alone (unless these runs are there), fits a linear probe on mean pixels and an oracle on the true action units, and says whether motion, its order and intensity matter on this benchmark as they should. Exit code 1 when a requirement is missed.')
    .argument('<dir>', 'a benchmark that "ial synth" has rendered')
    .addOption(presetOption('small'))
    .addOption(seedOption())
    .option('--runs <dir>', 'where the run folders are', 'runs')
    .option('--figures <dir>', 'where instrument.json and its pictures go', 'figures/instrument')
    .addOption(jsonOption())
    .action(run), 'instrument datasets/synthetic/fresh', 'instrument datasets/synthetic/fresh --preset tiny --seed 2');
}

async function run(dir: string, options: InstrumentOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const [{ preset }, { readDataset }, { instrumentReport, VIEWS, viewConfig, viewRunName }] = await Promise.all([import('../../config.ts'), import('../../data/dataset.ts'), import('../../experiments/instrument.ts')]);
  const benchmark = await readBenchmark(dir);
  const dataset = await readDataset({ name: benchmark.parameters.layout, root: dir, fold: 1 });
  const config = { ...preset(options.preset), seed: options.seed };
  const plans = VIEWS.map((view) => ({ name: viewRunName(view, options.preset, benchmark.digest, options.seed), variant: 'baseline' as const, config: viewConfig(view, config), view }));
  const predictions = await predictionsOf(shell, plans, dataset, options.runs);
  const progress = terminalProgress('mean pixels', { unit: 'clips' });
  const report = await instrumentReport({ dataset, config, predictions, benchmark, signal: shell.signal, onProgress: progress.update }).finally(() => progress.stop());
  if (shell.isJson) shell.json(report);
  shell.print(table(['requirement', 'asked', 'found', ''], report.requirements.map(({ what, asked, found, isMet }) => [what, asked, found, isMet ? 'met' : 'MISSED'])));
  const { transitions: { clips, recall, recallOnOthers } } = report;
  shell.print(`Recall on ${clips} transition clips ${(100 * recall).toFixed(1)} %, on the other expressive clips ${(100 * recallOnOthers).toFixed(1)} %. Everything is on the synthetic benchmark.`);
  for (const file of await writeReport(report, options.figures)) shell.print(`figure    ${file}`);
  if (report.requirements.some(({ isMet }) => !isMet)) shell.exitCode = 1;
}

/** What synthetic.json says. */
async function readBenchmark(dir: string): Promise<{ parameters: SyntheticParameters; digest: string }> {
  const [{ readFile }, { join }] = await Promise.all([import('node:fs/promises'), import('node:path')]);
  const file = join(dir, 'synthetic.json');
  const text = await readFile(file, 'utf8').catch(() => { throw new UserError(`${dir}: expected a rendered benchmark with synthetic.json, found none; render one with "ial synth ${dir}"`); });
  const { digest, parameters } = JSON.parse(text) as { digest: string; parameters: SyntheticParameters };
  return { digest, parameters };
}

async function predictionsOf(shell: Shell, plans: readonly (PlannedRun & { readonly view: View })[], dataset: Parameters<typeof import('../../experiments/reproduce.ts').ensureRun>[1]['dataset'], runs: string) {
  const [{ ensureRun }, { loadEngine }, { openRun }] = await Promise.all([import('../../experiments/reproduce.ts'), import('../../engine/tensorflow.ts'), import('../../runs/run.ts')]);
  const engine = await loadEngine();
  const found: Partial<Record<View, Awaited<ReturnType<Awaited<ReturnType<typeof openRun>>['readPredictions']>>['predictions']>> = {};
  for (const { view: seen, ...plan } of plans) {
    const view = trainingView(shell, `${seen}: `);
    const { dir } = await ensureRun(plan, { engine, dataset, runs, signal: shell.signal, ...view }).finally(() => { view.stop(); });
    found[seen] = (await (await openRun(dir)).readPredictions()).predictions;
  }
  return found as Readonly<Required<typeof found>>;
}

async function writeReport(report: InstrumentReport, folder: string): Promise<string[]> {
  const [{ join }, { mkdir }, { writeFileAtomic }, { writeFigures }, { instrumentFigures }] = await Promise.all([import('node:path'), import('node:fs/promises'), import('../../files/atomic.ts'), import('../../experiments/quick.ts'), import('../../experiments/instrumentFigures.ts')]);
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, 'instrument.json'), `${JSON.stringify(report, null, 1)}\n`);
  return writeFigures(instrumentFigures(report), folder);
}
