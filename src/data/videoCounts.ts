// How many frames the videos of a set have. Counting decodes them, so what was counted stays beside the list, by size and time of the file.
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { throwIfInterrupted, UserError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import type { Progress } from './clip.ts';
import { mapLimit, type FolderContent } from './frames.ts';
import { countVideoFrames, NoFfmpeg } from './videoClip.ts';
import { videoFrameNames } from './videoFrames.ts';

export const COUNTS_FILE = 'video-frames.csv';

const HEADER = ['path', 'bytes', 'modified', 'frames'];

export interface CountOptions {
  readonly signal?: AbortSignal | undefined;
  /** In videos that have to be decoded. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

interface Known { readonly bytes: string; readonly modified: string; readonly frames: number }

export interface CountedVideos { readonly contents: readonly FolderContent[]; /** Why the counts could not be kept. */ readonly notes: readonly string[] }

/**
 * Names of the frames of each video, or what is wrong with it. @param paths relative to `folder`
 * @throws UserError without ffmpeg; Interrupted, with what was counted so far kept.
 */
export async function countVideos(folder: string, paths: readonly string[], { signal, onProgress }: CountOptions = {}): Promise<CountedVideos> {
  const known = await readCounts(folder), fresh = new Map<string, Known>();
  const stamps = await mapLimit(paths, 32, async (path) => stat(join(folder, path), { bigint: true }).catch(() => undefined));
  const isKnown = (i: number): boolean => { const count = known.get(paths[i]!), stamp = stamps[i]; return count !== undefined && stamp !== undefined && count.bytes === String(stamp.size) && count.modified === String(stamp.mtimeNs); };
  const missing = paths.flatMap((_, i) => (stamps[i]?.isFile() && !isKnown(i) ? [i] : []));
  const problems = new Map<number, string>();
  let done = 0;
  try {
    await mapLimit(missing, availableParallelism(), async (i) => {
      throwIfInterrupted(signal);
      const { size, mtimeNs } = stamps[i]!;
      try {
        fresh.set(paths[i]!, { bytes: String(size), modified: String(mtimeNs), frames: await countVideoFrames(join(folder, paths[i]!), signal) });
      } catch (error) {
        if (!(error instanceof UserError) || error instanceof NoFfmpeg) throw error;
        problems.set(i, `found a video that cannot be read (${error.message.replace(`${join(folder, paths[i]!)}: `, '')})`);
      }
      done++;
      onProgress?.({ done, total: missing.length, note: paths[i]! });
    });
  } finally {
    for (const [path, count] of fresh) known.set(path, count);
  }
  const notes = fresh.size > 0 ? await writeCounts(folder, known) : [];
  const contents = paths.map((path, i): FolderContent => {
    const problem = problems.get(i) ?? (stamps[i]?.isFile() ? undefined : stamps[i] ? 'found something else than a file' : 'found no such file');
    return problem === undefined ? { frames: videoFrameNames(join(folder, path), known.get(path)!.frames) } : { problem };
  });
  return { contents, notes };
}

/** A broken file is made anew. */
async function readCounts(folder: string): Promise<Map<string, Known>> {
  try {
    const rows: string[][] = parse(await readFile(join(folder, COUNTS_FILE), 'utf8'));
    const isSound = rows[0]?.join() === HEADER.join();
    return new Map(isSound ? rows.slice(1).flatMap(([path, bytes, modified, frames]) => (Number(frames) >= 1 ? [[path!, { bytes: bytes!, modified: modified!, frames: Number(frames) }] as const] : [])) : []);
  } catch { return new Map(); }
}

async function writeCounts(folder: string, known: ReadonlyMap<string, Known>): Promise<string[]> {
  const cell = (text: string): string => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = [HEADER.join(), ...[...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, { bytes, modified, frames }]) => [cell(path), bytes, modified, frames].join())];
  const failure = await writeFileAtomic(join(folder, COUNTS_FILE), `${lines.join('\n')}\n`).then(() => undefined, (error: unknown) => error);
  if (failure !== undefined && !(failure instanceof UserError)) throw failure;
  return failure ? [`frames of videos are counted anew each time: ${failure.message}`] : [];
}
