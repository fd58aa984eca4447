// Renders clips on worker threads.

import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { Interrupted, UserError, throwIfInterrupted } from '../../errors.ts';
import { spawnWorker } from '../workers.ts';
import type { NamedClip } from './layout.ts';
import type { SyntheticParameters } from './plan.ts';

export interface RenderSetup { readonly root: string; readonly parameters: SyntheticParameters }
export interface RenderJob { readonly clip: NamedClip }
/** @property sha256 over the bytes of all frames in order */
export interface RenderResult { readonly id: string; readonly frames: number; readonly bytes: number; readonly sha256: string }

type Answer = { readonly result: RenderResult } | { readonly failure: string; readonly isUserError: boolean };

/** So that a worker begins the next clip while the last one's frames are being compressed and written. */
const QUEUED = 2;

/** @param onClip called on this thread for every finished clip, in no particular order; what it throws stops the rendering. */
export async function renderClips(
  setup: RenderSetup, clips: readonly NamedClip[], workers: number | undefined, onClip: (result: RenderResult) => void, signal?: AbortSignal,
): Promise<void> {
  throwIfInterrupted(signal);
  if (workers !== undefined && !(Number.isInteger(workers) && workers >= 1)) throw new UserError(`synthetic benchmark: workers must be a whole number from 1, got ${workers}`);
  if (clips.length === 0) return;
  const count = Math.min(workers ?? availableParallelism(), clips.length);
  const pool = Array.from({ length: count }, () => spawnWorker(new URL('./renderWorker.ts', import.meta.url), setup));
  let stop: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      stop = () => { reject(new Interrupted()); };
      signal?.addEventListener('abort', stop, { once: true });
      feed(pool, clips, onClip, resolve, reject);
    });
  } finally {
    if (stop) signal?.removeEventListener('abort', stop);
    await Promise.all(pool.map((worker) => worker.terminate()));
  }
}

function feed(pool: readonly Worker[], clips: readonly NamedClip[], onClip: (result: RenderResult) => void, resolve: () => void, reject: (error: unknown) => void): void {
  let next = 0;
  let done = 0;
  const give = (worker: Worker): void => {
    if (next < clips.length) worker.postMessage({ clip: clips[next++]! } satisfies RenderJob, []);
  };
  for (const worker of pool) {
    worker.on('error', reject);
    worker.on('message', (answer: Answer) => {
      if ('failure' in answer) {
        reject(answer.isUserError ? new UserError(answer.failure) : new Error(`rendering: ${answer.failure}`));
        return;
      }
      give(worker);
      try {
        onClip(answer.result);
      } catch (error) {
        reject(error);
      }
      if (++done === clips.length) resolve();
    });
    for (let i = 0; i < QUEUED; i++) give(worker);
  }
}
