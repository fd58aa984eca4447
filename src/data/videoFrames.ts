// Frames of a video file under names of their own, "clip.mp4#frame=12", so that a video is a clip like any folder of frames.
import type { RawImage } from './resize.ts';
import { decodeVideoFrames } from './videoClip.ts';

/** No frame in a folder has such a name, as none ends so. */
const NAME = /^(.+)#frame=(\d+)$/s;

const VIDEO = /\.(?:mp4|m4v|mov|avi|mkv|webm|flv|wmv|mpe?g|3gp|ogv)$/i;

/** Told by the ending alone. */
export const isVideoName = (path: string): boolean => VIDEO.test(path);

export const videoFrameNames = (path: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${path}#frame=${i}`);

/** The file that holds a frame: the frame itself, or its video. */
export const fileOfFrame = (name: string): string => NAME.exec(name)?.[1] ?? name;

export const isVideoFrame = (name: string): boolean => NAME.test(name);

/** Decoded together, kept as long as the list of names that they were asked with. */
const together = new WeakMap<readonly string[], Promise<ReadonlyMap<string, RawImage>>>();

/**
 * One frame of a video. Of the frames that will be asked for with the same `siblings`, the same array, all are decoded at once,
 * since each pass of ffmpeg begins at the start of the file.
 * @throws UserError, as openVideo
 */
export async function decodeVideoFrame(name: string, siblings: readonly string[] = [name]): Promise<RawImage> {
  let frames = together.get(siblings);
  if (!frames) together.set(siblings, (frames = decodeAll(siblings.includes(name) ? siblings : [name])));
  return (await frames).get(name)!;
}

async function decodeAll(names: readonly string[]): Promise<ReadonlyMap<string, RawImage>> {
  const frames = await decodeVideoFrames(fileOfFrame(names[0]!), names.map((name) => Number(NAME.exec(name)![2])));
  return new Map(names.map((name, i) => [name, frames[i]!]));
}
