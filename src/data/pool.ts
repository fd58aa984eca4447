// The main thread's side of the loader's workers: plans out, batches in, failures as the errors that they were.
import type { Worker } from 'node:worker_threads';
import { loadJpegDecoder } from '../engine/jpeg.ts';
import { UserError } from '../errors.ts';
import type { AssembledBatch, BatchPlan } from './batch.ts';
import type { CacheReport } from './diskCache.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './worker.ts';
import { spawnWorker } from './workers.ts';

/** One pass over some clips. */
export interface Run {
  /** Queues a plan; `index` says which worker, so that the order of requests does not depend on timing. */
  request(index: number, plan: BatchPlan): Promise<AssembledBatch>;
  /** Forgets what is queued and waits until nothing of the run is in work. */
  end(): Promise<void>;
}

export interface Pool {
  readonly size: number;
  begin(): Run;
  close(): Promise<void>;
}

type OnCache = (report: CacheReport) => void;

interface Waiting { readonly resolve: (batch: AssembledBatch) => void; readonly reject: (error: Error) => void }

interface Member { readonly worker: Worker; readonly waiting: Map<string, Waiting>; readonly cancels: Map<number, () => void>; failure?: Error; exited: Promise<void> }

function startMember(settings: WorkerSettings, onCache: OnCache): Member {
  loadJpegDecoder(); // before the worker does
  const worker = spawnWorker(new URL('./worker.ts', import.meta.url), settings);
  const exited = new Promise<void>((resolve) => { worker.once('exit', () => resolve()); });
  const member: Member = { worker, waiting: new Map(), cancels: new Map(), exited };
  const fail = (error: Error): void => {
    member.failure ??= error;
    for (const { reject } of member.waiting.values()) reject(member.failure);
    for (const done of member.cancels.values()) done();
    member.waiting.clear();
    member.cancels.clear();
  };
  worker.on('message', (message: FromWorker) => { if (message.type === 'cache') onCache(message.report); else receive(member, message); });
  worker.on('error', (error) => fail(error instanceof Error ? error : new Error(String(error))));
  worker.on('exit', (code) => fail(new Error(`the loader's worker thread has ended (exit code ${code})`)));
  return member;
}

function receive(member: Member, message: Exclude<FromWorker, { type: 'cache' }>): void {
  if (message.type === 'cancelled') {
    member.cancels.get(message.run)?.();
    member.cancels.delete(message.run);
    return;
  }
  const key = `${message.run}.${message.index}`;
  const waiting = member.waiting.get(key);
  member.waiting.delete(key);
  if (message.type === 'batch') waiting?.resolve(message.batch);
  else waiting?.reject(message.isUserError ? new UserError(message.message) : new Error(message.message));
}

/** Threads start at the first request, hold the process only while a run is open, and restart after a crash. */
export function createPool(size: number, settings: WorkerSettings, onCache: OnCache): Pool {
  let members: Member[] = [];
  let runs = 0;
  let openRuns = 0;

  const ready = (): Member[] => {
    if (members.length === 0 || members.some(({ failure }) => failure)) {
      for (const { worker, failure } of members) if (!failure) void worker.terminate();
      members = Array.from({ length: size }, () => startMember(settings, onCache));
    }
    for (const { worker } of members) worker.ref();
    return members;
  };

  const begin = (): Run => {
    const run = ++runs;
    const team = ready();
    openRuns++;
    return {
      request: (index, plan) => ask(team[index % team.length]!, { type: 'plan', run, index, plan }),
      end: async () => {
        await Promise.all(team.map((member) => cancel(member, run)));
        if (--openRuns === 0) for (const { worker } of team) worker.unref();
      },
    };
  };

  const close = async (): Promise<void> => {
    const closing = members;
    members = [];
    await Promise.all(closing.map(async ({ worker, exited, failure }) => {
      if (failure) return;
      worker.ref();
      worker.postMessage({ type: 'close' } satisfies ToWorker, []);
      await exited;
    }));
  };

  return { size, begin, close };
}

function ask(member: Member, message: Extract<ToWorker, { type: 'plan' }>): Promise<AssembledBatch> {
  if (member.failure) return Promise.reject(member.failure);
  return new Promise((resolve, reject) => {
    member.waiting.set(`${message.run}.${message.index}`, { resolve, reject });
    member.worker.postMessage(message, []);
  });
}

/** The worker's answer comes when what it had begun has stopped; batches that arrive until then are dropped. */
async function cancel(member: Member, run: number): Promise<void> {
  for (const key of member.waiting.keys()) if (key.startsWith(`${run}.`)) member.waiting.delete(key);
  if (member.failure) return;
  await new Promise<void>((resolve) => {
    member.cancels.set(run, resolve);
    member.worker.postMessage({ type: 'cancel', run } satisfies ToWorker, []);
  });
}
