// What is true of one clip's frames: read and decoded one by one, as training would, with everything that is unusual.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import sharp from 'sharp';
import { throwIfInterrupted, UserError } from '../../errors.ts';
import { loadJpegDecoder, type JpegDecoder } from '../../engine/jpeg.ts';
import { decodeFrame } from '../decode.ts';
import { readFrameFile } from '../frameFile.ts';
import { examineVideo } from '../videoClip.ts';
import { decodeVideoFrame, fileOfFrame, isVideoFrame } from '../videoFrames.ts';

/** What a frame is that is not an ordinary three-channel JPEG. */
export type Oddity = 'grey' | 'CMYK' | '16-bit' | 'transparent' | 'named otherwise than it is';

export interface ClipFacts {
  readonly frames: number;
  readonly bytes: number;
  /** Frames that cannot be decoded: file name and reason. */
  readonly bad: readonly { readonly file: string; readonly reason: string }[];
  /** "224x224" and how many frames have it. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly oddities: Readonly<Partial<Record<Oddity, number>>>;
  /** SHA-256 over the bytes of all frames in order: equal for clips of equal content; the manifest of a rendered benchmark holds the same. */
  readonly sha256: string;
}

let jpeg: JpegDecoder | undefined | null = null;

/** Decodes every frame. Never throws for what is wrong with a file. @throws Interrupted */
export async function clipFacts(files: readonly string[], clipId: string, signal?: AbortSignal): Promise<ClipFacts> {
  if (isVideoFrame(files[0]!)) return videoFacts(files, signal);
  const hash = createHash('sha256');
  const bad: ClipFacts['bad'][number][] = [], sizes: Record<string, number> = {}, oddities: Partial<Record<Oddity, number>> = {};
  let bytes = 0;
  for (const file of files) {
    throwIfInterrupted(signal);
    const content = await readFrameFile(file).catch(() => undefined);
    if (content) hash.update(content);
    bytes += content?.length ?? 0;
    const frame = await frameFacts(file, content, clipId);
    if ('reason' in frame) { bad.push({ file: basename(file), reason: frame.reason }); continue; }
    sizes[frame.size] = (sizes[frame.size] ?? 0) + 1;
    for (const oddity of frame.oddities) oddities[oddity] = (oddities[oddity] ?? 0) + 1;
  }
  return { frames: files.length, bytes, bad, sizes, oddities, sha256: hash.digest('hex') };
}

/** Of a video file: all of it decoded, its first frame measured. */
async function videoFacts(frames: readonly string[], signal?: AbortSignal): Promise<ClipFacts> {
  const file = fileOfFrame(frames[0]!), { hash, bytes } = await hashFile(file);
  const common = { frames: frames.length, bytes, oddities: {}, sha256: hash };
  const bad = (reason: string): ClipFacts['bad'] => [{ file: basename(file), reason }];
  try {
    const { complaint } = await examineVideo(file, signal), { width, height } = await decodeVideoFrame(frames[0]!);
    return { ...common, bad: complaint === '' ? [] : bad(complaint), sizes: { [`${width}x${height}`]: frames.length } };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...common, bad: bad(error.message.replace(`${file}: `, '')), sizes: {} };
  }
}

/** Piecewise: a film may be large. */
async function hashFile(file: string): Promise<{ hash: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of createReadStream(file)) { hash.update(piece as Buffer); bytes += (piece as Buffer).length; }
  } catch { /* decoding it says why */ }
  return { hash: hash.digest('hex'), bytes };
}

type FrameFacts = { readonly reason: string } | { readonly size: string; readonly oddities: readonly Oddity[] };

async function frameFacts(file: string, content: Buffer | undefined, clipId: string): Promise<FrameFacts> {
  if (jpeg === null) jpeg = loadJpegDecoder();
  const plain = content && content.length > 0 && /\.jpe?g$/i.test(file) ? jpeg?.(content) : undefined;
  if (plain) return { size: `${plain.width}x${plain.height}`, oddities: [] };
  try {
    const { width, height } = await decodeFrame(file, clipId); // the reader's own judgement
    return { size: `${width}x${height}`, oddities: content ? await odditiesOf(content, file) : [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { reason: /found (.*); restore the file/.exec(error.message)?.[1] ?? error.message };
  }
}

const FORMATS: Readonly<Record<string, readonly string[]>> = { jpeg: ['jpg', 'jpeg'], png: ['png'], webp: ['webp'], tiff: ['tif', 'tiff'] };

async function odditiesOf(content: Buffer, file: string): Promise<Oddity[]> {
  const { format, space, depth, hasAlpha } = await sharp(content).metadata();
  const extension = file.split('.').at(-1)!.toLowerCase();
  return [
    ...(space === 'b-w' || space === 'grey16' ? ['grey' as const] : []), ...(space === 'cmyk' ? ['CMYK' as const] : []), ...(depth === 'ushort' || space === 'rgb16' || space === 'grey16' ? ['16-bit' as const] : []),
    ...(hasAlpha ? ['transparent' as const] : []), ...(format && !FORMATS[format]?.includes(extension) ? ['named otherwise than it is' as const] : []),
  ];
}
