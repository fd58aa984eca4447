// The Slurm engine: the tasks of a plan as one job array on a cluster whose nodes share this disk. What a task did is read from its
// run folder and not from Slurm's accounting, which many clusters do not have.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Interrupted, UserError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { encodeJson, readJson } from '../files/json.ts';
import { openRun } from '../runs/run.ts';
import { finishedRun } from './finished.ts';
import { logOf, workerCommand, type EngineEvents, type Outcome } from './local.ts';
import { lastWords } from './lastWords.ts';
import { script } from './slurmScript.ts';
import type { Task } from './tasks.ts';

export interface SlurmOptions extends EngineEvents {
  /** Tasks at a time (the array's %limit). */
  readonly jobs: number;
  /** Of one task; default 16 GB. */
  readonly memoryBytes?: number;
  readonly logs: string;
  /** For sbatch, after this engine's own and so stronger, e.g. --partition=gpu --gres=gpu:1 --cpus-per-task=8 --time=12:00:00. */
  readonly arguments?: readonly string[];
  /** How often a failed task is submitted again; default 2. A requeue by Slurm itself (preemption, a lost node) does not count. */
  readonly retries?: number;
  /** Between looks at the queue; default 10 s. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  readonly onNote?: (line: string) => void;
  readonly command?: (taskFile: string, index: number) => readonly string[];
}

const MEMORY = 16e9, CORES = 4;

/** How often in a row the queue may not answer: a controller that is restarted takes minutes. */
const PATIENCE = 60;

/** Of a task's key: the array element that works on it, "123_4". */
type Submitted = Readonly<Record<string, string>>;

/**
 * Submits what no job works on yet, waits, and submits failed tasks again. Ctrl-C leaves the jobs alone.
 * @returns outcomes in the order of the tasks. @throws UserError without Slurm or when it refuses the jobs; Interrupted
 */
export async function runOnSlurm(taskFile: string, tasks: readonly Task[], options: SlurmOptions): Promise<readonly Outcome[]> {
  await mkdir(options.logs, { recursive: true });
  const attempts = new Map<string, number>();
  const outcomes = new Map<string, Outcome>();
  const end = (task: Task, failure: string | undefined): void => {
    outcomes.set(task.key, { task, failure });
    options.onEnd?.({ task, failure });
  };
  let submitted = await remembered(taskFile), silent = 0;
  for (;;) {
    const active = await activeElements(Object.values(submitted)).catch((error: unknown) => {
      if (!(error instanceof UserError) || ++silent > PATIENCE) throw error;
      if (silent === 1) options.onNote?.(`${error.message}; the jobs go on, asking again`);
      return undefined;
    });
    if (active === undefined) { await wait(options, Object.values(submitted)); continue; }
    silent = 0;
    const idle = tasks.filter(({ key }) => !outcomes.has(key) && !active.has(submitted[key] ?? ''));
    const failed: Task[] = [];
    for (const task of idle) {
      const finished = await finishedRun(task.dir);
      if (finished?.key === task.key) end(task, undefined);
      else if ((attempts.get(task.key) ?? 0) > (options.retries ?? 2)) end(task, `${await lastWords(logOf(options.logs, task))} (tried ${attempts.get(task.key)} times; log: ${logOf(options.logs, task)})`);
      else failed.push(task);
    }
    if (failed.length > 0) {
      for (const { key } of failed) attempts.set(key, (attempts.get(key) ?? 0) + 1);
      submitted = { ...submitted, ...await submit(taskFile, tasks, failed, options) };
      await writeFileAtomic(memory(taskFile), `${encodeJson(submitted, memory(taskFile), 1)}\n`);
    }
    if (outcomes.size === tasks.length) return tasks.map(({ key }) => outcomes.get(key)!);
    for (const task of tasks.filter(({ key }) => active.has(submitted[key] ?? ''))) await tellEpochs(task, options);
    await wait(options, Object.values(submitted));
  }
}

/** Steps of the whole epochs that a running task has left in its folder, which is all that can be seen of it from here. */
async function tellEpochs(task: Task, { onProgress }: SlurmOptions): Promise<void> {
  const history = await openRun(task.dir).then((run) => run.readMetrics()).catch(() => []); // not begun yet, or in the middle of a line
  const last = history.at(-1);
  if (last) onProgress?.(task, { done: last.step, note: `epoch ${last.epoch}/${task.config.epochs}` });
}

async function wait({ pollMs = 10_000, signal, onNote }: SlurmOptions, elements: readonly string[]): Promise<void> {
  try {
    await pause(pollMs, undefined, signal && { signal });
  } catch {
    onNote?.(`the jobs go on: "ial reproduce --status" shows them, "scancel ${jobsOf(elements).join(' ')}" ends them`);
    throw new Interrupted();
  }
}

/** Job numbers, beside the plan: a second command waits for the first one's jobs instead of doubling them. */
const memory = (taskFile: string): string => join(dirname(taskFile), 'slurm.json');
const jobsOf = (elements: readonly string[]): string[] => [...new Set(elements.map((element) => element.split('_')[0]!))];

async function remembered(taskFile: string): Promise<Submitted> {
  const value = await readJson(memory(taskFile)).catch(() => ({}));
  return typeof value === 'object' && value !== null ? (value as Submitted) : {};
}

async function submit(taskFile: string, all: readonly Task[], tasks: readonly Task[], options: SlurmOptions): Promise<Submitted> {
  const { jobs, memoryBytes = MEMORY, logs, arguments: more = [], command = workerCommand, onNote } = options;
  const indices = tasks.map((task) => all.indexOf(task));
  const file = `${taskFile.replace(/\.json$/, '')}.sh`;
  const lines = indices.map((index) => ({ index, log: logOf(logs, all[index]!), command: [process.execPath, ...command(taskFile, index)] }));
  await writeFileAtomic(file, script(lines));
  const output = await slurm('sbatch', ['--parsable', `--array=${indices.join()}%${jobs}`, '--requeue', '--open-mode=append', '--job-name=ial', '--output=/dev/null', `--cpus-per-task=${CORES}`, `--mem=${Math.ceil(memoryBytes / 1e6)}M`, ...more, file]);
  const job = /^(\d+)/.exec(output.trim())?.[1];
  if (job === undefined) throw new UserError(`sbatch: expected the number of a job, found "${output.trim()}"`);
  onNote?.(`submitted ${tasks.length} runs as job ${job}, ${jobs} at a time; logs in ${logs}`);
  return Object.fromEntries(tasks.map(({ key }, i) => [key, `${job}_${indices[i]}`]));
}

/** Elements that wait, run or are being requeued. Slurm forgets ended jobs after minutes: unknown ones have ended. */
async function activeElements(elements: readonly string[]): Promise<ReadonlySet<string>> {
  const active = new Set<string>();
  for (const job of jobsOf(elements)) {
    const output = await slurm('squeue', ['--noheader', '--array', `--jobs=${job}`, '--format=%i']).catch((error: unknown) => {
      if (error instanceof UserError && /Invalid job id/i.test(error.message)) return '';
      throw error;
    });
    for (const line of output.split('\n')) if (line.trim() !== '') active.add(line.trim());
  }
  return active;
}

/** @throws UserError with the program's own first line. */
async function slurm(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(program, [...args])).stdout;
  } catch (error) {
    const { code, stderr = '', message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') throw new UserError(`--engine slurm: expected the program ${program} of a Slurm cluster, found none in PATH; run this on a login node, or use --engine local`);
    throw new UserError(`${program}: ${stderr.trim().split('\n')[0] || message.split('\n')[0]}`);
  }
}
