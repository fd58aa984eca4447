// Decodes the frames of thousands of clips on all cores, a few clips ahead of each thread, so that memory stays flat.
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { loadJpegDecoder } from '../../engine/jpeg.ts';
import { throwIfInterrupted } from '../../errors.ts';
import type { Progress } from '../clip.ts';
import { spawnWorker } from '../workers.ts';
import type { ClipFacts } from './frameFacts.ts';
import type { ClipAnswer, ClipJob } from './frameWorker.ts';

export interface InspectOptions {
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** In clips. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const AHEAD = 2;

/** Far more than one frame takes. */
const PATIENCE_MS = 3000;

/** A thread ends itself, as it may be inside the decoder; one that does not, since a dead disk holds it, is terminated and no longer waited for. */
export const closeThread = (worker: Worker, patienceMs = PATIENCE_MS): Promise<void> => new Promise((resolve) => {
  const giveUp = setTimeout(() => { void worker.terminate(); worker.unref(); resolve(); }, patienceMs);
  const end = (): void => { clearTimeout(giveUp); resolve(); };
  worker.removeAllListeners('exit').removeAllListeners('message').removeAllListeners('error');
  worker.on('error', end).once('exit', end);
  worker.postMessage('close', []);
});

/** Facts in the order of `clips`. @throws Interrupted; Error when a thread dies */
export async function inspectFrames(clips: readonly Omit<ClipJob, 'index'>[], { workers = availableParallelism(), signal, onProgress }: InspectOptions = {}): Promise<ClipFacts[]> {
  if (clips.length === 0) return [];
  loadJpegDecoder(); // before the threads do
  const facts = Array.from<ClipFacts>({ length: clips.length });
  const team = Array.from({ length: Math.min(workers, clips.length) }, () => spawnWorker(new URL('./frameWorker.ts', import.meta.url), {}));
  let next = 0, done = 0;
  const feed = (worker: Worker): void => { if (next < clips.length) { worker.postMessage({ index: next, ...clips[next]! } satisfies ClipJob, []); next++; } };
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => { resolve(); }, { once: true });
      for (const worker of team) {
        worker.on('error', reject);
        worker.on('exit', (code) => { reject(new Error(`a thread that looks at frames has ended (exit code ${code})`)); });
        worker.on('message', (answer: ClipAnswer) => {
          if ('error' in answer) { reject(new Error(answer.error)); return; }
          facts[answer.index] = answer.facts;
          done++;
          onProgress?.({ done, total: clips.length, note: `clip ${clips[answer.index]!.id}` });
          if (done === clips.length) resolve();
          else feed(worker);
        });
        for (let i = 0; i < AHEAD; i++) feed(worker);
      }
    });
  } finally { await Promise.all(team.map((worker) => closeThread(worker))); }
  throwIfInterrupted(signal);
  return facts;
}
