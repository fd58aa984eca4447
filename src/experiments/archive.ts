// Finished runs without their weights, small enough to be committed or passed on: what tables, figures and notebooks read.
import { cp, mkdir, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { readIdentities, readIntensity } from '../data/sidecar.ts';
import { UserError } from '../errors.ts';
import { seenPeaks } from '../evaluate/intensity.ts';
import { replaceFolder, temporaryName } from '../files/atomic.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { encodeJson } from '../files/json.ts';
import { CLIPS_FILE, encodeClips, readClips, type ClipFacts } from '../runs/clips.ts';
import { readRunDataset } from '../runs/dataset.ts';
import type { RunRecord } from '../runs/types.ts';
import { benchmarkAt } from './benchmarks.ts';
import { finishedRuns, type FinishedRun } from './finished.ts';

export interface ArchiveOptions {
  /** Folder of run folders. */
  readonly runs: string;
  /** Folder of the archived ones; an older copy of a run is replaced. */
  readonly to: string;
  /** Names of runs; none: all that are finished. */
  readonly names?: readonly string[];
  /** Names of runs whose features go along; those of runs that were archived with them before do so anyway. */
  readonly features?: readonly string[];
  readonly onRun?: (name: string, bytes: number) => void;
  readonly onWarning?: (line: string) => void;
}

export interface ArchiveReport { readonly runs: readonly { readonly name: string; readonly bytes: number }[]; /** Of the whole folder `to`. */ readonly bytes: number }

/** What a reader of finished runs needs, copied byte for byte. */
const COPIED = ['metrics.jsonl', 'predictions.json', 'evaluation.json'];

const FEATURES = 'features.safetensors';
const hasFeatures = (dir: string): Promise<boolean> => stat(join(dir, FEATURES)).then(() => true, () => false);

/** @throws UserError for a name that is no finished run, or a folder that cannot be written. */
export async function archiveRuns({ runs, to, names = [], features = [], onRun, onWarning }: ArchiveOptions): Promise<ArchiveReport> {
  if (await isSame(runs, to)) throw new UserError(`${to}: expected another folder than that of the runs: archived runs have no weights, and would replace them`);
  const finished = await finishedRuns(runs);
  const byName = new Map(finished.map((one) => [basename(one.run.dir), one]));
  const unknown = [...names, ...features].find((name) => !byName.has(name));
  if (unknown !== undefined) throw new UserError(`${join(runs, unknown)}: expected a run that was trained and evaluated to its end`);
  await mkdir(to, { recursive: true }).catch((error: unknown) => { throw fileError(error, to, 'write'); });
  const written: { name: string; bytes: number }[] = [];
  for (const [name, one] of names.length === 0 ? byName : [...byName].filter(([known]) => names.includes(known))) {
    const facts = await factsOf(one).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      onWarning?.(`${name}: without people and intensities: ${error.message}`);
      return [];
    });
    const bytes = await archive(one, join(to, name), facts, features.includes(name) || await hasFeatures(join(to, name)) ? [FEATURES] : []);
    onRun?.(name, bytes);
    written.push({ name, bytes });
  }
  return { runs: written, bytes: await folderBytes(to) };
}

/** One folder, under whatever names. */
async function isSame(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((folder) => realpath(folder).catch(() => resolve(folder))));
  return one === other;
}

async function archive({ run: { dir, record } }: FinishedRun, final: string, facts: readonly ClipFacts[], more: readonly string[]): Promise<number> {
  const temporary = temporaryName(final);
  try {
    await mkdir(temporary);
    for (const name of [...COPIED, ...more]) await cp(join(dir, name), join(temporary, name)).catch((error: unknown) => { throw codeOf(error) === 'ENOENT' ? fileError(error, join(dir, name), 'read') : error; });
    await writeFile(join(temporary, 'config.json'), `${encodeJson(portable(record), final, 2)}\n`);
    if (facts.length > 0) await writeFile(join(temporary, CLIPS_FILE), encodeClips(facts));
    await replaceFolder(temporary, final);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw fileError(error, final, 'write');
  }
  return folderBytes(final);
}

/** The record with no path of this machine: a benchmark's folder as the commands name it, none of a licensed set. */
export function portable(record: RunRecord): RunRecord {
  const { dataset } = record, benchmark = benchmarkAt(dataset.root);
  const below = relative('.', resolve(dataset.root));
  const root = benchmark?.root ?? (dataset.isSynthetic && !below.startsWith('..') ? below : '');
  return { ...record, dataset: { ...dataset, root } };
}

async function factsOf({ run, evaluation }: FinishedRun): Promise<ClipFacts[]> {
  const known = await readClips(run.dir);
  if (known) return [...known.values()];
  const { experiment, dataset: { root } } = run.record;
  const [people, frames, dataset] = await Promise.all([readIdentities(root), readIntensity(root), readRunDataset(run.record)]);
  if (dataset.fingerprint !== evaluation.fingerprint) throw new UserError(`${root}: these are not the clips of the run`);
  const peaks = frames && seenPeaks(dataset.test, frames, experiment);
  if (!people && !peaks) return [];
  const { predictions } = await run.readPredictions();
  return predictions.map(({ id }) => {
    const person = people?.get(id), peak = peaks?.get(id);
    return { id, ...person !== undefined && { person }, ...peak !== undefined && { peak } };
  });
}

async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => { const found = await stat(join(folder, name)); return found.isFile() ? found.size : 0; }));
  return sizes.reduce((sum, size) => sum + size, 0);
}
