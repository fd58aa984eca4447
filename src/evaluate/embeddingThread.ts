// The map computed in a thread of its own: a notebook's kernel or a page's server answers meanwhile, and Ctrl-C is immediate.
import { Interrupted, throwIfInterrupted } from '../errors.ts';
import type { Progress } from '../data/clip.ts';
import { spawnWorker } from '../data/workers.ts';
import type { Features } from '../runs/types.ts';
import type { Embedding, EmbeddingOptions, EmbeddingSettings } from './embedding.ts';

/** What the thread is started with. */
export interface EmbeddingJob {
  readonly features: Pick<Features, 'values' | 'width'>;
  readonly settings: EmbeddingSettings;
}

export type FromEmbeddingWorker =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'embedding'; readonly embedding: Embedding }
  | { readonly type: 'failure'; readonly message: string; readonly isRangeError: boolean };

/** The same map as embed()'s. @throws RangeError, Interrupted */
export async function embedInThread({ values, width }: Pick<Features, 'values' | 'width'>, { signal, onProgress, ...settings }: EmbeddingOptions): Promise<Embedding> {
  throwIfInterrupted(signal);
  const worker = spawnWorker(new URL('./embeddingWorker.ts', import.meta.url), { features: { values, width }, settings } satisfies EmbeddingJob);
  let stop = (): void => {};
  try {
    return await new Promise<Embedding>((resolve, reject) => {
      stop = () => { reject(new Interrupted()); };
      signal?.addEventListener('abort', stop);
      worker.on('message', (message: FromEmbeddingWorker) => {
        if (message.type === 'progress') onProgress?.(message.progress);
        else if (message.type === 'embedding') resolve(message.embedding);
        else reject(message.isRangeError ? new RangeError(message.message) : new Error(message.message));
      });
      worker.on('error', reject);
      worker.on('exit', (code) => { reject(new Error(`the thread that computes the map has ended (exit code ${code})`)); });
    });
  } finally {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  }
}
