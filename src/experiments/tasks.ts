// From a plan to what is to be done here: runs matched with finished ones, folders named, everything a worker needs written down.
import { join } from 'node:path';
import type { DiskCacheOptions } from '../data/cacheSettings.ts';
import type { Dataset, DatasetName } from '../data/clip.ts';
import { readDataset } from '../data/dataset.ts';
import type { BadClipPolicy } from '../data/collect.ts';
import { UserError } from '../errors.ts';
import { readJson } from '../files/json.ts';
import { finishedRuns, type FinishedRun } from './finished.ts';
import { experimentKey, identityKey, keyOfAnySources, renderedDigest, type RunIdentity } from './identity.ts';
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
  readonly isSynthetic: boolean;
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
  /** Folder of the run folders, for those that are to be made. */
  readonly runs: string;
  /** Further folders of finished runs. */
  readonly archives?: readonly string[];
  readonly onBadClip?: BadClipPolicy;
  readonly onNote?: (line: string) => void;
}

export interface MatchedPlan {
  readonly done: readonly { readonly task: Task; readonly finished: FinishedRun }[];
  readonly missing: readonly Task[];
  /** Of the missing ones: finished runs of the same experiment on the same clips, made by other sources than today's. Tables show them until they are made anew. */
  readonly outdated: readonly { readonly task: Task; readonly finished: FinishedRun }[];
  readonly leftOut: readonly PlannedRun[];
}

/** Reads the lists of every set and fold once, and looks for finished runs of the same key under any name. @throws UserError as readDataset. */
export async function matchPlan(plan: readonly PlannedRun[], options: MatchOptions): Promise<MatchedPlan> {
  const folds = new Map<string, Promise<Fold>>();
  const finishedOnes = await finishedRuns([options.runs, ...options.archives ?? []]);
  const byKey = new Map(finishedOnes.flatMap((finished) => (finished.key === undefined ? [] : [[finished.key, finished] as const])));
  const byExperiment = new Map(finishedOnes.flatMap((finished) => { const key = experimentKey(finished.run.record); return key === undefined ? [] : [[key, finished] as const]; }));
  const matched = { done: [] as MatchedPlan['done'][number][], missing: [] as Task[], outdated: [] as MatchedPlan['outdated'][number][], leftOut: [] as PlannedRun[] };
  for (const run of plan) {
    const root = options.roots[run.dataset];
    if (root === undefined) {
      const clips = options.assumed?.[run.dataset];
      if (clips) matched.missing.push({ ...run, ...clips, key: '', dir: join(options.runs, run.name), root: '', fingerprint: '', isSynthetic: true });
      else matched.leftOut.push(run);
      continue;
    }
    const place = `${run.dataset} ${run.fold}`;
    if (!folds.has(place)) folds.set(place, readFold(run, root, options));
    const fold = await folds.get(place)!;
    const task = taskOf(run, fold, options.runs);
    const finished = byKey.get(task.key);
    if (finished) { matched.done.push({ task: { ...task, dir: finished.run.dir }, finished }); continue; }
    matched.missing.push(task);
    const older = byExperiment.get(keyOfAnySources(identity(run, fold)));
    if (older) matched.outdated.push({ task, finished: older });
  }
  return matched;
}

async function readFold({ dataset: name, fold }: PlannedRun, root: string, { onBadClip = 'stop', onNote }: MatchOptions): Promise<Fold> {
  const dataset = await readDataset({ name, root, fold, onBadClip });
  if (fold === 1) for (const note of dataset.notes) onNote?.(note);
  return { dataset, rendered: await renderedDigest(dataset) };
}

interface Fold { readonly dataset: Dataset; readonly rendered: string | null }

const identity = (run: PlannedRun, { dataset: { fingerprint }, rendered }: Fold): RunIdentity => ({ experiment: run.config, dataset: run.dataset, fingerprint, rendered, sources: sourcesHash() });

function taskOf(run: PlannedRun, fold: Fold, runs: string): Task {
  const { fingerprint, isSynthetic, root, train, test } = fold.dataset;
  const key = identityKey(identity(run, fold));
  return { ...run, key, dir: join(runs, `${run.name}-${key.slice(0, 8)}`), root, fingerprint, isSynthetic, trainClips: train.length, testClips: test.length };
}

/** @throws UserError for a file that is no list of tasks, or made by other sources than these. */
export async function readTasks(file: string): Promise<TaskFile> {
  const value = (await readJson(file)) as Partial<TaskFile> | null;
  if (!Array.isArray(value?.tasks) || typeof value.sources !== 'string') throw new UserError(`${file}: expected a list of tasks that "ial reproduce" wrote`);
  if (value.sources !== sourcesHash()) throw new UserError(`${file}: planned with other sources than these; run "ial reproduce" again`);
  return value as TaskFile;
}
