// From image files to bytes: TensorFlow's JPEG decoder where it gives sharp's bytes, sharp (libvips) for the rest; resizing is ours (resize.ts).
import sharp from 'sharp';
import { loadJpegDecoder, type JpegDecoder } from '../engine/jpeg.ts';
import { UserError } from '../errors.ts';
import { FILE_PROBLEMS, readFrameFile } from './frameFile.ts';
import type { RawImage } from './resize.ts';
import { decodeVideoFrame, isVideoFrame } from './videoFrames.ts';

// one thread a picture and no cache of operations: parallelism comes from many pictures at once
sharp.concurrency(1);
sharp.cache(false);

/** A larger frame is a mistake: decoding a clip of such would take gigabytes. */
const MAX_PIXELS = 4096 * 4096;

let decoder: JpegDecoder | undefined | null = null;

/** Loaded at the first frame, in the thread that decodes. */
function jpegDecoder(): JpegDecoder | undefined {
  if (decoder === null) decoder = loadJpegDecoder();
  return decoder;
}

/** Where frames come from: the disk, or a cache in front of it. @param siblings all frames of the clip that will be asked for: those of a video are decoded together */
export type FrameSource = (file: string, clipId: string, siblings?: readonly string[]) => Promise<RawImage>;

/** What to do about a frame that cannot be read, where clips may be skipped. */
const OF_A_DATASET = 'restore the file, or leave such clips out with --on-bad-clip skip';

/**
 * Decodes a video's frame (videoFrames.ts), or JPEG, PNG, WebP or TIFF, told by its content and not by its name, to three bytes a pixel (sRGB): grey, CMYK, 16-bit and
 * transparent pictures too. JPEG's shrink-on-load never sets in, as sharp is asked for no resize.
 * @throws UserError naming the clip and the file when it is missing, no file, empty, truncated, no image or beyond 16.8 megapixels.
 */
export async function decodeFrame(file: string, clipId: string, siblings?: readonly string[], advice = OF_A_DATASET): Promise<RawImage> {
  try {
    if (isVideoFrame(file)) return await decodeVideoFrame(file, siblings);
    const bytes = await readFrameFile(file); // a fifth cheaper than sharp(file), which opens the file twice
    if (bytes.length === 0) throw new Error('an empty file');
    const fast = jpegDecoder()?.(bytes);
    if (fast) return fast;
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (error) {
    if (error instanceof UserError) throw error; // of a video
    throw new UserError(`${file}: expected a readable image of clip ${clipId}, found ${reasonOf(error)}; ${advice}`);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && FILE_PROBLEMS[code]) ?? message.split('\n')[0]!.replace(/^Input buffer contains/, 'a file with');
}
