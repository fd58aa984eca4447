// The training loop: epochs of steps over batches that are prepared ahead. It knows nothing of files; who calls it
// saves, evaluates and shows.
import type { Clip, Skip } from '../data/clip.ts';
import type { BadClipPolicy } from '../data/collect.ts';
import { batchCount, type Loader } from '../data/loader.ts';
import { throwIfInterrupted, UserError } from '../errors.ts';
import { learningRate } from './optimizer.ts';
import { LOSS_NAMES, type LossName } from './step.ts';
import type { StepResult, Trainer } from './trainer.ts';

export interface StepEvent {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Steps done in this epoch, and how many it has. */
  readonly done: number;
  readonly total: number;
  /** Means over the epoch so far, in nats. */
  readonly losses: Readonly<Record<LossName, number>>;
  /** Share of the epoch's training clips so far that were classified correctly while training. */
  readonly trainWar: number;
  readonly clipsPerSecond: number;
}

export interface EpochEvent extends StepEvent {
  /** Steps since the start of the run. */
  readonly step: number;
  readonly learningRate: number;
  readonly seconds: number;
}

export interface FitOptions {
  readonly trainer: Trainer;
  readonly loader: Loader;
  readonly clips: readonly Clip[];
  /** Epochs that are done already: 0 for a new run. */
  readonly doneEpochs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (event: StepEvent) => void;
  /** Awaited: evaluates and saves between epochs. */
  readonly onEpoch?: (event: EpochEvent) => Promise<void> | void;
  readonly onSkip?: (skip: Skip) => void;
  readonly onBadClip?: BadClipPolicy;
}

/** A training set smaller than a batch would be an epoch of no steps. @throws UserError */
export function checkEnough(clips: readonly Clip[], { batchSize }: { readonly batchSize: number }): void {
  if (clips.length < batchSize) throw new UserError(`expected at least one batch of ${batchSize} training clips, found ${clips.length}; lower batchSize (--set batchSize=${Math.max(1, clips.length)})`);
}

/**
 * Trains epochs doneEpochs + 1 .. config.epochs.
 * @throws UserError when a loss is not finite (naming epoch and step) or there are fewer clips than a batch; Interrupted between two steps.
 */
export async function fit(options: FitOptions): Promise<void> {
  const { trainer: { config }, doneEpochs = 0, clips } = options;
  checkEnough(clips, config);
  for (let epoch = doneEpochs + 1; epoch <= config.epochs; epoch++) {
    const event = await fitEpoch(options, epoch);
    await options.onEpoch?.(event);
    throwIfInterrupted(options.signal);
  }
}

async function fitEpoch({ trainer, loader, clips, signal, onStep, onSkip, onBadClip }: FitOptions, epoch: number): Promise<EpochEvent> {
  const { config } = trainer;
  const total = batchCount(clips.length, { batchSize: config.batchSize, dropLast: true }); // as the authors drop the last smaller batch
  const rate = learningRate(config, epoch - 1);
  const means = runningMeans();
  const start = performance.now();
  let done = 0, event: StepEvent | undefined;
  const batches = loader.batches(clips, { ...config, mode: 'train', epoch, dropLast: true, signal, ...onSkip && { onSkip }, ...onBadClip && { onBadClip } });
  for await (const batch of batches) {
    const step = (epoch - 1) * total + ++done;
    means.add(checked(trainer.step(batch, rate, step), epoch, done), batch.labels.length);
    event = { epoch, epochs: config.epochs, done, total, ...means.now(), clipsPerSecond: done * config.batchSize / ((performance.now() - start) / 1000) };
    onStep?.(event);
  }
  return { ...event!, step: epoch * total, learningRate: rate, seconds: (performance.now() - start) / 1000 };
}

function checked(result: StepResult, epoch: number, step: number): StepResult {
  const name = LOSS_NAMES.find((name) => !Number.isFinite(result.losses[name]));
  if (name) throw new UserError(`epoch ${epoch}, step ${step}: the loss "${name}" is ${result.losses[name]}; the training diverged: lower learningRate, or look at the clips`);
  return result;
}

function runningMeans(): { add(result: StepResult, clips: number): void; now(): Pick<StepEvent, 'losses' | 'trainWar'> } {
  const sums = Object.fromEntries(LOSS_NAMES.map((name) => [name, 0])) as Record<LossName, number>;
  let steps = 0, seen = 0, correct = 0;
  return {
    add(result, clips) {
      for (const name of LOSS_NAMES) sums[name] += result.losses[name];
      steps++; seen += clips; correct += result.correct;
    },
    now: () => ({ losses: Object.fromEntries(LOSS_NAMES.map((name) => [name, sums[name] / steps])) as Record<LossName, number>, trainWar: correct / seen }),
  };
}
