// A thread of the doctor: takes clips, decodes their frames, answers with what is true of each.
import { parentPort } from 'node:worker_threads';
import { clipFacts, type ClipFacts } from './frameFacts.ts';

/** 'close' ends the thread when its jobs are done. */
export interface ClipJob { readonly index: number; readonly id: string; readonly files: readonly string[] }
export type ClipAnswer = { readonly index: number; readonly facts: ClipFacts } | { readonly index: number; readonly error: string };

const port = parentPort;
port?.on('message', (job: ClipJob | 'close') => {
  if (job === 'close') { port.close(); return; }
  clipFacts(job.files, job.id).then(
    (facts) => port.postMessage({ index: job.index, facts } satisfies ClipAnswer),
    (error: unknown) => port.postMessage({ index: job.index, error: String((error as Error).stack ?? error) } satisfies ClipAnswer),
  );
});
