// What the loader sustains by itself, and what it costs a training: an epoch with it against the same steps on ready batches.
import { framesPerClip, type ExperimentConfig } from '../config.ts';
import type { Batch, Clip } from '../data/clip.ts';
import { createLoader, type BatchOptions, type Loader, type LoaderSettings } from '../data/loader.ts';
import { throwIfInterrupted } from '../errors.ts';
import type { Trainer } from '../train/trainer.ts';

/** Where the frames come from: decoded each time, kept in memory, written to the disk cache, or read from it. */
export type FramesFrom = 'files' | 'memory' | 'cache, filling' | 'cache, filled';

export interface LoaderRate {
  readonly from: FramesFrom;
  readonly clipsPerSecond: number;
  readonly framesPerSecond: number;
  /** Processor time of all threads: what loading takes from the steps. */
  readonly cpuMsPerClip: number;
}

export interface RateOptions {
  readonly clips: readonly Clip[];
  readonly config: ExperimentConfig;
  readonly workers?: number | undefined;
  /** Folder for the disk cache; empty. */
  readonly cacheFolder: string;
  readonly signal?: AbortSignal | undefined;
}

/** Passes over half of the clips, before anything is measured: until the workers' code is compiled for good. */
const WARM_UP = 3;

/** Passes over the other half that are measured together; a cache is filled only once. */
const MEASURED = 3;

/** Small batches: their size changes nothing for the loader, and a few clips make many. */
const RATE_BATCH = 4;

/** The loader alone, training mode with augmentation, on a machine that does nothing else. */
export async function loaderRates({ clips, config, workers, cacheFolder, signal }: RateOptions): Promise<LoaderRate[]> {
  const frugal = { ...workers !== undefined && { workers }, cacheBytes: 0 };
  const kinds: readonly (readonly [LoaderSettings, readonly FramesFrom[]])[] = [
    [frugal, ['files']],
    [{ ...frugal, cacheBytes: Number.MAX_SAFE_INTEGER }, ['memory']],
    [{ ...frugal, cache: { folder: cacheFolder } }, ['cache, filling', 'cache, filled']],
  ];
  const rates: LoaderRate[] = [];
  for (const [settings, passes] of kinds) {
    const loader = createLoader(settings);
    const half = Math.floor(clips.length / 2), load = (part: readonly Clip[], times: number): Promise<void> => drain(loader, part, times, config, signal);
    try {
      await load(clips.slice(0, half), WARM_UP);
      if (passes[0] === 'memory') await load(clips.slice(half), 1);
      for (const from of passes) {
        const times = from === 'cache, filling' ? 1 : MEASURED;
        rates.push({ from, ...rateOf(await timed(() => load(clips.slice(half), times)), times * (clips.length - half), config) });
      }
    } finally { await loader.close(); }
  }
  return rates;
}

/** The same epoch each time, so that memory and cache hold every frame asked for. */
async function drain(loader: Loader, clips: readonly Clip[], times: number, config: ExperimentConfig, signal: AbortSignal | undefined): Promise<void> {
  const options = { ...trainOptions(config, 1, signal), batchSize: RATE_BATCH, dropLast: false };
  for (let pass = 0; pass < times; pass++) for await (const batch of loader.batches(clips, options)) void batch;
}

const trainOptions = (config: ExperimentConfig, epoch: number, signal: AbortSignal | undefined): BatchOptions => ({ ...config, mode: 'train', epoch, dropLast: true, signal });

function rateOf({ seconds, cpuSeconds }: Elapsed, clips: number, config: ExperimentConfig): Omit<LoaderRate, 'from'> {
  const clipsPerSecond = clips / seconds;
  return { clipsPerSecond, framesPerSecond: clipsPerSecond * framesPerClip(config), cpuMsPerClip: (1000 * cpuSeconds) / clips };
}

async function timed(work: () => Promise<void>): Promise<Elapsed> {
  const elapsed = stopwatch();
  await work();
  return elapsed();
}

/** Time on the wall, and processor time of all threads of this process. */
export interface Elapsed { readonly seconds: number; readonly cpuSeconds: number }

function stopwatch(): () => Elapsed {
  const start = performance.now(), cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}

export interface EpochOptions {
  readonly trainer: Trainer;
  readonly loader: Loader;
  readonly clips: readonly Clip[];
  /** Steps of an epoch; clips are repeated when there are too few. */
  readonly steps: number;
  /** Pairs of epochs, with the loader and without, in turn. */
  readonly rounds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onRound?: (round: EpochRound) => void;
}

export interface EpochRound {
  readonly epoch: Elapsed;
  /** The same number of steps on ready batches. */
  readonly alone: Elapsed;
  /** Of the epoch: until the first batch came, and for all later ones together. */
  readonly firstWaitSeconds: number;
  readonly laterWaitSeconds: number;
}

export interface EpochRatio {
  readonly steps: number;
  readonly batchSize: number;
  /** Epoch over steps alone, all rounds together. */
  readonly ratio: number;
  /** The same without the wait for the first batch: a real epoch has it once in hundreds of steps, these short ones in a few. */
  readonly steadyRatio: number;
  /** The same of the processor time, which other processes on the machine disturb less. */
  readonly cpuRatio: number;
  readonly rounds: readonly EpochRound[];
}

/** Epochs with the loader and the same steps alone in turn, so that a change of the machine's speed meets both. */
export async function epochRatio({ trainer, loader, clips, steps, rounds, signal, onRound }: EpochOptions): Promise<EpochRatio> {
  const { config } = trainer;
  const enough = repeatClips(clips, steps * config.batchSize);
  const ready = await readyBatches(loader, enough, config, signal);
  timeSteps(trainer, ready, 2, signal); // compiles, and makes memory that the first steps ask for
  const done: EpochRound[] = [];
  for (let round = 1; round <= rounds; round++) {
    const isFirst = round % 2 === 1;
    const before = isFirst ? undefined : timeSteps(trainer, ready, steps, signal);
    const epoch = await timeEpoch(trainer, loader, enough, round, signal);
    done.push({ ...epoch, alone: before ?? timeSteps(trainer, ready, steps, signal) });
    onRound?.(done.at(-1)!);
  }
  const sumOf = (of: (round: EpochRound) => number): number => done.reduce((sum, round) => sum + of(round), 0);
  const alone = sumOf((round) => round.alone.seconds), whole = sumOf((round) => round.epoch.seconds);
  return {
    steps, batchSize: config.batchSize, rounds: done, ratio: whole / alone, steadyRatio: (whole - sumOf((round) => round.firstWaitSeconds)) / alone,
    cpuRatio: sumOf((round) => round.epoch.cpuSeconds) / sumOf((round) => round.alone.cpuSeconds),
  };
}

/** At least two, so that a step does not find its batch in the processor's cache. */
async function readyBatches(loader: Loader, clips: readonly Clip[], config: ExperimentConfig, signal: AbortSignal | undefined): Promise<Batch[]> {
  const ready: Batch[] = [];
  for await (const batch of loader.batches(clips, trainOptions(config, 0, signal))) if (ready.push(batch) === 2) break;
  return ready;
}

/** Ids differ, so that each repetition draws other frames and another augmentation. */
export const repeatClips = (clips: readonly Clip[], count: number): Clip[] =>
  Array.from({ length: count }, (_, i) => ({ ...clips[i % clips.length]!, id: `${clips[i % clips.length]!.id}#${Math.floor(i / clips.length)}` }));

/** Learning rate 0: the work is the same, and the losses stay finite however often the clips repeat. */
function timeSteps(trainer: Trainer, ready: readonly Batch[], steps: number, signal: AbortSignal | undefined): Elapsed {
  const elapsed = stopwatch();
  for (let i = 0; i < steps; i++) {
    throwIfInterrupted(signal);
    trainer.step(ready[i % ready.length]!, 0, i + 1);
  }
  return elapsed();
}

async function timeEpoch(trainer: Trainer, loader: Loader, clips: readonly Clip[], epoch: number, signal: AbortSignal | undefined): Promise<Omit<EpochRound, 'alone'>> {
  const elapsed = stopwatch(), waits: number[] = [];
  let asked = performance.now();
  for await (const batch of loader.batches(clips, trainOptions(trainer.config, epoch, signal))) {
    waits.push((performance.now() - asked) / 1000);
    trainer.step(batch, 0, waits.length);
    asked = performance.now();
  }
  const [firstWaitSeconds = 0, ...later] = waits;
  return { epoch: elapsed(), firstWaitSeconds, laterWaitSeconds: later.reduce((a, b) => a + b, 0) };
}
