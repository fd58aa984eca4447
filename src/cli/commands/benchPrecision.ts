// ial bench precision
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { LossTrack, PrecisionOptions, SeedPair } from '../../bench/precision.ts';
import type { DatasetName } from '../../data/clip.ts';
import { terminalProgress } from '../../progress.ts';
import { dataOption, datasetOption, examples, foldOption, presetOption, sceneOption, setOption, wholeNumber } from '../options.ts';
import { percent, table } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';

interface PrecisionBenchOptions {
  readonly preset: string;
  readonly set: readonly string[];
  readonly data?: string;
  readonly dataset: DatasetName;
  readonly fold: number;
  readonly scene?: string;
  readonly steps: number;
  readonly seeds: number;
  readonly runs?: string;
  readonly json?: string;
}

export function addBenchPrecision(bench: Command): void {
  examples(bench.command('precision')
    .summary('how far bfloat16 goes from float32')
    .description('Takes the first steps of a training in both precisions on the same batches and compares the losses; then trains whole runs in both, seed by seed, and compares their UAR with the spread of float32\'s own seeds. Without --data on the quick synthetic benchmark.')
    .addOption(presetOption('tiny'))
    .addOption(setOption())
    .addOption(dataOption().default(undefined, 'the quick synthetic benchmark'))
    .addOption(datasetOption())
    .addOption(foldOption())
    .addOption(sceneOption())
    .option('--steps <number>', 'steps whose losses are compared', wholeNumber(1), 200)
    .option('--seeds <number>', 'seeds of whole runs; 0: none', wholeNumber(0, 10), 5)
    .option('--runs <dir>', 'keep the run folders there, and go on with those that are there')
    .option('--json <file>', 'write the numbers to a file, too')
    .action(run),
  'bench precision', 'bench precision --preset small --seeds 3 --runs runs/precision');
}

async function run(options: PrecisionBenchOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const [{ preset, withSettings }, { QUICK_DATA }, { readDataset }, { loadEngine }] = await Promise.all([
    import('../../config.ts'), import('../../experiments/quick.ts'), import('../../data/dataset.ts'), import('../../engine/tensorflow.ts'),
  ]);
  const config = withSettings(preset(options.preset), options.set);
  if (options.data === undefined) await (await import('./quick.ts')).renderQuick(shell);
  const dataset = await readDataset({ name: options.dataset, root: options.data ?? QUICK_DATA, fold: options.fold, scene: options.scene });
  const base: PrecisionOptions = { engine: await loadEngine(), dataset, config, signal: shell.signal };
  const losses = await compareLosses(shell, base, options.steps);
  const seeds = options.seeds < 2 ? undefined : await compareRuns(shell, base, options);
  await save(options, { preset: config.preset, isSynthetic: dataset.isSynthetic, losses, ...seeds && { seeds } });
}

async function compareLosses(shell: Shell, base: PrecisionOptions, steps: number): Promise<LossTrack> {
  const { trackLosses, lossDistance } = await import('../../bench/precision.ts');
  const progress = terminalProgress('losses', { unit: 'steps' });
  try {
    const track = await trackLosses({ ...base, onProgress: (done, total) => progress.update({ done, total }) }, steps);
    progress.stop();
    const rows = ([['bf16', track.bf16], ['f32 from weights moved by 1e-6', track.control]] as const).map(([name, losses]) => {
      const { overall, worstWindow } = lossDistance(track.f32, losses);
      return [name, percent(overall), percent(worstWindow)];
    });
    shell.print(table([`loss of ${steps} steps against f32, percent apart`, 'mean of all', 'worst mean of 20'], rows));
    return track;
  } finally { progress.stop(); }
}

async function compareRuns(shell: Shell, base: PrecisionOptions, { seeds, runs }: PrecisionBenchOptions): Promise<readonly SeedPair[]> {
  const { compareSeeds, trainSeeds } = await import('../../bench/precision.ts');
  const folder = runs ?? await mkdtemp(join(tmpdir(), 'ial-precision-'));
  const progress = terminalProgress('runs', { unit: 'runs' });
  try {
    const pairs = await trainSeeds({ ...base, onProgress: (done, total) => progress.update({ done, total }) }, seeds, folder);
    progress.stop();
    const { f32, bf16, difference, ownInterval } = compareSeeds(pairs);
    shell.print(table(['UAR', 'f32', 'bf16', 'bf16 - f32'], [
      ...pairs.map((pair) => [`seed ${pair.seed}`, percent(pair.f32), percent(pair.bf16), percent(pair.bf16 - pair.f32)]),
      ['mean', `${percent(f32)} ± ${percent(ownInterval)}`, percent(bf16), percent(difference)],
    ]));
    shell.print(`Percent on ${base.dataset.test.length} test clips${base.dataset.isSynthetic ? ' of the synthetic benchmark' : ''}; ± is the 95 % interval of f32's mean over its ${seeds} seeds (Student's t): bf16's mean lies ${Math.abs(difference) <= ownInterval ? 'within' : 'OUTSIDE'} it.`);
    return pairs;
  } finally {
    progress.stop();
    if (runs === undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function save({ json }: PrecisionBenchOptions, report: object): Promise<void> {
  if (json === undefined) return;
  const [{ writeFileAtomic }, { encodeJson }] = await Promise.all([import('../../files/atomic.ts'), import('../../files/json.ts')]);
  await writeFileAtomic(json, `${encodeJson(report, json, 2)}\n`);
}
