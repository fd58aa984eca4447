// Memory in front of the disk (diskCache.ts, or the set itself): the resized frames of test clips, which are the same every epoch, and the decoded frames of a
// training split that fits whole. Of a larger one training would rarely find again what it kept.
import type { FrameSource } from './decode.ts';
import { resizeInto, wholeImage, type RawImage } from './resize.ts';

/** A source of whole frames already resized to size x size. */
export const resizedFrames = (source: FrameSource, size: number): FrameSource => async (file, clipId, siblings) => {
  const image = await source(file, clipId, siblings);
  const data = new Uint8Array(size * size * 3);
  resizeInto(image, wholeImage(image), size, data);
  return { data, width: size, height: size };
};

/**
 * Remembers up to `maxBytes` of the frames that the sources for each size give. What came first stays:
 * an epoch reads all frames in turn, so replacing the oldest would never find one again.
 */
export function cachedFrames(resizedTo: (size: number) => FrameSource, maxBytes: number): (size: number) => FrameSource {
  const frames = new Map<string, Uint8Array>();
  let used = 0;
  return (size) => async (file, clipId, siblings) => {
    const key = `${size} ${file}`;
    let data = frames.get(key);
    if (!data) {
      ({ data } = await resizedTo(size)(file, clipId, siblings));
      if (used + data.length <= maxBytes && !frames.has(key)) {
        frames.set(key, data);
        used += data.length;
      }
    }
    return { data, width: size, height: size };
  };
}

/**
 * A source that remembers decoded frames, as they are, when all `totalFrames` of the split would fit into `maxBytes`; the
 * first frame tells how large they are.
 */
export function decodedFrames(source: FrameSource, maxBytes: number): (totalFrames: number) => FrameSource {
  const frames = new Map<string, RawImage>();
  let used = 0;
  return (totalFrames) => async (file, clipId, siblings) => {
    const known = frames.get(file);
    if (known) return known;
    const image = await source(file, clipId, siblings);
    if (image.data.length * totalFrames <= maxBytes && used + image.data.length <= maxBytes && !frames.has(file)) {
      frames.set(file, image);
      used += image.data.length;
    }
    return image;
  };
}
