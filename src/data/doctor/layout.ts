// Which data set a folder holds, told by its lists; and the lists of every fold, read as training would read them.
import { UserError } from '../../errors.ts';
import { EXPRESSIONS } from '../../labels.ts';
import type { DatasetName } from '../clip.ts';
import type { ClipEntry } from '../collect.ts';
import { csvFolds, readCsvEntries } from '../csv.ts';
import { findCsvList } from '../csvList.ts';
import { readDfewEntries, type Entries } from '../dfew.ts';
import { NoFrames } from '../dfewFrames.ts';
import { readFervEntries } from '../ferv39k.ts';
import { ScenesOnly } from '../fervScenes.ts';
import { Unreadable } from '../folder.ts';
import { NoLists } from '../locate.ts';
import { NoFfmpeg } from '../videoClip.ts';
import type { CountOptions } from '../videoCounts.ts';

export interface FoldLists {
  readonly fold: number;
  readonly train: readonly ClipEntry[];
  readonly test: readonly ClipEntry[];
  /** Of the reader: lists, label base, frame folder. */
  readonly notes: readonly string[];
}

/** What the reader stops at: a list, the frame folder, a folder that nobody may look into, a program that is not there, a scene that nobody named. */
export type Obstacle = 'list' | 'frames' | 'folder' | 'ffmpeg' | 'scene';

export interface BrokenFold { readonly fold: number; readonly reason: string; readonly obstacle: Obstacle }

export interface Layout {
  readonly name: DatasetName;
  /** Why it was taken for this set. */
  readonly why: string;
  readonly labelNames: readonly string[];
  /** The only one that was looked at, of FERV39k. */
  readonly scene?: string;
  readonly folds: readonly FoldLists[];
  /** Folds at which the reader stops, with its own line. */
  readonly broken: readonly BrokenFold[];
  /** Folds of the set, or asked for, that have no lists. */
  readonly absent: readonly number[];
  /** Folds that have lists, where none of those asked for has. */
  readonly others?: readonly number[];
}

const obstacleOf = (error: UserError): Obstacle => (error instanceof NoFrames ? 'frames' : error instanceof Unreadable ? 'folder' : error instanceof NoFfmpeg ? 'ffmpeg' : error instanceof ScenesOnly ? 'scene' : 'list');

interface Candidate { readonly name: DatasetName; readonly folds: () => Promise<readonly number[]>; readonly read: (fold: number) => Promise<Entries> }

const candidatesOf = (root: string, scene: string | undefined, counting: CountOptions): readonly Candidate[] => [
  { name: 'dfew', folds: async () => [1, 2, 3, 4, 5], read: (fold) => readDfewEntries({ root, fold, labels: 'auto' }) },
  { name: 'ferv39k', folds: async () => [1], read: (fold) => readFervEntries({ root, fold, scene }) },
  { name: 'csv', folds: () => foldsOfOwn(root), read: (fold) => readCsvEntries({ root, fold, ...counting }) },
];

/** None without a list; fold 1 of one that is refused, so that reading it says why. */
async function foldsOfOwn(root: string): Promise<readonly number[]> {
  const refused = (none: readonly number[]) => (error: unknown): readonly number[] => { if (error instanceof UserError) return none; throw error; };
  const file = await findCsvList(root).catch(refused([]));
  return typeof file === 'string' ? csvFolds(file).catch(refused([1])) : file;
}

export interface LayoutOptions extends CountOptions {
  readonly name?: DatasetName | undefined;
  /** Only these. */
  readonly folds?: readonly number[] | undefined;
  /** FERV39k only, which it then is. */
  readonly scene?: string | undefined;
}

/**
 * Reads all folds as `name`, or as the set whose lists are there. @returns undefined where no list of any set is found; without folds
 * where only others than those asked for have lists.
 */
export async function readLayout(root: string, { name, folds, scene, ...counting }: LayoutOptions = {}): Promise<Layout | undefined> {
  let hidden: Layout | undefined;
  for (const candidate of candidatesOf(root, scene, counting)) {
    if (name !== undefined && candidate.name !== name || scene !== undefined && candidate.name !== 'ferv39k') continue;
    const layout = await readFolds(candidate, folds);
    if (layout.folds.length === 0 && layout.broken.length === 0) continue;
    const read = { ...layout, ...scene !== undefined && { scene }, why: name === undefined ? whyOf(layout) : `--dataset ${name}` };
    if (layout.folds.length > 0 || layout.broken.some(({ obstacle }) => obstacle !== 'folder')) return read;
    hidden ??= read; // its lists may lie in the folder that cannot be read, another set's may be there
  }
  return hidden ?? (folds && otherFolds(await readLayout(root, { name, scene, ...counting }), folds));
}

const otherFolds = (whole: Layout | undefined, wanted: readonly number[]): Layout | undefined =>
  whole && { ...whole, folds: [], broken: [], absent: wanted, others: [...whole.folds, ...whole.broken].map(({ fold }) => fold).sort((a, b) => a - b) };

async function readFolds({ name, folds: foldsThere, read }: Candidate, wanted?: readonly number[]): Promise<Omit<Layout, 'why'>> {
  const folds: FoldLists[] = [], broken: BrokenFold[] = [], there = await foldsThere();
  const absent: number[] = wanted?.filter((one) => !there.includes(one)) ?? [];
  let labelNames: readonly string[] = name === 'csv' ? [] : EXPRESSIONS;
  for (const fold of there.filter((one) => wanted?.includes(one) ?? true)) {
    try {
      const entries = await read(fold);
      labelNames = entries.labelNames ?? labelNames;
      folds.push({ fold, train: entries.train, test: entries.test, notes: entries.notes });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (error instanceof NoLists) absent.push(fold); // a set may have fewer folds
      else broken.push({ fold, reason: error.message, obstacle: obstacleOf(error) });
    }
  }
  return { name, labelNames, folds, broken, absent };
}

const NAMES: Readonly<Record<string, string>> = { dfew: 'DFEW', ferv39k: 'FERV39k', csv: 'a list of one\'s own' };

function whyOf({ name, folds, broken }: Omit<Layout, 'why'>): string {
  const list = folds[0]?.notes.find((note) => note.startsWith('lists: '))?.slice('lists: '.length);
  return `${name === 'csv' ? NAMES[name] : `${NAMES[name]}'s lists are there`}: ${list ?? broken[0]!.reason.split(':')[0]}`;
}
