// Batches for training and testing, prepared ahead by worker threads. What a batch holds is a function of the clips, the seed
// and the epoch alone: neither the number of workers nor their timing changes it.
import { availableParallelism, totalmem } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { SamplingRule } from '../config.ts';
import { Interrupted, throwIfInterrupted, UserError } from '../errors.ts';
import { random } from '../random.ts';
import type { AssembledBatch, BatchPlan } from './batch.ts';
import type { Batch, Clip, Skip } from './clip.ts';
import { cacheVoice, openDiskCache, type DiskCacheOptions } from './cacheSettings.ts';
import type { BadClipPolicy } from './collect.ts';
import { createPool, type Pool } from './pool.ts';
import { frameIndices } from './frameIndices.ts';
import type { Sampling } from './sampling.ts';

export { frameIndices };

export interface BatchOptions extends Sampling {
  /** Side of the square images. */
  readonly imageSize: number;
  readonly batchSize: number;
  /** 'train': shuffled, random frames of each segment. 'test': in the listed order, middle frames. */
  readonly mode: 'train' | 'test';
  /** Crop, flip, brightness and rotation (augment.ts). */
  readonly augment: boolean;
  readonly seed: number;
  readonly epoch: number;
  /** Leaves out a last batch of fewer clips. */
  readonly dropLast: boolean;
  /** Which frames; 'even' by default. */
  readonly sampling?: SamplingRule;
  /** Batches prepared ahead; by default up to 8, fewer where they would take more than 256 MB. */
  readonly prefetch?: number;
  readonly signal?: AbortSignal | undefined;
  /** 'skip': in testing an unreadable clip is left out; in training another clip of its batch stands in. Default 'stop'. */
  readonly onBadClip?: BadClipPolicy;
  readonly onSkip?: (skip: Skip) => void;
}

export interface Loader {
  /**
   * @throws UserError for an unreadable frame under policy 'stop' (also one that vanished since the folder was read), or too few clips;
   * Interrupted when `signal` is aborted. Leaving the loop early stops the work; the loader stays usable.
   */
  batches(clips: readonly Clip[], options: BatchOptions): AsyncGenerator<Batch, void, undefined>;
  /** Ends the worker threads. */
  close(): Promise<void>;
}

const MAX_PREFETCH = 8;
const PREFETCH_BYTES = 256 * 1024 * 1024;

/** Decoding shares the cores with the training step, so few threads suffice. */
const defaultWorkers = (): number => Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2)));

export interface LoaderSettings {
  /** Threads; by default half the cores, at most 4. */
  readonly workers?: number;
  /** Memory for resized test frames, and as much again for the decoded frames of a training split that fits whole; by default a sixteenth of the machine's, at most 1 GB. 0 for none. */
  readonly cacheBytes?: number;
  /** Decoded frames on a disk, for sets that do not fit into memory (diskCache.ts). Default none. */
  readonly cache?: DiskCacheOptions | undefined;
  /** Hears what is wrong with the disk cache; no batch depends on it. */
  readonly onWarning?: ((line: string) => void) | undefined;
}

const GIGABYTE = 1024 * 1024 * 1024;
const defaultCacheBytes = (): number => Math.min(GIGABYTE, Math.floor(totalmem() / 16));

/** @throws UserError for a number of workers below 1, or a cache folder that is none and cannot be made. */
export function createLoader({ workers = defaultWorkers(), cacheBytes = defaultCacheBytes(), cache, onWarning }: LoaderSettings = {}): Loader {
  if (!Number.isInteger(workers) || workers < 1) throw new UserError(`loader: expected at least 1 worker, found ${workers}`);
  const disk = cache && openDiskCache(cache), voice = cacheVoice(cache?.folder ?? '', onWarning);
  const pool = createPool(workers, { cacheBytes: cacheBytes / workers, ...disk && { disk } }, voice.hear);
  return { batches: (clips, options) => batches(pool, clips, options, voice.sumUp), close: () => pool.close() };
}

/** How many batches an epoch has. */
export const batchCount = (numClips: number, { batchSize, dropLast }: Pick<BatchOptions, 'batchSize' | 'dropLast'>): number =>
  dropLast ? Math.floor(numClips / batchSize) : Math.ceil(numClips / batchSize);

/** The clips in the order of the epoch. */
export const epochOrder = (clips: readonly Clip[], { mode, seed, epoch }: Pick<BatchOptions, 'mode' | 'seed' | 'epoch'>): readonly Clip[] =>
  mode === 'train' ? random(seed, 'order', epoch).shuffle(clips) : clips;

function planBatch(clips: readonly Clip[], totalFrames: number, options: BatchOptions): BatchPlan {
  const { imageSize, augment, seed, epoch, onBadClip = 'stop', mode } = options;
  const planned = clips.map((clip) => ({ id: clip.id, label: clip.label, frames: frameIndices(clip, options).map((index) => clip.frames[index]!) }));
  return { clips: planned, imageSize, augment: augment ? { seed, epoch } : undefined, onBadClip, keepSize: mode === 'train', isRepeatable: mode === 'test' && !augment, totalFrames };
}

function checkOptions(clips: readonly Clip[], { mode, batchSize, dropLast }: BatchOptions): void {
  if (clips.length === 0) throw new UserError(`expected clips to ${mode === 'train' ? 'train on' : 'test'}, found none`);
  if (dropLast && clips.length < batchSize) throw new UserError(`expected at least one batch of ${batchSize} clips, found ${clips.length}; lower batchSize (--set batchSize=${clips.length})`);
}

/** Batches requested but not yet yielded; at least one more than workers, so that none waits for the main thread. */
function prefetchWindow({ prefetch, batchSize, imageSize, numSegments, framesPerSegment }: BatchOptions, workers: number): number {
  const bytes = batchSize * numSegments * framesPerSegment * imageSize * imageSize * 3 * Float32Array.BYTES_PER_ELEMENT;
  return Math.max(1, prefetch ?? Math.max(workers + 1, Math.min(MAX_PREFETCH, Math.floor(PREFETCH_BYTES / bytes))));
}

async function* batches(pool: Pool, clips: readonly Clip[], options: BatchOptions, onEnd: () => void): AsyncGenerator<Batch, void, undefined> {
  const { batchSize, signal, onSkip } = options;
  throwIfInterrupted(signal);
  checkOptions(clips, options);
  const order = epochOrder(clips, options);
  const count = batchCount(clips.length, options);
  const totalFrames = clips.reduce((sum, { frames }) => sum + frames.length, 0);
  const ahead: Promise<AssembledBatch>[] = [];
  const aborted = abortion(signal);
  const run = pool.begin();
  try {
    const window = prefetchWindow(options, pool.size);
    for (let index = 0, requested = 0; index < count; index++) {
      for (; requested < Math.min(count, index + window); requested++) {
        const asked = run.request(requested, planBatch(order.slice(requested * batchSize, (requested + 1) * batchSize), totalFrames, options));
        asked.catch(() => {}); // reported when its turn comes; a later one may fail unseen
        ahead.push(asked);
      }
      const { skipped, ...batch } = await Promise.race([ahead.shift()!, aborted.promise]);
      for (const skip of skipped) onSkip?.(skip);
      if (batch.ids.length > 0) yield batch;
      await setImmediate(); // Ctrl-C and the lock's heartbeat have their turn: batches that wait already would keep the event loop out all epoch
      throwIfInterrupted(signal);
    }
  } finally {
    aborted.forget();
    await run.end();
    onEnd();
  }
}

/** A promise that fails when the signal is aborted; `forget` takes the listener away. */
function abortion(signal: AbortSignal | undefined): { readonly promise: Promise<never>; forget(): void } {
  let onAbort = (): void => {};
  const promise = new Promise<never>((_, reject) => { onAbort = () => reject(new Interrupted()); });
  promise.catch(() => {});
  signal?.addEventListener('abort', onAbort, { once: true });
  return { promise, forget: () => signal?.removeEventListener('abort', onAbort) };
}
