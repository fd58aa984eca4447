// Memory in front of the disk for what is the same every epoch: the resized frames of test clips. Training draws other frames
// and other crops each time, so it would fill the memory and rarely find anything there.
import type { FrameSource } from './decode.ts';
import { resizeInto, wholeImage } from './resize.ts';

/**
 * A source of whole frames already resized to size x size, which remembers up to `maxBytes` of them. What came first stays:
 * an epoch reads all frames in turn, so replacing the oldest would never find one again.
 */
export function cachedFrames(source: FrameSource, maxBytes: number): (size: number) => FrameSource {
  const frames = new Map<string, Uint8Array>();
  let used = 0;
  return (size) => async (file, clipId) => {
    const key = `${size} ${file}`;
    let data = frames.get(key);
    if (!data) {
      const image = await source(file, clipId);
      data = new Uint8Array(size * size * 3);
      resizeInto(image, wholeImage(image), size, data);
      if (used + data.length <= maxBytes && !frames.has(key)) {
        frames.set(key, data);
        used += data.length;
      }
    }
    return { data, width: size, height: size };
  };
}
