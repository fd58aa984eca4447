// From a plan to what is to be done here: runs matched with finished ones, folders named, everything a worker needs written down.
import { join } from 'node:path';
import type { DiskCacheOptions } from '../data/cacheSettings.ts';
import type { Dataset, DatasetName } from '../data/clip.ts';
import { readDataset } from '../data/dataset.ts';
import type { BadClipPolicy } from '../data/collect.ts';
import { UserError } from '../errors.ts';
import { readJson } from '../files/json.ts';
import { finishedRuns, type FinishedRun } from './finished.ts';
import { identityKey, renderedDigest } from './identity.ts';
import type { PlannedRun } from './planRuns.ts';
import { sourcesHash } from './sources.ts';

/** One run for a worker: everything, so that a process on another machine needs nothing else. */
export interface Task extends PlannedRun {
  /** Hash of experiment, clips and sources. */
  readonly key: string;
  /** Run folder, below the working folder of the command. */
  readonly dir: string;
  readonly root: string;
  readonly fingerprint: string;
  /** Clips, for estimates. */
  readonly trainClips: number;
  readonly testClips: number;
}

export interface TaskFile {
  readonly sources: string;
  readonly onBadClip: BadClipPolicy;
  readonly cache?: DiskCacheOptions;
  readonly tasks: readonly Task[];
}

export interface MatchOptions {
  /** Folder of each set; runs of a set without one are left out. */
  readonly roots: Readonly<Partial<Record<DatasetName, string>>>;
  /** Clips of sets that are still to be rendered: their runs count as missing, and cannot be made yet. */
  readonly assumed?: Readonly<Partial<Record<DatasetName, { readonly trainClips: number; readonly testClips: number }>>>;
  /** Folder of the run folders. */
  readonly runs: string;
  readonly onBadClip?: BadClipPolicy;
  readonly onNote?: (line: string) => void;
}

export interface MatchedPlan {
  readonly done: readonly { readonly task: Task; readonly finished: FinishedRun }[];
  readonly missing: readonly Task[];
  readonly leftOut: readonly PlannedRun[];
}

/** Reads the lists of every set and fold once, and looks for finished runs of the same key under any name. @throws UserError as readDataset. */
export async function matchPlan(plan: readonly PlannedRun[], options: MatchOptions): Promise<MatchedPlan> {
  const folds = new Map<string, Promise<{ dataset: Dataset; rendered: string | null }>>();
  const byKey = new Map((await finishedRuns(options.runs)).flatMap((finished) => (finished.key === undefined ? [] : [[finished.key, finished] as const])));
  const matched: { done: MatchedPlan['done'][number][]; missing: Task[]; leftOut: PlannedRun[] } = { done: [], missing: [], leftOut: [] };
  for (const run of plan) {
    const root = options.roots[run.dataset];
    if (root === undefined) {
      const clips = options.assumed?.[run.dataset];
      if (clips) matched.missing.push({ ...run, ...clips, key: '', dir: join(options.runs, run.name), root: '', fingerprint: '' });
      else matched.leftOut.push(run);
      continue;
    }
    const place = `${run.dataset} ${run.fold}`;
    if (!folds.has(place)) folds.set(place, readFold(run, root, options));
    const task = taskOf(run, await folds.get(place)!, options.runs);
    const finished = byKey.get(task.key);
    if (finished) matched.done.push({ task: { ...task, dir: finished.run.dir }, finished });
    else matched.missing.push(task);
  }
  return matched;
}

async function readFold({ dataset: name, fold }: PlannedRun, root: string, { onBadClip = 'stop', onNote }: MatchOptions): Promise<{ dataset: Dataset; rendered: string | null }> {
  const dataset = await readDataset({ name, root, fold, onBadClip });
  if (fold === 1) for (const note of dataset.notes) onNote?.(note);
  return { dataset, rendered: await renderedDigest(dataset) };
}

function taskOf(run: PlannedRun, { dataset, rendered }: { dataset: Dataset; rendered: string | null }, runs: string): Task {
  const { fingerprint, root, train, test } = dataset;
  const key = identityKey({ experiment: run.config, dataset: run.dataset, fingerprint, rendered, sources: sourcesHash() });
  return { ...run, key, dir: join(runs, `${run.name}-${key.slice(0, 8)}`), root, fingerprint, trainClips: train.length, testClips: test.length };
}

/** @throws UserError for a file that is no list of tasks, or made by other sources than these. */
export async function readTasks(file: string): Promise<TaskFile> {
  const value = (await readJson(file)) as Partial<TaskFile> | null;
  if (!Array.isArray(value?.tasks) || typeof value.sources !== 'string') throw new UserError(`${file}: expected a list of tasks that "ial reproduce" wrote`);
  if (value.sources !== sourcesHash()) throw new UserError(`${file}: planned with other sources than these; run "ial reproduce" again`);
  return value as TaskFile;
}
