// One fold of a dataset from its folder: lists, frames, notes on what was found, and a fingerprint.
import { createHash } from 'node:crypto';
import { dirname, resolve, sep } from 'node:path';
import { EXPRESSIONS } from '../labels.ts';
import { UserError } from '../errors.ts';
import type { Clip, Dataset, DatasetName, Progress } from './clip.ts';
import { checkDisjoint, checkUnique, collectClips, type BadClipPolicy, type ClipEntry } from './collect.ts';
import { readCsvEntries } from './csv.ts';
import { findCsvList } from './csvList.ts';
import { readDfewEntries, type Entries } from './dfew.ts';
import { readFervEntries } from './ferv39k.ts';
import { orUnreadable } from './folder.ts';
import { datasetRoot, locate } from './locate.ts';

export interface ReadOptions {
  readonly name: DatasetName;
  readonly root: string;
  /** 1..5 for DFEW; 1 for FERV39k, which has a single split; those of a list of one's own. */
  readonly fold: number;
  /** DFEW only: whether the lists count labels from 0 or from 1; decided from the values by default. */
  readonly labels?: 'auto' | 'zero-based' | 'one-based';
  /** FERV39k only: one scene instead of all, by its own lists where they are there. */
  readonly scene?: string | undefined;
  /** A clip without usable frames stops (default) or is left out and noted. */
  readonly onBadClip?: BadClipPolicy;
  readonly signal?: AbortSignal | undefined;
  /** Of counting the frames of video files, the first time. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Reads lists and folder names; no image is opened, though video files are counted once. @throws UserError naming the file, what was expected and found; Interrupted. */
export async function readDataset(options: ReadOptions): Promise<Dataset> {
  const { name, fold, onBadClip = 'stop' } = options;
  if (!Number.isInteger(fold) || fold < 1) throw new UserError(`--fold: expected a whole number of at least 1, found ${fold}`);
  const root = name === 'csv' ? resolve(options.root) : await datasetRoot(options.root);
  const folder = name === 'csv' ? dirname(await findCsvList(root)) : root;
  const entries = await readEntries({ ...options, root });
  checkUnique('training', entries.train);
  checkUnique('test', entries.test);
  checkDisjoint(entries.train, entries.test);
  const train = await collectClips('training', entries.train, onBadClip);
  const test = await collectClips('test', entries.test, onBadClip);
  return {
    name, root, fold, ...entries.scene !== undefined && { scene: entries.scene }, labelNames: entries.labelNames ?? EXPRESSIONS, train: train.clips, test: test.clips,
    ...train.skipped.length + test.skipped.length > 0 && { skipped: { train: train.skipped, test: test.skipped } },
    isSynthetic: await isRendered(folder, [entries.train[0]!, entries.test[0]!]),
    // paths relative to the root: notes go into run records, which people share
    notes: [...entries.notes, ...train.notes, ...test.notes].map((note) => note.replaceAll(folder + sep, '')),
    fingerprint: fingerprint(train.clips, test.clips),
  };
}

function readEntries({ name, root, fold, labels = 'auto', scene, signal, onProgress }: ReadOptions): Promise<Entries> {
  checkScene(name, scene);
  if (name === 'dfew') return readDfewEntries({ root, fold, labels });
  if (name === 'ferv39k') return readFervEntries({ root, fold, scene });
  if (name === 'csv') return readCsvEntries({ root, fold, signal, onProgress });
  throw new UserError(`--dataset: expected dfew, ferv39k or csv, found "${String(name)}"`);
}

/** @throws UserError for a scene of a set that has none. */
export function checkScene(name: DatasetName, scene: string | undefined): void {
  if (scene !== undefined && name !== 'ferv39k') throw new UserError(`--scene: expected only with --dataset ferv39k, whose clips are of 22 scenes, found "${scene}" with ${name}; leave --scene out`);
}

/** True where the folder, or one between it and a clip that a list of one's own names, says that this project rendered it. */
async function isRendered(folder: string, some: readonly ClipEntry[]): Promise<boolean> {
  const between = new Set([folder]);
  for (const entry of some) for (let at = dirname(entry.folder); at.startsWith(folder + sep); at = dirname(at)) between.add(at);
  const found = await Promise.all([...between].map((one) => orUnreadable(locate(one, 'synthetic.json'))));
  return found.some((file) => typeof file === 'string');
}

/** SHA-256 over ids, labels, splits and frame counts in the order of the lists, which decides the order of training. */
export function fingerprint(train: readonly Clip[], test: readonly Clip[]): string {
  const hash = createHash('sha256');
  for (const [split, clips] of [['train', train], ['test', test]] as const) {
    for (const { id, label, frames } of clips) hash.update(`${split}\t${id}\t${label}\t${frames.length}\n`);
  }
  return hash.digest('hex');
}
