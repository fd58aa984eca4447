// From image files to bytes: sharp (libvips) decodes off the JavaScript thread; resizing is ours (resize.ts).
import sharp from 'sharp';
import { UserError } from '../errors.ts';
import type { RawImage } from './resize.ts';

// one thread a picture and no cache of operations: parallelism comes from many pictures at once
sharp.concurrency(1);
sharp.cache(false);

/** A larger frame is a mistake: decoding a clip of such would take gigabytes. */
const MAX_PIXELS = 4096 * 4096;

/**
 * Decodes any of sharp's formats, told by its content and not by its name, to three bytes a pixel (sRGB): grey, CMYK, 16-bit and
 * transparent pictures too. JPEG's shrink-on-load is never used, as there is no resize here that would ask for it.
 * @throws UserError naming the clip and the file when it is missing, empty, truncated or no image.
 */
export async function decodeFrame(file: string, clipId: string): Promise<RawImage> {
  try {
    const { data, info } = await sharp(file, { limitInputPixels: MAX_PIXELS, sequentialRead: true })
      .toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { data: info.channels === 3 ? data : greyToRgb(data, info.channels), width: info.width, height: info.height };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error);
    throw new UserError(`${file}: expected a readable image of clip ${clipId}, found: ${reason}; restore the file, or leave such clips out with --on-bad-clip skip`);
  }
}

function greyToRgb(data: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let i = 0; i < rgb.length; i++) rgb[i] = data[Math.floor(i / 3) * channels]!;
  return rgb;
}

/** Where frames come from: the disk, or a cache in front of it. */
export type FrameSource = (file: string, clipId: string) => Promise<RawImage>;
