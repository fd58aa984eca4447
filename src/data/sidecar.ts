// Files that a dataset may hold beside its lists: the intensity of every frame, the person in every clip.
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { UserError } from '../errors.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { ownColumns } from './csv.ts';

/** A set may be named by its list (csvList.ts). */
const sidecarFolder = (root: string): string => (/\.(?:csv|tsv|txt)$/i.test(root) ? dirname(root) : root);

/** Rows of a comma-separated file with exactly this header, or undefined when there is no such file. */
async function readTable(file: string, columns: readonly string[]): Promise<string[][] | undefined> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return undefined;
    throw fileError(error, file, 'read');
  });
  if (text === undefined) return undefined;
  const rows = parseTable(text, file);
  const header = rows.shift() ?? [];
  if (header.join() !== columns.join()) throw new UserError(`${file}: expected the header ${columns.join()}, found "${header.join()}"`);
  return rows;
}

function parseTable(text: string, file: string): string[][] {
  try {
    // one line end throughout: the parser takes the first one it meets for all
    return parse(text.replace(/\r\n?/g, '\n'), { bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new UserError(`${file}: expected comma-separated lines, found ${(error as Error).message}`);
  }
}

/**
 * True intensity per frame, in the order of the frames, from intensity.csv (`clip,frame,intensity`); else one value a clip from the
 * column of a list of one's own; undefined when the set has none.
 * @throws UserError for a value that is no number, or a clip whose frames do not follow each other.
 */
export async function readIntensity(root: string): Promise<Map<string, readonly number[]> | undefined> {
  const file = join(sidecarFolder(root), 'intensity.csv');
  const rows = await readTable(file, ['clip', 'frame', 'intensity']);
  if (!rows) return (await ownColumns(root))?.intensity;
  const clips = new Map<string, { frame: number; intensity: number }[]>();
  for (const [index, [clip, frame, intensity]] of rows.entries()) {
    const row = { frame: Number(frame), intensity: Number(intensity) };
    if (frame === '' || intensity === '' || !Number.isInteger(row.frame) || !Number.isFinite(row.intensity)) throw new UserError(`${file}:${index + 2}: expected a frame number and an intensity, found "${frame},${intensity}"`);
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

/** The person in each clip, from identities.csv (`clip,identity`) or the column of a list of one's own; undefined when the set does not tell. */
export async function readIdentities(root: string): Promise<Map<string, string> | undefined> {
  const rows = await readTable(join(sidecarFolder(root), 'identities.csv'), ['clip', 'identity']);
  if (!rows) return (await ownColumns(root))?.people;
  return new Map(rows.map(([clip, identity]) => [clip!, identity!]));
}
