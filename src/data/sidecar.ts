// Files that a dataset may hold beside its lists: the intensity of every frame, the person in every clip.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { UserError } from '../errors.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { ownColumns } from './csv.ts';
import { statOf } from './folder.ts';

/** A set may be named by its list (csvList.ts), under any name; of one that is gone only the name can tell. @throws Unreadable */
async function sidecarFolder(root: string): Promise<string> {
  const found = await statOf(root), isList = found ? !found.isDirectory() : /\.(?:csv|tsv|txt)$/i.test(root);
  return isList ? dirname(root) : root;
}

/** `where`: file and line of a row by its place, told only when one is refused: asking the parser for all lines takes four times as long. */
interface Table { readonly rows: readonly (readonly string[])[]; readonly where: (place: number) => string }

/** Rows of a comma-separated file with exactly this header, or undefined when there is no such file. */
async function readTable(file: string, columns: readonly string[]): Promise<Table | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw fileError(error, file, 'read');
  });
  if (text === undefined) return undefined;
  const [header = [], ...rows] = parseTable(text, file);
  if (header.join() !== columns.join()) throw new UserError(`${file}: expected the header ${columns.join()}, found "${header.join()}"`);
  return { rows, where: (place) => `${file}:${linesOf(text, file)[place + 1]}` };
}

function parseTable(text: string, file: string, onLine?: (line: number) => void): string[][] {
  try {
    // one line end throughout: the parser takes the first one it meets for all
    return parse(text.replace(/\r\n?/g, '\n'), { bom: true, skip_empty_lines: true, trim: true, ...onLine && { on_record: (record, { lines }) => { onLine(lines); return record; } } });
  } catch (error) {
    throw new UserError(`${file}: expected comma-separated lines, found ${(error as Error).message}`);
  }
}

/** The line of each record, the header's first. */
function linesOf(text: string, file: string): number[] {
  const lines: number[] = [];
  parseTable(text, file, (line) => { lines.push(line); });
  return lines;
}

/**
 * True intensity per frame, in the order of the frames, from intensity.csv (`clip,frame,intensity`); else one value a clip from the
 * column of a list of one's own; undefined when the set has none.
 * @throws UserError for a value that is no number from 0 to 1, or a clip whose frames do not follow each other.
 */
export async function readIntensity(root: string): Promise<Map<string, readonly number[]> | undefined> {
  const file = join(await sidecarFolder(root), 'intensity.csv');
  const table = await readTable(file, ['clip', 'frame', 'intensity']);
  if (!table) return (await ownColumns(root))?.intensity;
  const clips = new Map<string, { frame: number; intensity: number }[]>();
  for (const [place, [clip, frame, intensity]] of table.rows.entries()) {
    const row = { frame: Number(frame), intensity: Number(intensity) };
    const isSound = frame !== '' && intensity !== '' && Number.isInteger(row.frame) && row.intensity >= 0 && row.intensity <= 1;
    if (!isSound) throw new UserError(`${table.where(place)}: expected a frame number and an intensity from 0 to 1, found "${frame},${intensity}"; scale or mend the values`);
    const list = clips.get(clip!);
    if (list) list.push(row);
    else clips.set(clip!, [row]);
  }
  return new Map([...clips].map(([clip, list]) => [clip, inOrder(clip, list, file)]));
}

/** Frames may count from 0 or from 1, and lines may come in any order, but none may be missing or doubled. */
function inOrder(clip: string, list: { frame: number; intensity: number }[], file: string): number[] {
  list.sort((a, b) => a.frame - b.frame);
  const first = list[0]!.frame;
  const gap = list.findIndex(({ frame }, i) => frame !== first + i);
  if (gap >= 0 || first > 1 || first < 0) throw new UserError(`${file}: expected frames of clip ${clip} numbered without a gap from 0 or 1, found ${list[Math.max(gap, 0)]!.frame} at place ${Math.max(gap, 0) + 1}`);
  return list.map(({ intensity }) => intensity);
}

/**
 * The person in each clip, from identities.csv (`clip,identity`) or the column of a list of one's own; undefined when the set does not tell.
 * @throws UserError for a clip of two people.
 */
export async function readIdentities(root: string): Promise<Map<string, string> | undefined> {
  const table = await readTable(join(await sidecarFolder(root), 'identities.csv'), ['clip', 'identity']);
  if (!table) return (await ownColumns(root))?.people;
  const people = new Map<string, string>();
  for (const [place, [clip, identity]] of table.rows.entries()) {
    const before = people.get(clip!);
    if (before !== undefined && before !== identity) throw new UserError(`${table.where(place)}: expected one person a clip, found clip ${clip} of "${identity}" after "${before}"; remove one of the lines`);
    people.set(clip!, identity!);
  }
  return people;
}
