// Frames of the clips as small pictures: one sprite a clip, its frames side by side, as many and as large as the page's
// budget allows; beyond the smallest they are files in a folder beside the page.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Progress } from '../data/clip.ts';
import { readFrameFile } from '../data/frameFile.ts';
import { mapLimit } from '../data/frames.ts';
import { throwIfInterrupted, UserError } from '../errors.ts';
import { replaceFolder, temporaryName } from '../files/atomic.ts';
import { fileError } from '../files/failure.ts';
import { random } from '../random.ts';
import type { FramesData } from './types.ts';

export interface SpriteSize { readonly count: number; readonly side: number }

/** From what a reader wants to what still tells an expression. */
export const SIZES: readonly SpriteSize[] = [{ count: 8, side: 80 }, { count: 8, side: 64 }, { count: 6, side: 56 }, { count: 5, side: 48 }, { count: 3, side: 48 }, { count: 1, side: 48 }, { count: 1, side: 32 }];
const QUALITY = 62;
/** Clips that sizes are tried on. */
const TRIED = 24;
/** A sample may come out too small. */
const RESERVE = 1.05;

export interface SpriteOptions {
  readonly seed: number;
  /** Bytes of text that all sprites together may take in the page. */
  readonly budget: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

/** frames: paths of each clip's images; an empty list for a clip without. Undefined where no size fits the budget. @throws UserError, Interrupted */
export async function packSprites(frames: readonly (readonly string[])[], options: SpriteOptions): Promise<FramesData | undefined> {
  const clips = Array.from(frames.keys());
  const tried = random(options.seed, 'sprites').shuffle(clips).slice(0, TRIED);
  for (const size of SIZES) {
    const sample = await Promise.all(tried.map(async (clip) => textLength(await sprite(frames[clip]!, size))));
    if ((RESERVE * clips.length * sample.reduce((sum, length) => sum + length, 0)) / sample.length > options.budget) continue;
    const sprites = await spritesOf(frames, size, options);
    if (sprites.reduce((sum, text) => sum + text.length, 0) <= options.budget) return { ...size, type: 'image/webp', sprites };
  }
  return undefined;
}

const textLength = (bytes: Buffer): number => 4 * Math.ceil(bytes.length / 3);

function spritesOf(frames: readonly (readonly string[])[], size: SpriteSize, { signal, onProgress }: SpriteOptions): Promise<string[]> {
  let done = 0;
  return mapLimit(frames, 4, async (list) => {
    throwIfInterrupted(signal);
    const text = (await sprite(list, size)).toString('base64');
    onProgress?.({ done: ++done, total: frames.length, note: 'frames' });
    return text;
  });
}

/** Writes the sprites at their best size into `folder`, replacing it. @throws UserError, Interrupted */
export async function writeSpriteFolder(frames: readonly (readonly string[])[], folder: string, name: string, { signal, onProgress }: Omit<SpriteOptions, 'budget' | 'seed'>): Promise<FramesData> {
  const temporary = temporaryName(folder), size = SIZES[0]!;
  let done = 0;
  try {
    await mkdir(temporary, { recursive: true });
    await mapLimit(Array.from(frames.keys()), 4, async (clip) => {
      throwIfInterrupted(signal);
      if (frames[clip]!.length > 0) await writeFile(join(temporary, spriteName(clip)), await sprite(frames[clip]!, size));
      onProgress?.({ done: ++done, total: frames.length, note: 'frames' });
    });
    await replaceFolder(temporary, folder);
  } catch (error) {
    throw fileError(error, folder, 'write');
  } finally { await rm(temporary, { recursive: true, force: true }); }
  return { ...size, type: 'image/webp', folder: name };
}

/** Numbered, so that nothing of a dataset's names becomes a path. */
export const spriteName = (clip: number): string => `${String(clip).padStart(6, '0')}.webp`;

/** The middle frame of each of `count` equal parts. */
export function spriteFrames(frames: number, count: number): number[] {
  const n = Math.min(frames, count);
  return Array.from({ length: n }, (_, i) => Math.floor(((i + 0.5) * frames) / n));
}

async function sprite(files: readonly string[], { count, side }: SpriteSize): Promise<Buffer> {
  const chosen = spriteFrames(files.length, count).map((i) => files[i]!);
  if (chosen.length === 0) return Buffer.alloc(0);
  const tiles = await Promise.all(chosen.map(async (file, i) => ({ input: await tile(file, side), raw: { width: side, height: side, channels: 3 as const }, left: i * side, top: 0 })));
  return sharp({ create: { width: side * chosen.length, height: side, channels: 3, background: '#000' } }).composite(tiles).webp({ quality: QUALITY, effort: 2 }).toBuffer();
}

async function tile(file: string, side: number): Promise<Buffer> {
  try {
    return await sharp(await readFrameFile(file)).resize(side, side, { fit: 'cover' }).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer();
  } catch (error) {
    throw new UserError(`${file}: expected a readable image, found ${(error as Error).message.split('\n')[0]}; restore the file, or build the page with --no-frames`);
  }
}
