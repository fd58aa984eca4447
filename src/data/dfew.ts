// DFEW: 16,372 film clips, 11,697 used, 5 folds (Jiang et al., ACM MM 2020). Reads the official lists, S2D's look-alikes and the
// lists of IAL, Former-DFER, DFER-CLIP, MAE-DFER; only the last part of a list's path names the clip, the disk gives its frames.
import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { UserError } from '../errors.ts';
import type { ClipEntry } from './collect.ts';
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

/** Frame folders by preference; any other folder of `Clip` or of the root that holds the clips is found too. */
const FRAME_FOLDERS = ['Clip/clip_224x224', 'Clip/jpg_256', 'clip_224x224', 'jpg_256', 'DFEW_Face', 'DFEW_Frame_Face', 'dataset', 'single_label/data', 'Clip', ''];

/** "1", "00001" and "00001.mp4" are one clip. */
const clipKey = (name: string): string => name.replace(/\.(?:mp4|avi)$/i, '').replace(/^0+(?=\d+$)/, '');

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

interface FrameFolder { readonly path: string; readonly names: ReadonlyMap<string, string>; readonly notes: readonly string[] }

function toEntries(list: ClipList, base: LabelBase, frames: FrameFolder): ClipEntry[] {
  return list.rows.map(({ line, path, label, claimedFrames }) => {
    const where = `${list.file}:${line}`;
    // comma-separated lists hold ids, so a path that climbs is a mistake or worse; the text lists hold paths of another machine
    const name = lastParts(list.format === 'comma-separated' && path.split(/[\\/]/).includes('..') ? '..' : path, 1, where)[0]!;
    const folder = join(frames.path, frames.names.get(clipKey(name)) ?? clipId(name));
    return { id: clipId(name), label: resolveLabel(label, base), folder, where, claimedFrames };
  });
}

/** The folder that holds most of the listed clips; the known names first. @throws UserError when there is none. */
async function frameFolder(root: string, lists: readonly ClipList[]): Promise<FrameFolder> {
  const wanted = new Set(lists.flatMap((list) => list.rows.map((row) => clipKey(row.path.split(/[\\/]+/).filter((part) => part !== '').at(-1) ?? ''))));
  const candidates = (await Promise.all((await folderCandidates(root)).map((folder) => inspect(root, folder, wanted)))).filter((folder) => folder.matched > 0);
  const original = candidates.filter((folder) => !isInterpolated(folder.name));
  const most = (list: typeof candidates) => list.toSorted((a, b) => b.matched - a.matched)[0];
  const chosen = original.find((folder) => folder.matched * 2 >= wanted.size) ?? most(original) ?? most(candidates);
  if (!chosen) throw new UserError(`${root}: expected frame folders of the ${wanted.size} listed clips such as Clip/clip_224x224/00001, found none in ${FRAME_FOLDERS.filter(Boolean).join(', ')} or another folder; unpack the frames there`);
  const warning = isInterpolated(chosen.name) ? [`WARNING: ${chosen.name} holds clips interpolated to 16 frames, not the original frames that the paper's dynamic sampling needs (MAE-DFER issue 14); results will be lower`] : [];
  return { path: join(root, chosen.name), names: chosen.names, notes: [`frames: ${chosen.name || '.'}`, ...warning] };
}

const isInterpolated = (name: string): boolean => /16f/i.test(name);

async function folderCandidates(root: string): Promise<string[]> {
  const below = async (folder: string): Promise<string[]> => {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
    const folders = entries.filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'));
    // a folder of thousands of folders holds clips, not other frame folders
    return folders.length > 200 ? [] : folders.map((entry) => (folder ? `${folder}/${entry.name}` : entry.name)).sort();
  };
  return [...new Set([...FRAME_FOLDERS, ...(await below('Clip')), ...(await below(''))])];
}

async function inspect(root: string, name: string, wanted: ReadonlySet<string>): Promise<{ name: string; matched: number; names: Map<string, string> }> {
  const entries = await readdir(join(root, name)).catch(() => [] as string[]);
  const names = new Map(entries.filter((entry) => !/\.\w{1,4}$/.test(entry)).map((entry) => [clipKey(entry), entry]));
  let matched = 0;
  for (const key of wanted) if (names.has(key)) matched++;
  return { name, matched, names };
}
