// Reads a list of labelled clips in any of the field's formats: comma-separated with a header (DFEW, S2D) or without,
// or `path count label` (IAL, Former-DFER, DFER-CLIP), `path label` (MAE-DFER, FERV39k), with LF, CRLF or CR line ends.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { expressionIndex } from '../labels.ts';
import { UserError } from '../errors.ts';
import { fileError } from '../files/failure.ts';

export interface ListRow {
  /** Line in the file, from 1. */
  readonly line: number;
  /** The clip as the list names it: an id, or a path that ends in it. */
  readonly path: string;
  /** A number or a word, not yet resolved. */
  readonly label: string;
  /** Frames that the list claims; the disk decides. */
  readonly claimedFrames?: number;
}

export interface ClipList {
  readonly file: string;
  readonly format: 'comma-separated' | 'path count label' | 'path label';
  readonly rows: readonly ListRow[];
}

interface Fields { readonly line: number; readonly fields: readonly string[] }

/** @throws UserError when the file cannot be read, is empty, or has a line of another shape. */
export async function readList(file: string): Promise<ClipList> {
  const text = (await readText(file)).replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  const isComma = (text.split('\n').find((line) => line.trim() !== '') ?? '').includes(',');
  const lines = isComma ? splitCommas(text, file) : splitSpaces(text);
  const first = lines[0];
  const body = first && isHeader(first.fields) ? lines.slice(1) : lines;
  if (body.length === 0) throw new UserError(`${file}: expected one clip a line, found an empty list; restore the list from the dataset's archive`);
  const rows = body.map((line) => toRow(line, file));
  const hasCounts = rows.some((row) => row.claimedFrames !== undefined);
  return { file, format: isComma ? 'comma-separated' : hasCounts ? 'path count label' : 'path label', rows };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(error, file, 'read');
  }
}

function splitCommas(text: string, file: string): Fields[] {
  try {
    const options = { info: true, relax_column_count: true, skip_empty_lines: true, skip_records_with_empty_values: true, trim: true } as const;
    const records = parse(text, options) as unknown as { info: { lines: number }; record: string[] }[];
    return records.map(({ info, record }) => ({ line: info.lines, fields: record }));
  } catch (error) {
    throw new UserError(`${file}: expected comma-separated lines, found ${(error as Error).message}`);
  }
}

/** Label last, count before it when it is a whole number; the path may hold spaces. */
function splitSpaces(text: string): Fields[] {
  const lines: Fields[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const words = raw.trim().split(/\s+/);
    if (words[0] === '') continue;
    const tail = words.length >= 3 && /^\d+$/.test(words.at(-2)!) ? 2 : 1;
    const path = raw.trim().match(tail === 2 ? /^(.*?)\s+\S+\s+\S+$/ : /^(.*?)\s+\S+$/)?.[1];
    lines.push({ line: index + 1, fields: path === undefined ? words : [path, ...words.slice(-tail)] });
  }
  return lines;
}

/** `video_name,label`, `path,id`: the label column holds neither a number nor the name of an expression. */
function isHeader(fields: readonly string[]): boolean {
  const label = fields.at(-1) ?? '';
  return fields.length >= 2 && !/^[-+]?\d/.test(label) && expressionIndex(label) < 0 && /^(label|labels|id|class|emotion|expression|video_name|path)$/i.test(label);
}

function toRow({ line, fields }: Fields, file: string): ListRow {
  const [path, second, third] = fields;
  const isRow = (fields.length === 2 || fields.length === 3) && fields.every((field) => field !== '');
  if (!isRow) throw new UserError(`${file}:${line}: expected a clip and its label, found "${fields.join(' ')}"; mend or remove the line`);
  if (third === undefined) return { line, path: path!, label: second! };
  if (!/^\d+$/.test(second!)) throw new UserError(`${file}:${line}: expected a frame count between clip and label, found "${second}"; mend or remove the line`);
  return { line, path: path!, label: third, claimedFrames: Number(second) };
}
