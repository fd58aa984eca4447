// FERV39k: 38,935 clips of 22 scenes, one fixed split (Wang et al., CVPR 2022). A clip is Scene/Emotion/ID; labels are resolved by
// the emotion's name, since the lists' numbers differ between repositories (S2D counts alphabetically, the others in DFEW's order).
import { join, relative } from 'node:path';
import { EXPRESSIONS, expressionIndex } from '../labels.ts';
import { UserError } from '../errors.ts';
import type { ClipEntry } from './collect.ts';
import type { Entries } from './dfew.ts';
import { frameFolder } from './fervFrames.ts';
import { findSceneLists, refuseScenesOnly } from './fervScenes.ts';
import { readList, type ClipList, type ListRow } from './list.ts';
import { findLists, lastParts, NoLists, type ListPair } from './locate.ts';

const pair = (origin: string, folder: string, train: string, test: string): ListPair => ({ origin, train: folder + train, test: [folder + test] });

const LISTS: readonly ListPair[] = [
  pair('official', '4_setups/All_scenes/', 'train_All.csv', 'test_All.csv'),
  pair('official', 'All_scenes/', 'train_All.csv', 'test_All.csv'),
  pair('Former-DFER or DFER-CLIP', 'annotation/', 'FERV39K_train.txt', 'FERV39K_test.txt'),
  pair('Former-DFER or DFER-CLIP', '', 'FERV39K_train.txt', 'FERV39K_test.txt'),
  pair('S2D', 'Annotation/', 'train.csv', 'test.csv'),
  pair('MAE-DFER', 'saved/data/ferv39k/all_scenes/', 'train.csv', 'test.csv'),
  pair('MAE-DFER', 'all_scenes/', 'train.csv', 'test.csv'),
];

export interface FervOptions {
  readonly root: string;
  readonly fold: number;
  /** One scene only, e.g. "Action", by its own lists or else out of the lists of all; all 22 scenes by default. */
  readonly scene?: string | undefined;
}

/** @throws UserError naming the file and line. */
export async function readFervEntries({ root, fold, scene }: FervOptions): Promise<Entries> {
  if (fold !== 1) throw new UserError(`--fold: expected 1, since FERV39k has a single split, found ${fold}; leave --fold out`);
  const own = scene === undefined ? undefined : await findSceneLists(root, scene);
  const found = own ? { ...own, pair: { origin: 'official' } } : await findLists(root, 'FERV39k', LISTS).catch(async (error: unknown) => { if (scene === undefined && error instanceof NoLists) await refuseScenesOnly(root); throw error; });
  const lists = [await readList(found.train), await readList(found.test)] as const;
  const labels = labelResolver(lists);
  const frames = await frameFolder(root, lists.flatMap(({ file, rows }) => rows.map((row) => clipParts(row, `${file}:${row.line}`).join('/'))));
  const [train, test] = lists.map((list) => ofScene(toEntries(list, labels.resolve, frames), scene, list.file, own !== undefined));
  const spelled = scene === undefined ? undefined : sceneOf(train![0]!);
  return { train: train!, test: test!, ...spelled !== undefined && { scene: spelled }, notes: [`lists: ${relative(root, found.train)} (${found.pair.origin}, ${lists[0].format})`, ...labels.notes, `frames: ${relative(root, frames) || '.'}`, ...(spelled === undefined ? [] : [`scene: ${spelled} only, ${own ? 'by its own lists' : 'out of the lists of all scenes'}`])] };
}

function toEntries(list: ClipList, resolve: (row: ListRow, where: string) => number, frames: string): ClipEntry[] {
  return list.rows.map((row) => {
    const where = `${list.file}:${row.line}`;
    const parts = clipParts(row, where);
    return { id: parts.join('/'), label: resolve(row, where), folder: join(frames, ...parts), where, claimedFrames: row.claimedFrames };
  });
}

function clipParts(row: ListRow, where: string): string[] {
  const parts = lastParts(row.path, 3, where);
  if (parts.length === 3) return parts;
  throw new UserError(`${where}: expected a clip Scene/Emotion/ID such as Action/Sad/0010, found "${row.path}"; mend the line`);
}

const sceneOf = ({ id }: ClipEntry): string => id.split('/')[0]!;

function ofScene(entries: readonly ClipEntry[], scene: string | undefined, file: string, isOwnList: boolean): readonly ClipEntry[] {
  if (scene === undefined) return entries;
  const kept = entries.filter((entry) => sceneOf(entry).toLowerCase() === scene.toLowerCase());
  const other = isOwnList ? entries.find((entry) => !kept.includes(entry)) : undefined;
  if (other) throw new UserError(`${other.where}: expected only clips of the scene "${scene}" in its own list, found ${other.id}; restore the list from the dataset's archive`);
  if (kept.length > 0) return kept;
  throw new UserError(`${file}: expected clips of the scene "${scene}", found only ${[...new Set(entries.map(sceneOf))].join(', ')}; name one of these`);
}

interface Resolver { readonly resolve: (row: ListRow, where: string) => number; readonly notes: readonly string[] }

/** Words by name; numbers by the emotion's folder, which must be the same folder for the same number throughout. */
function labelResolver(lists: readonly ClipList[]): Resolver {
  const numbers = new Map<string, number>();
  const disagreeing: string[] = [];
  for (const { file, rows } of lists) {
    for (const row of rows) {
      const where = `${file}:${row.line}`;
      const parts = clipParts(row, where);
      const byFolder = expressionIndex(parts[1]!);
      if (!/^\d+$/.test(row.label)) {
        if (byFolder >= 0 && expressionIndex(row.label) >= 0 && byFolder !== expressionIndex(row.label)) disagreeing.push(parts.join('/'));
        continue;
      }
      if (byFolder < 0) throw new UserError(`${where}: expected the folder of an expression (Happy, Sad, ...), found "${parts[1]}", so label ${row.label} has no name; mend the line`);
      const before = numbers.get(row.label) ?? byFolder;
      if (before !== byFolder) throw new UserError(`${where}: expected label ${row.label} to mean ${EXPRESSIONS[before]} as in the lines before, found it with the folder "${parts[1]}"; the lists are of different origin, use both from one archive`);
      numbers.set(row.label, byFolder);
    }
  }
  return { resolve: (row, where) => numbers.get(row.label) ?? labelOfWord(row.label, where), notes: labelNotes(numbers, disagreeing) };
}

function labelOfWord(word: string, where: string): number {
  const label = expressionIndex(word);
  if (label >= 0) return label;
  throw new UserError(`${where}: expected one of Happy, Sad, Neutral, Angry, Surprise, Disgust, Fear, found the unknown word "${word}"; mend the line`);
}

function labelNotes(numbers: ReadonlyMap<string, number>, disagreeing: readonly string[]): string[] {
  const order = [...numbers].toSorted((a, b) => Number(a[0]) - Number(b[0])).map(([number, label]) => `${number} ${EXPRESSIONS[label]}`);
  const notes = [order.length > 0 ? `labels by folder name; the list's numbers mean ${order.join(', ')}` : 'labels by name'];
  if (disagreeing.length > 0) notes.push(`${disagreeing.length} clips lie in the folder of another expression than listed; the list decides: ${disagreeing.slice(0, 5).join(', ')}`);
  return notes;
}
