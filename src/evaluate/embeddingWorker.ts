// The thread of embedInThread().
import { parentPort, workerData } from 'node:worker_threads';
import { embed } from './embedding.ts';
import type { EmbeddingJob, FromEmbeddingWorker } from './embeddingThread.ts';

async function work({ features, settings }: EmbeddingJob, send: (message: FromEmbeddingWorker) => void): Promise<void> {
  try {
    send({ type: 'embedding', embedding: await embed(features, { ...settings, onProgress: (progress) => { send({ type: 'progress', progress }); } }) });
  } catch (error) {
    send({ type: 'failure', message: (error as Error).message, isRangeError: error instanceof RangeError });
  }
}

const port = parentPort;
if (port) void work(workerData as EmbeddingJob, (message) => { port.postMessage(message, []); });
