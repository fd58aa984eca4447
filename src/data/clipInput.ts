// One clip as somebody has it: a folder of frames, or a video file. Frames are decoded when they are asked for.
import { basename, resolve } from 'node:path';
import { throwIfInterrupted, UserError } from '../errors.ts';
import type { ClipInput } from './clip.ts';
import { decodeFrame } from './decode.ts';
import { statOf } from './folder.ts';
import { kindOf } from './frameFile.ts';
import { mapLimit, readFrameFolder } from './frames.ts';
import { openVideo } from './videoClip.ts';

/** @throws UserError for a path that is missing or cannot be read, a folder without images, a file that is no video. */
export async function openClip(path: string, signal?: AbortSignal): Promise<ClipInput> {
  const found = await statOf(path);
  if (!found) throw new UserError(`${path}: expected a folder of frames or a video file, found nothing`);
  if (found.isDirectory()) return openFolder(path);
  if (!found.isFile()) throw new UserError(`${path}: expected a folder of frames or a video file, found ${kindOf(found)}; save it as a file first`);
  return openVideo(path, signal);
}

async function openFolder(path: string): Promise<ClipInput> {
  const content = await readFrameFolder(resolve(path));
  if ('problem' in content) throw new UserError(`${path}: expected a folder of frames (JPEG, PNG, WebP, TIFF), ${content.problem}`);
  const { frames } = content;
  return {
    path, count: frames.length, names: frames.map((file) => basename(file)),
    frames: (indices, signal) => mapLimit(indices, 4, (index) => { throwIfInterrupted(signal); return decodeFrame(frames[index]!, path, undefined, 'restore the file, or take it out of the folder'); }),
  };
}
