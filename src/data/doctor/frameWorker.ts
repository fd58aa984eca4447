// A thread of the doctor: takes clips, decodes their frames, answers with what is true of each.
import { parentPort } from 'node:worker_threads';
import { clipFacts, type ClipFacts } from './frameFacts.ts';

/** 'close' ends the thread, and what it is at. */
export interface ClipJob { readonly index: number; readonly id: string; readonly files: readonly string[] }
export type ClipAnswer = { readonly index: number; readonly facts: ClipFacts } | { readonly index: number; readonly error: string };

const port = parentPort, stop = new AbortController();
port?.on('message', (job: ClipJob | 'close') => {
  if (job === 'close') { stop.abort(); port.close(); return; }
  clipFacts(job.files, job.id, stop.signal).then(
    (facts) => port.postMessage({ index: job.index, facts } satisfies ClipAnswer),
    (error: unknown) => port.postMessage({ index: job.index, error: String((error as Error).stack ?? error) } satisfies ClipAnswer),
  );
});
