// ial bench loader
import { availableParallelism, cpus } from 'node:os';
import type { Command } from 'commander';
import type { EpochRatio, EpochRound, LoaderRate } from '../../bench/loader.ts';
import type { ExperimentConfig } from '../../config.ts';
import type { Clip, DatasetName } from '../../data/clip.ts';
import { terminalProgress } from '../../progress.ts';
import { type CacheOptions, cacheOption, cacheSizeOption, dataOption, datasetOption, diskCacheOf, examples, foldOption, presetOption, sceneOption, setOption, wholeNumber } from '../options.ts';
import { table } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';

interface LoaderBenchOptions extends CacheOptions {
  readonly preset: string;
  readonly set: readonly string[];
  readonly data?: string;
  readonly dataset: DatasetName;
  readonly fold: number;
  readonly scene?: string;
  readonly workers?: number;
  readonly steps: number;
  readonly epochs: number;
  readonly json?: string;
}

/** What --json writes. */
interface LoaderReport {
  readonly preset: string;
  readonly machine: string;
  readonly rates: readonly (LoaderRate & { readonly frames: string })[];
  readonly epoch?: EpochRatio;
}

export function addBenchLoader(bench: Command): void {
  examples(bench.command('loader')
    .summary('what the loader sustains, and whether a training waits for it')
    .description('Measures the loader alone, in training mode with augmentation: frames decoded each time, kept in memory, and from a disk cache. Then epochs with it and the same steps on ready batches, in turn. Without --data on clips that it renders first.')
    .addOption(presetOption('paper'))
    .addOption(setOption())
    .addOption(dataOption().default(undefined, 'rendered clips of 224 and 80 pixels'))
    .addOption(datasetOption())
    .addOption(foldOption())
    .addOption(sceneOption())
    .option('--workers <number>', 'threads of the loader (default: half the cores, at most 4)', wholeNumber(1))
    .option('--epochs <number>', 'epochs with the loader, and as many without; 0: the loader alone', wholeNumber(0), 3)
    .option('--steps <number>', 'steps of each epoch', wholeNumber(2), 10)
    .addOption(cacheOption())
    .addOption(cacheSizeOption())
    .option('--json <file>', 'write the numbers to a file, too')
    .action(run),
  'bench loader --preset paper', 'bench loader --data /data/DFEW --fold 1 --cache /scratch/frames --json loader.json');
}

/** Clips of one size of frames, and an empty folder for a disk cache of them. */
interface Material { readonly frames: string; readonly clips: readonly Clip[]; readonly cacheFolder: string }

async function run(options: LoaderBenchOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { preset, withSettings } = await import('../../config.ts');
  const config = withSettings(preset(options.preset), options.set);
  await withMaterial(shell, options, async (materials) => {
    const rates = await measureRates(shell, config, materials, options);
    shell.print(ratesTable(rates));
    const epoch = options.epochs === 0 ? undefined : await measureEpochs(shell, config, materials[0]!.clips, options);
    if (epoch) shell.print(describeRatio(epoch));
    await save(options, { preset: config.preset, machine: `${availableParallelism()} cores, ${cpus()[0]?.model.trim() ?? 'unknown processor'}`, rates, ...epoch && { epoch } });
  });
}

async function save({ json }: LoaderBenchOptions, report: LoaderReport): Promise<void> {
  if (json === undefined) return;
  const [{ writeFileAtomic }, { encodeJson }] = await Promise.all([import('../../files/atomic.ts'), import('../../files/json.ts')]);
  await writeFileAtomic(json, `${encodeJson(report, json, 2)}\n`);
}

/** The clips of --data, or rendered ones; their temporary folder is removed afterwards. */
async function withMaterial(shell: Shell, { data, dataset: name, fold, scene }: LoaderBenchOptions, use: (materials: readonly Material[]) => Promise<void>): Promise<void> {
  const { renderClips } = await import('../../bench/loaderClips.ts');
  const progress = terminalProgress('rendering', { unit: 'clips' });
  const rendered = await renderClips({ ...data !== undefined && { sizes: [] }, signal: shell.signal, onProgress: progress.update }).finally(progress.stop);
  try {
    if (data === undefined) return await use([...rendered.sets].map(([size, clips]) => ({ frames: `${size}x${size}`, clips, cacheFolder: rendered.cacheFolder(String(size)) })));
    const { readDataset } = await import('../../data/dataset.ts');
    const { train } = await readDataset({ name, root: data, fold, scene });
    await use([{ frames: 'as in the set', clips: train, cacheFolder: rendered.cacheFolder('data') }]);
  } finally { await rendered.remove(); }
}

/** Enough for a stable rate, few enough for a large set. */
const RATE_CLIPS = 72;

async function measureRates(shell: Shell, config: ExperimentConfig, materials: readonly Material[], { workers }: LoaderBenchOptions): Promise<LoaderReport['rates']> {
  const { loaderRates } = await import('../../bench/loader.ts');
  const rates: LoaderReport['rates'][number][] = [];
  for (const { frames, clips, cacheFolder } of materials) {
    const found = await loaderRates({ clips: clips.slice(0, RATE_CLIPS), config, workers, cacheFolder, signal: shell.signal });
    rates.push(...found.map((rate) => ({ frames, ...rate })));
  }
  return rates;
}

const ratesTable = (rates: LoaderReport['rates']): string => table(
  ['frames', 'from', 'clips/s', 'frames/s', 'CPU ms/clip'],
  rates.map(({ frames, from, clipsPerSecond, framesPerSecond, cpuMsPerClip }) => [frames, from, clipsPerSecond.toFixed(1), framesPerSecond.toFixed(0), cpuMsPerClip.toFixed(1)]));

async function measureEpochs(shell: Shell, config: ExperimentConfig, clips: readonly Clip[], options: LoaderBenchOptions): Promise<EpochRatio> {
  const [{ epochRatio }, { createLoader }, { loadEngine }, { createTrainer }] = await Promise.all([import('../../bench/loader.ts'), import('../../data/loader.ts'), import('../../engine/tensorflow.ts'), import('../../train/trainer.ts')]);
  const { workers, steps, epochs: rounds } = options;
  // no memory for frames: these few clips would fit, those of a data set do not
  const loader = createLoader({ ...workers !== undefined && { workers }, cacheBytes: 0, cache: diskCacheOf(options), onWarning: (line) => { shell.note(line); } });
  const trainer = createTrainer((await loadEngine()).ops, config);
  const onRound = (round: EpochRound): void => { shell.note(describeRound(round)); };
  try {
    return await epochRatio({ trainer, loader, clips, steps, rounds, signal: shell.signal, onRound });
  } finally {
    trainer.dispose();
    await loader.close();
  }
}

const describeRound = ({ epoch, alone, firstWaitSeconds, laterWaitSeconds }: EpochRound): string =>
  `epoch ${epoch.seconds.toFixed(2)} s (waited ${firstWaitSeconds.toFixed(2)} s for the first batch, ${laterWaitSeconds.toFixed(2)} s for the others), its steps alone ${alone.seconds.toFixed(2)} s`;

const describeRatio = ({ ratio, steadyRatio, cpuRatio, rounds, steps, batchSize }: EpochRatio): string =>
  `epoch / steps alone: ${ratio.toFixed(3)}, without the wait for the first batch ${steadyRatio.toFixed(3)}, of processor time ${cpuRatio.toFixed(3)} (${rounds.length} epochs of ${steps} steps of ${batchSize} clips; at most 1.10 is asked for)`;
