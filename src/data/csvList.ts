// One's own list of clips, for any set without a reader here: path, label, split or fold, and where they are known intensity and
// person. Columns by name in any order, or without a header in that order; separated by commas, semicolons or tabs.
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { UserError } from '../errors.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { statOf } from './folder.ts';
import { COUNTS_FILE } from './videoCounts.ts';

/** validation: neither trained on nor tested. */
export type ListedSplit = 'train' | 'test' | 'validation';

export interface CsvRow {
  /** In the file, from 1. */
  readonly line: number;
  readonly path: string;
  /** A word or a number, as written. */
  readonly label: string;
  /** One of the two: a fixed split, or the fold that tests the clip. */
  readonly split?: ListedSplit;
  readonly fold?: number;
  /** In [0, 1]; undefined where it is not known. */
  readonly intensity: number | undefined;
  readonly person: string | undefined;
}

export interface CsvList {
  readonly file: string;
  /** What paths are relative to. */
  readonly folder: string;
  readonly rows: readonly CsvRow[];
  /** Columns that nothing here reads. */
  readonly unread: readonly string[];
}

const COLUMNS = {
  path: ['path', 'file', 'filename', 'video', 'video_name'], label: ['label', 'emotion', 'expression', 'class'],
  split: ['split', 'subset', 'partition', 'set'], fold: ['fold'], intensity: ['intensity', 'level'], person: ['person', 'identity', 'subject', 'actor', 'speaker'],
} as const;
type Column = keyof typeof COLUMNS;

const columnOf = (name: string): Column | undefined => (Object.keys(COLUMNS) as Column[]).find((column) => (COLUMNS[column] as readonly string[]).includes(name.trim().toLowerCase()));

/** Files of a set that are no list of its clips. */
const OTHER_FILES: readonly string[] = ['intensity.csv', 'identities.csv', COUNTS_FILE];

/**
 * The list that `root` means: the file itself, else clips.csv, else the only table in the folder.
 * @throws UserError when there is none or a choice.
 */
export async function findCsvList(root: string): Promise<string> {
  const path = resolve(root), found = await statOf(path);
  if (!found) throw new UserError(`${path}: expected a list of clips or the folder that holds one, found nothing; check --data`);
  if (!found.isDirectory()) return path;
  const names = await readdir(path).catch((error: unknown) => { throw fileError(error, path, 'read'); });
  const tables = names.filter((name) => /\.(?:csv|tsv)$/i.test(name) && !name.startsWith('.') && !OTHER_FILES.includes(name.toLowerCase()));
  const named = tables.find((name) => name.toLowerCase() === 'clips.csv') ?? (tables.length === 1 ? tables[0] : undefined);
  if (named !== undefined) return join(path, named);
  throw new UserError(`${path}: expected a list of clips, clips.csv (path,label,split or path,label,fold), found ${tables.length === 0 ? 'no .csv' : tables.sort().join(', ')}; pass the list itself with --data`);
}

/** @throws UserError naming file and line. */
export async function readCsvList(root: string): Promise<CsvList> {
  const file = await findCsvList(root);
  const records = recordsOf(await textOf(file), file);
  const first = records[0];
  if (!first) throw new UserError(`${file}: expected one clip a line, found an empty list`);
  const header = headerOf(first, file);
  const columns = header ?? (['path', 'label', isFold(records) ? 'fold' : 'split', 'intensity'] as const);
  const body = header ? records.slice(1) : records;
  if (body.length === 0) throw new UserError(`${file}: expected one clip a line, found a header only`);
  const unread = header ? first.fields.filter((_, i) => header[i] === undefined) : [];
  return { file, folder: dirname(file), rows: body.map((record) => toRow(record, columns, file, header !== undefined)), unread };
}

async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => { throw codeOf(error) === 'EISDIR' ? new UserError(`${file}: expected a list of clips, found a folder`) : fileError(error, file, 'read'); });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${file}: expected a text in UTF-8, found other bytes; save it as UTF-8 (spreadsheets: "CSV UTF-8")`);
  }
}

interface Line { readonly line: number; readonly fields: readonly string[] }

function recordsOf(text: string, file: string): Line[] {
  const plain = text.replace(/\r\n?/g, '\n'), head = plain.split('\n').find((line) => line.trim() !== '') ?? '';
  const delimiter = [',', ';', '\t'].find((mark) => head.includes(mark)) ?? ',';
  try {
    const options = { bom: true, info: true, delimiter, relax_column_count: true, skip_empty_lines: true, skip_records_with_empty_values: true, trim: true } as const;
    const records = parse(plain, options) as unknown as { info: { lines: number }; record: string[] }[];
    return records.map(({ info, record }) => ({ line: info.lines, fields: record }));
  } catch (error) {
    throw new UserError(`${file}: expected a table, found ${(error as Error).message}`);
  }
}

/** The columns' meanings, undefined for unread ones; undefined where the first line is a clip. @throws UserError for a header that lacks a column. */
function headerOf({ fields }: Line, file: string): readonly (Column | undefined)[] | undefined {
  const columns = fields.map(columnOf), known = columns.filter((column) => column !== undefined);
  if (known.length < 2) return undefined;
  const found = `found "${fields.join(',')}"`;
  const doubled = known.find((column, i) => known.indexOf(column) !== i);
  if (doubled !== undefined) throw new UserError(`${file}: expected one column for the ${doubled}, ${found}`);
  for (const column of ['path', 'label'] as const) if (!known.includes(column)) throw new UserError(`${file}: expected the columns path, label and split or fold, ${found}`);
  if (known.includes('split') === known.includes('fold')) throw new UserError(`${file}: expected a column split or a column fold, ${found}`);
  return columns;
}

/** Without a header: whole numbers in the third column are folds. */
const isFold = (records: readonly Line[]): boolean => records.every(({ fields }) => /^\d+$/.test(fields[2] ?? ''));

function toRow({ line, fields }: Line, columns: readonly (Column | undefined)[], file: string, hasHeader: boolean): CsvRow {
  const where = `${file}:${line}`;
  const isWhole = hasHeader ? fields.length === columns.length : fields.length === 3 || fields.length === 4;
  if (!isWhole) throw new UserError(`${where}: expected ${hasHeader ? `${columns.length} columns as in the header` : 'path,label,split or fold[,intensity]'}, found "${fields.join(',')}"; mend or remove the line, quote names that hold the separator`);
  const value = (column: Column): string => fields[columns.indexOf(column)] ?? '';
  for (const column of ['path', 'label'] as const) if (value(column) === '') throw new UserError(`${where}: expected a ${column}, found "${fields.join(',')}"; mend or remove the line`);
  const place = columns.includes('fold') ? { fold: foldOf(value('fold'), where) } : { split: splitOf(value('split'), where) };
  return { line, path: value('path'), label: value('label'), ...place, intensity: intensityOf(value('intensity'), where), person: value('person') || undefined };
}

const SPLITS: Readonly<Record<string, ListedSplit>> = { train: 'train', training: 'train', test: 'test', testing: 'test', val: 'validation', valid: 'validation', validation: 'validation', dev: 'validation' };

function splitOf(text: string, where: string): ListedSplit {
  const split = Object.hasOwn(SPLITS, text.toLowerCase()) ? SPLITS[text.toLowerCase()] : undefined;
  if (split) return split;
  throw new UserError(`${where}: expected train, test or validation, or the fold that tests the clip from 1, found "${text}"; mend the line`);
}

function foldOf(text: string, where: string): number {
  const fold = Number(text);
  if (/^\d+$/.test(text) && fold >= 1) return fold;
  throw new UserError(`${where}: expected the fold that tests the clip, a whole number from 1, found "${text}"; mend the line`);
}

/** Levels of sets that have no numbers: CREMA-D's LO, MD, HI (XX: not said), RAVDESS's normal and strong. */
export const INTENSITY_LEVELS: Readonly<Record<string, number | undefined>> = {
  lo: 1 / 3, low: 1 / 3, weak: 1 / 3, md: 2 / 3, mid: 2 / 3, medium: 2 / 3, normal: 2 / 3, hi: 1, high: 1, strong: 1, xx: undefined, unspecified: undefined,
};

function intensityOf(text: string, where: string): number | undefined {
  if (text === '') return undefined;
  const level = text.toLowerCase();
  if (Object.hasOwn(INTENSITY_LEVELS, level)) return INTENSITY_LEVELS[level];
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= 1) return value;
  throw new UserError(`${where}: expected an intensity from 0 to 1 or one of ${Object.keys(INTENSITY_LEVELS).join(', ')}, found "${text}"; scale it, or leave it empty`);
}
