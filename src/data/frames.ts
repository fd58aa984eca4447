// Frame folders: which files are frames, in which order, for thousands of folders at once.
import { readdir } from 'node:fs/promises';
import { sep } from 'node:path';

/** Folders read at once: enough to hide a network disk's latency, far below the limit on open files. */
export const PARALLEL_FOLDERS = 32;

const IMAGE = /\.(?:jpe?g|png|webp|tiff?)$/i;

/**
 * Runs `work` over `items`, at most `limit` at a time; results in the order of the items.
 * After a failure nothing new is begun; it is thrown when what runs has ended, so that nothing runs on behind the caller's back.
 */
export async function mapLimit<T, R>(items: readonly T[], limit: number, work: (item: T, index: number) => Promise<R>): Promise<R[]> {
  const results: R[] = Array.from({ length: items.length });
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await work(items[index]!, index);
      } catch (error) {
        failure ??= { error };
        next = items.length;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failure) throw failure.error;
  return results;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** True when digits stand at the same places in all names: then the plain order is the numeric order. */
function isAligned(names: readonly string[]): boolean {
  const first = names[0]!;
  return names.every((name) => {
    if (name.length !== first.length) return false;
    for (let i = 0; i < name.length; i++) if (isDigit(name.charCodeAt(i)) !== isDigit(first.charCodeAt(i))) return false;
    return true;
  });
}

/** Natural order: runs of digits compare as numbers, the rest as text; equal numbers with other padding fall back to the text. */
export function compareNatural(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    const bothNumbers = isDigit(x.charCodeAt(0)) && isDigit(y.charCodeAt(0));
    const order = bothNumbers ? Number(x) - Number(y) : comparePlain(x, y);
    if (order !== 0) return order;
  }
  return left.length - right.length || comparePlain(a, b);
}

const comparePlain = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The image files among `names` in numeric order: 2.jpg before 10.jpg, whatever the padding. Hidden files (`._1.jpg`) are not frames. */
export function frameNames(names: readonly string[]): string[] {
  const frames = names.filter((name) => !name.startsWith('.') && IMAGE.test(name));
  if (frames.length < 2) return frames;
  return isAligned(frames) ? frames.sort(comparePlain) : frames.sort(compareNatural);
}

export type FolderContent = { readonly frames: readonly string[] } | { readonly problem: string };

/** Of a folder that is not there. */
export const NO_FOLDER = 'found no such folder';

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOENT: NO_FOLDER, ENOTDIR: 'found a file', EACCES: 'found a folder that may not be read',
  EPERM: 'found a folder that may not be read', ELOOP: 'found a loop of links', ENAMETOOLONG: 'found a name too long for the disk', EIO: 'found a folder that the disk cannot read',
};

/** Absolute paths of the frames of one clip, or what is wrong with its folder. No file is opened. */
export async function readFrameFolder(folder: string): Promise<FolderContent> {
  try {
    const names = await readdir(folder);
    const frames = frameNames(names).map((name) => `${folder}${sep}${name}`);
    if (frames.length > 0) return { frames };
    return { problem: names.length === 0 ? 'found an empty folder' : `found no image among its ${names.length} files` };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { problem: PROBLEMS[code] ?? `found ${code}` };
  }
}
