// A plan on its way: what is written down for workers, and where each run stands.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../files/hash.ts';
import { encodeJson } from '../files/json.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { openRun } from '../runs/run.ts';
import { logOf } from './local.ts';
import { sourcesHash } from './sources.ts';
import { finishedRun } from './finished.ts';
import type { Task, TaskFile } from './tasks.ts';

/** Where plans and logs go, below the folder of the runs. */
export const campaignFolder = (runs: string): string => join(runs, '.reproduce');
export const logsFolder = (runs: string): string => join(campaignFolder(runs), 'logs');

/** Writes the tasks for workers. @returns the file; the same tasks always give the same file. */
export async function writeTasks(runs: string, tasks: readonly Task[], settings: Pick<TaskFile, 'onBadClip' | 'cache'>): Promise<string> {
  const folder = campaignFolder(runs);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `tasks-${sha256(tasks.map(({ key }) => key).join()).slice(0, 8)}.json`);
  await writeFileAtomic(file, `${encodeJson({ sources: sourcesHash(), ...settings, tasks } satisfies TaskFile, file, 1)}\n`);
  return file;
}

export type RunState = 'finished' | 'running' | 'stopped' | 'waiting';

export interface RunStanding {
  readonly task: Task;
  readonly state: RunState;
  /** Of `config.epochs`. */
  readonly epochs: number;
  readonly log: string | undefined;
}

/** A lock's heartbeat comes every 15 s (runs/lock.ts). */
const HEARTBEAT_MS = 120_000;

/** From the run folder alone, so that it is true for every engine and every machine that shares the disk. */
export async function standing(task: Task, runs: string): Promise<RunStanding> {
  const log = logOf(logsFolder(runs), task);
  const hasLog = await stat(log).then(() => true, () => false);
  const epochs = await openRun(task.dir).then((run) => run.readMetrics()).then((lines) => lines.at(-1)?.epoch ?? 0, () => 0);
  const state = await finishedRun(task.dir) ? 'finished' : await isLocked(task.dir) ? 'running' : hasLog || epochs > 0 ? 'stopped' : 'waiting';
  return { task, state, epochs, log: hasLog ? log : undefined };
}

const isLocked = (dir: string): Promise<boolean> =>
  stat(join(dir, '.lock')).then(({ mtimeMs }) => Date.now() - mtimeMs < HEARTBEAT_MS, () => false);
