// One fold of a dataset from its folder: lists, frames, notes on what was found, and a fingerprint.
import { createHash } from 'node:crypto';
import { sep } from 'node:path';
import { EXPRESSIONS } from '../labels.ts';
import { UserError } from '../errors.ts';
import type { Clip, Dataset, DatasetName } from './clip.ts';
import { checkDisjoint, checkUnique, collectClips, type BadClipPolicy } from './collect.ts';
import { readDfewEntries, type Entries } from './dfew.ts';
import { readFervEntries } from './ferv39k.ts';
import { datasetRoot, locate } from './locate.ts';

export interface ReadOptions {
  readonly name: DatasetName;
  readonly root: string;
  /** 1..5 for DFEW; 1 for FERV39k, which has a single split. */
  readonly fold: number;
  /** DFEW only: whether the lists count labels from 0 or from 1; decided from the values by default. */
  readonly labels?: 'auto' | 'zero-based' | 'one-based';
  /** FERV39k only: one scene instead of all. */
  readonly scene?: string;
  /** A clip without usable frames stops (default) or is left out and noted. */
  readonly onBadClip?: BadClipPolicy;
}

/** Reads lists and folder names; no image is opened. @throws UserError naming the file, what was expected and found. */
export async function readDataset(options: ReadOptions): Promise<Dataset> {
  const { name, fold, onBadClip = 'stop' } = options;
  if (!Number.isInteger(fold) || fold < 1) throw new UserError(`--fold: expected a whole number of at least 1, found ${fold}`);
  const root = await datasetRoot(options.root);
  const entries = await readEntries({ ...options, root });
  checkUnique('training', entries.train);
  checkUnique('test', entries.test);
  checkDisjoint(entries.train, entries.test);
  const train = await collectClips('training', entries.train, onBadClip);
  const test = await collectClips('test', entries.test, onBadClip);
  return {
    name, root, fold, labelNames: EXPRESSIONS, train: train.clips, test: test.clips,
    isSynthetic: (await locate(root, 'synthetic.json')) !== undefined,
    // paths relative to the root: notes go into run records, which people share
    notes: [...entries.notes, ...train.notes, ...test.notes].map((note) => note.replaceAll(root + sep, '')),
    fingerprint: fingerprint(train.clips, test.clips),
  };
}

function readEntries({ name, root, fold, labels = 'auto', scene }: ReadOptions): Promise<Entries> {
  if (name === 'dfew') return readDfewEntries({ root, fold, labels });
  if (name === 'ferv39k') return readFervEntries({ root, fold, scene });
  throw new UserError(`--dataset: expected dfew or ferv39k, found "${String(name)}"`);
}

/** SHA-256 over ids, labels, splits and frame counts in the order of the lists, which decides the order of training. */
export function fingerprint(train: readonly Clip[], test: readonly Clip[]): string {
  const hash = createHash('sha256');
  for (const [split, clips] of [['train', train], ['test', test]] as const) {
    for (const { id, label, frames } of clips) hash.update(`${split}\t${id}\t${label}\t${frames.length}\n`);
  }
  return hash.digest('hex');
}
