// The page's side of the worker that computes.
import type { ExperimentConfig } from '../../config.ts';
import { BACKENDS, type BackendName, type FromWorker, type Output, type Refusal, type ToWorker, type Wanted } from './protocol.ts';

export interface Ready { readonly backend: BackendName; readonly detail: string; readonly refused: readonly Refusal[] }

export interface NetworkClient extends Ready {
  /** @param images [frames, size, size, 3] @throws Error when the backend fails or the client is closed */
  run(images: Uint8Array): Promise<Output>;
  close(): void;
}

/** The one that was asked for first, then the others in their order. */
export const backendsFrom = (asked: BackendName | undefined): Wanted[] =>
  [...new Set([...asked ? [asked] : [], ...BACKENDS])].map((backend) => ({ backend, isAsked: backend === asked }));

export interface ConnectOptions {
  readonly experiment: ExperimentConfig;
  readonly worker: string;
  readonly weights: string;
  readonly backends: readonly Wanted[];
  readonly onProgress: (text: string) => void;
}

interface Waiting { resolve(output: Output): void; reject(error: Error): void }

/** @throws Error with the reason why there is no network. */
export function connect({ experiment, worker: url, weights, backends, onProgress }: ConnectOptions): Promise<NetworkClient> {
  const worker = new Worker(url), waiting = new Map<number, Waiting>();
  let count = 0, ended: string | undefined;
  const say = (message: ToWorker): void => { worker.postMessage(message, []); };
  const settle = (id: number): Waiting | undefined => { const one = waiting.get(id); waiting.delete(id); return one; };
  const close = (why = 'stopped'): void => { ended = why; worker.terminate(); for (const one of waiting.values()) one.reject(new Error(why)); waiting.clear(); };
  const run = (images: Uint8Array): Promise<Output> => new Promise((resolve, reject) => {
    if (ended !== undefined) { reject(new Error(ended)); return; }
    const id = ++count;
    waiting.set(id, { resolve, reject });
    say({ type: 'run', id, images });
  });
  return new Promise((resolve, reject) => {
    worker.addEventListener('error', ({ message }) => { const why = message || 'the worker that computes could not be started'; close(why); reject(new Error(why)); });
    worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === 'progress') onProgress(data.text);
      else if (data.type === 'ready') resolve({ backend: data.backend, detail: data.detail, refused: data.refused, run, close });
      else if (data.type === 'output') settle(data.id)?.resolve(data.output);
      else if (data.id !== undefined) settle(data.id)?.reject(new Error(data.message));
      else { close(); reject(new Error(data.message)); }
    });
    say({ type: 'start', experiment, weights, backends });
  });
}
