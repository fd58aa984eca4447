// A folder of frames that the user drops or chooses: which files are the clip, or what is wrong; frames as the loader takes them.
import { framesPerClip, type ExperimentConfig } from '../../config.ts';
import { cropWarnings } from '../../data/cropCheck.ts';
import { frameNames } from '../../data/frames.ts';
import { frameIndices } from '../../data/frameIndices.ts';
import { resizeInto, wholeImage, type RawImage } from '../../data/resize.ts';
import type { SeenClip } from './seen.ts';

/** A file with its place, e.g. "00012/7.jpg". */
export interface Picked { readonly path: string; readonly file: Blob }

/** More is a whole dataset, not a clip. */
export const MAX_FILES = 5000;
export const tooMany = (): Error => new Error(`expected the frames of one clip, found more than ${MAX_FILES} files`);

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const VIDEO = /\.(?:mp4|mov|avi|mkv|webm|m4v|mpe?g)$/i, TIFF = /\.tiff?$/i;

/** The frames of one clip in the order of time. @throws Error saying what was expected and what was found */
export function framesOf<T extends { readonly path: string }>(picked: readonly T[]): { readonly folder: string; readonly frames: readonly T[] } {
  if (picked.length > MAX_FILES) throw tooMany();
  const visible = picked.filter(({ path }) => !nameOf(path).startsWith('.'));
  if (visible.length === 0) throw new Error('expected a folder of frames, found an empty one');
  const images = [...new Set(visible.map(({ path }) => folderOf(path)))].flatMap((folder) => {
    const files = new Map(visible.filter(({ path }) => folderOf(path) === folder).map((one) => [nameOf(one.path), one]));
    const names = frameNames([...files.keys()]);
    return names.length === 0 ? [] : [{ folder, frames: names.map((name) => files.get(name)!) }];
  });
  if (images.length === 0) throw new Error(withoutImages(visible.map(({ path }) => nameOf(path))));
  if (images.length > 1) throw new Error(`expected the frames of one clip, found images in ${images.length} folders (${images.slice(0, 3).map(({ folder }) => folder || 'the top').join(', ')}${images.length > 3 ? ', ...' : ''}): take one of them`);
  const [found] = images as [(typeof images)[0]];
  const tiff = found.frames.find(({ path }) => TIFF.test(path));
  if (tiff) throw new Error(`${nameOf(tiff.path)}: browsers cannot read TIFF; JPEG, PNG and WebP work here, and ial predict reads TIFF too`);
  return found;
}

function withoutImages(names: readonly string[]): string {
  const video = names.find((name) => VIDEO.test(name));
  if (video !== undefined) return `${video} is a video: this page takes frames (JPEG, PNG, WebP); ial predict reads videos`;
  return `expected frames (JPEG, PNG, WebP), found no image among ${names.length} ${names.length === 1 ? 'file' : 'files'} (${names[0]!}${names.length > 1 ? ', ...' : ''})`;
}

export type DecodePicture = (blob: Blob) => Promise<RawImage>;

/** The frames that a test would take, cropped and resized as there (data/loader.ts, data/resize.ts). @throws Error for a folder that is no clip, naming a frame that cannot be decoded */
export async function openFolder(picked: readonly Picked[], config: ExperimentConfig, decode: DecodePicture): Promise<SeenClip> {
  const { folder, frames } = framesOf(picked), { imageSize: size } = config, count = framesPerClip(config), names = frames.map(({ path }) => nameOf(path));
  const id = nameOf(folder) || 'your frames';
  const indices = frameIndices({ id, frames: names }, { ...config, mode: 'test', epoch: 0 });
  const images = new Uint8Array(count * size * size * 3), decoded = new Map<number, RawImage>();
  for (const [t, index] of indices.entries()) {
    const image = decoded.get(index) ?? await decode(frames[index]!.file).catch((error: unknown) => { throw new Error(`${names[index]!}: ${(error as Error).message}`); });
    decoded.set(index, image);
    resizeInto(image, wholeImage(image), size, images, t * size * size * 3);
  }
  const all = [...decoded.values()], some = [all[0]!, all[all.length >> 1]!, all.at(-1)!];
  return { caption: `${id}, ${frames.length} frames`, images, frames: count, size, names: indices.map((index) => names[index]!), notes: [...shortage(frames.length, count), ...cropWarnings(some)] };
}

const shortage = (found: number, wanted: number): string[] =>
  (found < wanted ? [`only ${found} ${found === 1 ? 'frame' : 'frames'}, the network sees ${wanted}: some are shown more than once`] : []);
