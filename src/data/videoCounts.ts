// How many frames the videos of a set have. Counting decodes them, so what was counted stays beside the list, by size and time of the file.
import type { BigIntStats } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { throwIfInterrupted, UserError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { codeOf } from '../files/failure.ts';
import type { Progress } from './clip.ts';
import { FILE_PROBLEMS, kindOf } from './frameFile.ts';
import { mapLimit, PARALLEL_FOLDERS, type FolderContent } from './frames.ts';
import { diskSpelling } from './spelling.ts';
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
  const videos = await lookAt(folder, paths), problems = new Map<number, string>();
  const isKnown = (i: number): boolean => { const count = known.get(paths[i]!), { stamp } = videos[i]!; return count !== undefined && stamp !== undefined && count.bytes === String(stamp.size) && count.modified === String(stamp.mtimeNs); };
  const missing = paths.flatMap((_, i) => (videos[i]!.stamp && !isKnown(i) ? [i] : []));
  let done = 0;
  try {
    await mapLimit(missing, availableParallelism(), async (i) => {
      throwIfInterrupted(signal);
      const { file, stamp } = videos[i]!, { size, mtimeNs } = stamp!;
      try {
        fresh.set(paths[i]!, { bytes: String(size), modified: String(mtimeNs), frames: await countVideoFrames(file, signal) });
      } catch (error) {
        if (!(error instanceof UserError) || error instanceof NoFfmpeg) throw error;
        problems.set(i, `found a video that cannot be read (${error.message.replace(`${file}: `, '')})`);
      }
      done++;
      onProgress?.({ done, total: missing.length, note: paths[i]! });
    });
  } finally {
    for (const [path, count] of fresh) known.set(path, count);
  }
  const notes = fresh.size > 0 ? await writeCounts(folder, known) : [];
  const contents = paths.map((path, i): FolderContent => {
    const { file, problem = problems.get(i) } = videos[i]!;
    return problem === undefined ? { frames: videoFrameNames(file, known.get(path)!.frames) } : { problem };
  });
  return { contents, notes };
}

/** `stamp` of a file, `problem` of anything else; `file` as the disk spells it. */
interface Video { readonly file: string; readonly stamp?: BigIntStats; readonly problem?: string }

function lookAt(folder: string, paths: readonly string[]): Promise<Video[]> {
  const spelling = diskSpelling();
  return mapLimit(paths, PARALLEL_FOLDERS, async (path) => {
    const listed = join(folder, path), video = await stamped(listed), other = video.problem === NO_FILE ? await spelling(listed) : undefined;
    return other === undefined ? video : stamped(other);
  });
}

const NO_FILE = 'found no such file';

const stamped = (file: string): Promise<Video> => stat(file, { bigint: true }).then(
  (stamp) => (stamp.isFile() ? { file, stamp } : { file, problem: `found ${kindOf(stamp)}` }),
  (error: unknown) => { const code = codeOf(error) ?? String(error); return { file, problem: `found ${FILE_PROBLEMS[code] ?? code}` }; },
);

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
