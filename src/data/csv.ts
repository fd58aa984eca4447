// Any other set, by a list of one's own (csvList.ts): each line a folder of frames or a video file, no code for it.
import { join, posix, relative } from 'node:path';
import { UserError } from '../errors.ts';
import { classesOf } from './classes.ts';
import type { ClipEntry } from './collect.ts';
import { readCsvList, type CsvList, type CsvRow } from './csvList.ts';
import type { Entries } from './dfew.ts';
import type { FolderContent } from './frames.ts';
import { countVideos, type CountOptions } from './videoCounts.ts';
import { isVideoName } from './videoFrames.ts';

export interface CsvOptions extends CountOptions {
  /** The list, or the folder that holds it. */
  readonly root: string;
  readonly fold: number;
}

/** Classes are those of the whole list, so that all folds have the same. @throws UserError naming file and line; Interrupted. */
export async function readCsvEntries({ root, fold, ...counting }: CsvOptions): Promise<Entries> {
  const list = await readCsvList(root), { file, folder, rows } = list;
  const where = (row: CsvRow): string => `${file}:${row.line}`;
  const classes = classesOf(rows.map((row) => ({ label: row.label, where: where(row) })), file);
  const splits = splitRows(list, fold);
  const ids = new Map(rows.map((row) => [row, clipPath(row.path, where(row))]));
  const used = new Set([...splits.train, ...splits.test]);
  const videos = rows.filter((row) => isVideoName(row.path) && used.has(row));
  const { contents, notes } = await countVideos(folder, videos.map((row) => ids.get(row)!), counting);
  const known = new Map(videos.map((row, i): [CsvRow, FolderContent] => [row, contents[i]!]));
  const entry = (row: CsvRow): ClipEntry => {
    const content = known.get(row), id = ids.get(row)!;
    return { id, label: classes.of(row.label), folder: join(folder, id), where: where(row), ...content && { content } };
  };
  return {
    train: splits.train.map(entry), test: splits.test.map(entry), labelNames: classes.names,
    notes: [`lists: ${relative(folder, file)} (a list of one's own)`, classes.note, ...splits.notes, ...videos.length > 0 ? [`frames: ${videos.length} video files`] : [], ...list.unread.length > 0 ? [`columns not read: ${list.unread.join(', ')}`] : [], ...notes],
  };
}

interface Splits { readonly train: readonly CsvRow[]; readonly test: readonly CsvRow[]; readonly notes: readonly string[] }

/** A column fold: its clips are tested, all others trained on. A column split: one fold, validation clips are left out. */
function splitRows({ file, rows }: CsvList, fold: number): Splits {
  const folds = [...new Set(rows.flatMap((row) => row.fold ?? []))].sort((a, b) => a - b);
  if (folds.length === 0) {
    if (fold !== 1) throw new UserError(`--fold: expected 1, since ${file} has a single split, found ${fold}; leave --fold out`);
    const of = (split: CsvRow['split']): CsvRow[] => rows.filter((row) => row.split === split);
    const left = of('validation').length;
    return refuseEmpty({ train: of('train'), test: of('test'), notes: left > 0 ? [`${left} validation clips are not read: a part of the training clips is held out where one is needed`] : [] }, file);
  }
  if (!folds.includes(fold)) throw new UserError(`${file}: expected clips of fold ${fold}, found the folds ${folds.join(', ')}; choose one of them with --fold`);
  return refuseEmpty({ train: rows.filter((row) => row.fold !== fold), test: rows.filter((row) => row.fold === fold), notes: [`folds: ${folds.join(', ')}; fold ${fold} is tested, the others are trained on`] }, file);
}

function refuseEmpty(splits: Splits, file: string): Splits {
  for (const split of ['train', 'test'] as const) if (splits[split].length === 0) throw new UserError(`${file}: expected clips to train on and clips to test, found none to ${split === 'train' ? 'train on' : 'test'}`);
  return splits;
}

/** The folds that a list names, 1 for a fixed split. @throws UserError */
export const csvFolds = async (root: string): Promise<number[]> => (await describeCsv(root)).folds;

/** What a list says before its clips are looked at. @throws UserError */
export async function describeCsv(root: string): Promise<{ readonly folds: number[]; readonly labelNames: readonly string[] }> {
  const { file, rows } = await readCsvList(root), folds = new Set(rows.map(({ fold }) => fold ?? 1));
  return { folds: [...folds].sort((a, b) => a - b), labelNames: classesOf(rows.map(({ label, line }) => ({ label, where: `${file}:${line}` })), file).names };
}

/** What a list of one's own says of clips beside their class, by clip id; undefined where there is none, or no such column is filled. */
export interface OwnColumns { readonly intensity: Map<string, readonly number[]> | undefined; readonly people: Map<string, string> | undefined }

/** undefined for a set with another layout. */
export async function ownColumns(root: string): Promise<OwnColumns | undefined> {
  const list = await readCsvList(root).catch((error: unknown) => { if (error instanceof UserError) return undefined; throw error; });
  if (!list) return undefined;
  const rows = list.rows.map((row) => ({ ...row, id: clipPath(row.path, `${list.file}:${row.line}`) }));
  const intensity = rows.flatMap(({ id, intensity: value }) => (value === undefined ? [] : [[id, [value]] as const]));
  const people = rows.flatMap(({ id, person }) => (person === undefined ? [] : [[id, person] as const]));
  return { intensity: intensity.length > 0 ? new Map(intensity) : undefined, people: people.length > 0 ? new Map(people) : undefined };
}

/** Below the list's folder, with forward slashes; also the clip's id. @throws UserError for one that leaves it. */
function clipPath(path: string, where: string): string {
  const plain = posix.normalize(path.replaceAll('\\', '/')).replace(/\/$/, '');
  const isInside = plain !== '.' && plain !== '..' && !plain.startsWith('../') && !plain.startsWith('/') && !/^[a-z]:/i.test(plain) && !plain.includes('\0');
  if (isInside) return plain;
  throw new UserError(`${where}: expected a folder of frames or a video below the list's folder, found the path "${path}", which leaves it; put the list above the clips, or link them there`);
}
