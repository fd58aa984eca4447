// Measures all sides of a case: every worker is warmed up, then they take a turn each, so that whatever else the machine
// does hits all alike. Only one of them ever computes; the others wait for a line.
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfInterrupted } from '../errors.ts';
import { busyShare } from './busy.ts';
import { startWorker, WorkerDied, type WorkerCommand, type WorkerProcess } from './child.ts';
import { Refusal, type Job } from './protocol.ts';
import type { CaseRecord, SideRecord } from './record.ts';

export interface Side {
  readonly side: SideRecord['side'];
  readonly mode: string;
  readonly command: WorkerCommand;
}

export interface CompareOptions {
  readonly job: Omit<Job, 'mode'>;
  readonly sides: readonly Side[];
  readonly rounds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onNote?: (line: string) => void;
  /** Told what a worker says of itself. */
  readonly onReady?: (side: Side, versions: Readonly<Record<string, string>>, threads: number) => void;
}

/** Steps before anything counts. The first compiles; losses of these are compared. */
const WARM_UP = 3;

/** A turn is one step, or several that take about this long: of a short step taken alone, most is the caches that the others left. */
const TURN_MS = 100;
const MOST_STEPS = 10;

/** Threads of the side before go to sleep within milliseconds after their last work; none may still spin. */
const PAUSE_MS = 50;

export const nameOf = ({ side, mode }: { readonly side: string; readonly mode: string }): string => [side, mode].filter(Boolean).join(' ');

/** One side's process and what it has told so far. */
interface Running {
  readonly side: Side;
  readonly worker: WorkerProcess;
  readonly ms: number[];
  /** Milliseconds of the last step before anything counted. */
  warm?: number;
  check: readonly number[];
  peakMb: number | null;
  failed?: { readonly reason: string; readonly isDead: boolean };
}

/** @throws Interrupted. A side that cannot or that dies is a record with `failed`. */
export async function compareSides(options: CompareOptions): Promise<CaseRecord> {
  const { job: { clips, precision }, sides, rounds, signal } = options;
  const running = sides.map((side): Running => ({ side, worker: startWorker(side.command), ms: [], check: [], peakMb: null }));
  const stop = (): Promise<unknown> => Promise.all(running.map(({ worker }) => worker.stop()));
  const kill = (): void => { void stop(); };
  signal?.addEventListener('abort', kill);
  try {
    for (const one of running) await attempt(one, signal, () => prepare(one, options));
    const fastest = Math.min(...running.map(({ warm = Infinity }) => warm)), steps = Math.min(MOST_STEPS, Math.max(1, Math.floor(TURN_MS / fastest)));
    const before = await busyShare();
    for (let round = 1; round <= rounds; round++) {
      options.onNote?.(`round ${round} of ${rounds}`);
      for (const one of running) await attempt(one, signal, () => takeTurn(one, steps));
    }
    const busy = Math.max(before, await busyShare());
    for (const one of running) await attempt(one, signal, async () => { one.peakMb = (await one.worker.ask({ kind: 'memory' })).peakMb; });
    return { clips, precision, sides: running.map(recordOf), busy };
  } finally {
    signal?.removeEventListener('abort', kill);
    await stop();
  }
}

/** Does nothing for a side that has failed; notes what goes wrong with one that has not. */
async function attempt(one: Running, signal: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
  throwIfInterrupted(signal);
  if (one.failed) return;
  try {
    await work();
  } catch (error) {
    throwIfInterrupted(signal);
    if (!(error instanceof Refusal || error instanceof WorkerDied)) throw error;
    one.failed = { reason: error.message, isDead: error instanceof WorkerDied };
    await one.worker.stop(); // its memory belongs to the others
  }
}

async function prepare(one: Running, { job, onNote, onReady }: CompareOptions): Promise<void> {
  const { side, worker } = one;
  onNote?.(`warming up ${nameOf(side)}${side.mode.includes('compile') ? ' (torch.compile may take minutes the first time)' : ''}`);
  const { versions, threads } = await worker.ask({ kind: 'configure', ...job, mode: side.mode });
  onReady?.(side, versions, threads);
  const { ms, values } = await worker.ask({ kind: 'time', steps: WARM_UP });
  one.warm = ms.at(-1)!;
  one.check = job.task === 'step' ? values.flat() : values[0]!;
}

async function takeTurn({ worker, ms }: Running, steps: number): Promise<void> {
  await sleep(PAUSE_MS);
  ms.push(...(await worker.ask({ kind: 'time', steps })).ms);
}

const recordOf = ({ side: { side, mode }, ms, check, peakMb, failed }: Running): SideRecord =>
  ({ side, mode, ms, check, peakMb, ...failed && { failed: failed.reason, ...failed.isDead && { isDead: true } } });
