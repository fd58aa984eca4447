// DFEW: 16,372 film clips, 11,697 used, 5 folds (Jiang et al., ACM MM 2020). Reads the official lists, S2D's look-alikes and the
// lists of IAL, Former-DFER, DFER-CLIP, MAE-DFER; only the last part of a list's path names the clip, the disk gives its frames.
import { join, relative } from 'node:path';
import { UserError } from '../errors.ts';
import type { ClipEntry } from './collect.ts';
import { clipKey, frameFolder, type FrameFolder } from './dfewFrames.ts';
import { decideBase, resolveLabel, type LabelBase } from './labelBase.ts';
import { readList, type ClipList } from './list.ts';
import { findLists, lastParts, type ListPair } from './locate.ts';

/** What a reader found in the lists, before the frames are looked at. */
export interface Entries {
  readonly train: readonly ClipEntry[];
  readonly test: readonly ClipEntry[];
  readonly notes: readonly string[];
  /** EXPRESSIONS by default. */
  readonly labelNames?: readonly string[];
  /** FERV39k's one scene, as its clips spell it; absent where all were read. */
  readonly scene?: string;
}

interface DfewLists extends ListPair { readonly base: LabelBase }

function listPairs(fold: number): DfewLists[] {
  const split = (kind: string): string => `EmoLabel_DataSplit/${kind}(single-labeled)`;
  const texts = ['annotation/', ''].flatMap((folder): DfewLists[] => [
    { origin: 'IAL', train: `${folder}set_${fold}_train.txt`, test: [`${folder}set_${fold}_test.txt`], base: 0 },
    { origin: 'Former-DFER or DFER-CLIP', train: `${folder}DFEW_set_${fold}_train.txt`, test: [`${folder}DFEW_set_${fold}_test.txt`], base: 0 },
  ]);
  const masked = ['saved/data/dfew/org/', 'org/', ''].map((folder): DfewLists =>
    ({ origin: 'MAE-DFER', train: `${folder}split0${fold}/train.csv`, test: [`${folder}split0${fold}/test.csv`, `${folder}split0${fold}/val.csv`], base: 0 }));
  return [
    { origin: 'official', train: `${split('train')}/set_${fold}.csv`, test: [`${split('test')}/set_${fold}.csv`], base: 1 },
    { origin: 'S2D', train: `${split('train')}/train_set_${fold}.csv`, test: [`${split('test')}/test_set_${fold}.csv`], base: 0 },
    ...texts,
    ...masked,
    { origin: 'DFEW baseline', train: `label/single_trainset_${fold}.csv`, test: [`label/single_testset_${fold}.csv`], base: 0 },
  ];
}

/** DFEW's own name of a clip: five digits; other names stay. */
const clipId = (name: string): string => { const key = clipKey(name); return /^\d+$/.test(key) ? key.padStart(5, '0') : key; };

export interface DfewOptions {
  readonly root: string;
  readonly fold: number;
  /** 'auto' decides from the values (labelBase.ts). */
  readonly labels: 'auto' | 'zero-based' | 'one-based';
}

/** Lists and frame folders of one fold. @throws UserError naming the file and line. */
export async function readDfewEntries({ root, fold, labels }: DfewOptions): Promise<Entries> {
  if (fold > 5) throw new UserError(`--fold: expected 1 to 5, since DFEW has five folds, found ${fold}`);
  const found = await findLists(root, `DFEW fold ${fold}`, listPairs(fold));
  const lists = [await readList(found.train), await readList(found.test)] as const;
  const forced = labels === 'auto' ? undefined : labels === 'zero-based' ? 0 : 1;
  const { base, note } = decideBase(lists, found.pair.base, forced);
  const frames = await frameFolder(root, lists);
  const [train, test] = lists.map((list) => toEntries(list, base, frames));
  const unused = found.others.length === 0 ? [] : [`other lists lie beside and are not read: ${found.others.map((pair) => pair.train).join(', ')}`];
  return { train: train!, test: test!, notes: [`lists: ${relative(root, found.train)} (${found.pair.origin}, ${lists[0].format})`, note, ...frames.notes, ...unused] };
}

function toEntries(list: ClipList, base: LabelBase, frames: FrameFolder): ClipEntry[] {
  return list.rows.map(({ line, path, label, claimedFrames }) => {
    const where = `${list.file}:${line}`;
    // comma-separated lists hold ids, so a path that climbs is a mistake or worse; the text lists hold paths of another machine
    const name = lastParts(list.format === 'comma-separated' && path.split(/[\\/]/).includes('..') ? '..' : path, 1, where)[0]!;
    const folder = join(frames.path, frames.names.get(clipKey(name)) ?? clipId(name));
    return { id: clipId(name), label: resolveLabel(label, base), folder, where, claimedFrames };
  });
}
