// The clips that come with a demo's page: some of the test split, chosen by label and intensity and never by what a network said.
import sharp from 'sharp';
import { framesPerClip, type ExperimentConfig } from '../config.ts';
import type { Clip } from '../data/clip.ts';
import { decodeFrame } from '../data/decode.ts';
import { mapLimit } from '../data/frames.ts';
import { frameIndices } from '../data/frameIndices.ts';
import { resizeInto, wholeImage } from '../data/resize.ts';

export type IntensityCurves = ReadonlyMap<string, readonly number[]>;

/**
 * As many clips of each class as of the others, classes in order; within a class evenly from the weakest to the strongest peak
 * where intensities are known, else evenly over the list.
 * @param count at most so many, at least one a class
 */
export function chooseClips(clips: readonly Clip[], classes: number, count: number, intensity?: IntensityCurves): Clip[] {
  const each = Math.max(1, Math.floor(count / classes));
  const peak = ({ id }: Clip): number => Math.max(0, ...intensity?.get(id) ?? []);
  return Array.from({ length: classes }, (_, label) => label).flatMap((label) => {
    const own = clips.filter((clip) => clip.label === label).map((clip, place) => ({ clip, place, peak: peak(clip) })).sort((a, b) => a.peak - b.peak || a.place - b.place);
    const taken = Math.min(each, own.length);
    return Array.from({ length: taken }, (_, i) => own[Math.floor(((2 * i + 1) * own.length) / (2 * taken))]!.clip);
  });
}

export interface ClipStrip {
  /** Which frames of the clip, from 0. */
  readonly indices: readonly number[];
  readonly png: Uint8Array;
}

/** The frames of a test (data/loader.ts), byte for byte as the network's loader gives them. @throws UserError for a frame that cannot be read. */
export async function clipStrip(clip: Clip, config: ExperimentConfig): Promise<ClipStrip> {
  const { imageSize: size } = config, frames = framesPerClip(config), length = size * size * 3;
  const indices = frameIndices(clip, { ...config, mode: 'test', epoch: 0 });
  const bytes = new Uint8Array(frames * length);
  await mapLimit(indices, 4, async (index, t) => {
    const image = await decodeFrame(clip.frames[index]!, clip.id);
    resizeInto(image, wholeImage(image), size, bytes, t * length);
  });
  const png = await sharp(bytes, { raw: { width: size, height: frames * size, channels: 3 } }).png({ compressionLevel: 9 }).toBuffer();
  return { indices, png };
}
