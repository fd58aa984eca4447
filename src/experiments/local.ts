// The local engine: every run in a process of its own, some at a time, each with a limit on its memory.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '../data/clip.ts';
import { packageRoot } from '../engine/home.ts';
import { Interrupted } from '../errors.ts';
import { residentBytes } from '../files/memory.ts';
import { lastWords } from './lastWords.ts';
import type { Task } from './tasks.ts';

/** What the engine must know of a run. */
export type Named = Pick<Task, 'name' | 'key'>;

export interface Outcome<T extends Named = Task> {
  readonly task: T;
  /** What went wrong, in one line; undefined where the run is whole. */
  readonly failure: string | undefined;
}

export interface EngineEvents<T extends Named = Task> {
  readonly onProgress?: (task: T, progress: Progress) => void;
  readonly onEnd?: (outcome: Outcome<T>) => void;
}

export interface LocalOptions<T extends Named = Task> extends EngineEvents<T> {
  /** Runs at a time. */
  readonly jobs: number;
  /** Of one worker; default: three quarters of the machine's, shared by the jobs. */
  readonly memoryBytes?: number;
  readonly logs: string;
  readonly signal?: AbortSignal;
  /** The program that makes run `index`, and its arguments. */
  readonly command: (index: number) => readonly string[];
}

/** The command line's own entry, whatever started this process. */
export const ownCommand = (...args: readonly string[]): readonly string[] => [join(packageRoot(), 'bin', 'ial.mjs'), ...args];

export const workerCommand = (taskFile: string, index: number): readonly string[] => ownCommand('reproduce-task', taskFile, String(index));

export const defaultMemory = (jobs: number): number => (0.75 * totalmem()) / jobs;

/** Jobs share the cores, where nobody has said otherwise: each with threads for all of them would wait for the others. One job has them all. */
export function threadSettings(jobs: number, env: NodeJS.ProcessEnv = process.env, cores = availableParallelism()): NodeJS.ProcessEnv {
  if (jobs === 1 || env['TF_NUM_INTRAOP_THREADS']) return {};
  return threadEnvironment(Math.max(1, Math.floor(cores / jobs)));
}

/** What TensorFlow and this project's kernels read when they start. */
export const threadEnvironment = (threads: number): NodeJS.ProcessEnv => ({ TF_NUM_INTRAOP_THREADS: String(threads) });

/** All tasks, failures told and passed over. @returns outcomes in the order of the tasks. @throws Interrupted when the signal is aborted; the workers have saved then. */
export async function runLocally<T extends Named>(tasks: readonly T[], options: LocalOptions<T>): Promise<readonly Outcome<T>[]> {
  mkdirSync(options.logs, { recursive: true });
  const outcomes: Outcome<T>[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < tasks.length && !options.signal?.aborted) {
      const index = next++, task = tasks[index]!;
      const failure = await runWorker(index, task, options);
      if (options.signal?.aborted) return;
      outcomes[index] = { task, failure };
      options.onEnd?.(outcomes[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, tasks.length) }, lane));
  if (options.signal?.aborted) throw new Interrupted();
  return outcomes;
}

async function runWorker<T extends Named>(index: number, task: T, options: LocalOptions<T>): Promise<string | undefined> {
  const limit = options.memoryBytes ?? defaultMemory(options.jobs);
  const log = logOf(options.logs, task);
  const output = openSync(log, 'a');
  const [program, ...args] = options.command(index);
  // a group of its own: Ctrl-C in the terminal reaches this process alone, which asks the worker to stop once
  const child = spawn(process.execPath, [`--max-old-space-size=${Math.floor(limit / 2e6)}`, program!, ...args], { env: { ...process.env, ...threadSettings(options.jobs) }, stdio: ['ignore', output, output, 'ipc'], detached: true });
  closeSync(output);
  child.on('message', (message) => { options.onProgress?.(task, message as Progress); });
  const stop = (): void => { child.kill('SIGTERM'); };
  options.signal?.addEventListener('abort', stop, { once: true });
  const watch = watchMemory(child, limit);
  try {
    const [code, signal] = await ended(child);
    if (code === 0) return undefined;
    return watch.failure() ?? `${code === null ? `killed by ${signal}` : await lastWords(log, `exit code ${code}`)} (log: ${log})`;
  } finally {
    watch.stop();
    options.signal?.removeEventListener('abort', stop);
  }
}

export const logOf = (logs: string, { name, key }: Named): string => join(logs, `${name}-${key.slice(0, 8)}.log`);

/** The exit, or the reason why there was no process at all. */
function ended(child: ChildProcess): Promise<[number | null, string | null]> {
  return new Promise((resolve) => {
    child.on('error', (error) => { resolve([null, error.message]); });
    child.on('exit', (code, signal) => { resolve([code, signal]); });
  });
}

const EVERY_MS = 1000;

/** V8's own limit does not see TensorFlow's memory, so the process is looked at from outside. */
function watchMemory(child: ChildProcess, limit: number): { failure: () => string | undefined; stop: () => void } {
  let failure: string | undefined;
  const timer = setInterval(() => {
    const bytes = child.pid === undefined ? undefined : residentBytes(child.pid);
    if (bytes === undefined || bytes <= limit || failure !== undefined) return;
    failure = `stopped: it used ${gigabytes(bytes)} of memory, at most ${gigabytes(limit)} are allowed (--memory-gb, --jobs, or a smaller batchSize)`;
    child.kill('SIGKILL');
  }, EVERY_MS);
  return { failure: () => failure, stop: () => { clearInterval(timer); } };
}

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)} GB`;
