// A video file as a clip, through the system's ffmpeg: one pass counts the frames, another decodes those that are asked for.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { throwIfInterrupted, UserError } from '../errors.ts';
import type { ClipInput } from './clip.ts';
import type { RawImage } from './resize.ts';

/** As of a frame in a folder: a larger one is a mistake. */
const MAX_PIXELS = 4096 * 4096;
/** Steady time stamps, a frame each: ffmpeg would otherwise repeat and drop frames to keep a rate. */
const STEADY = 'setpts=N/25/TB';

/** Without ffmpeg no video can be read, whatever becomes of broken clips. */
export class NoFfmpeg extends UserError {}

/** @throws UserError where ffmpeg is not there, or the file is no video that it can decode; Interrupted. */
export async function openVideo(path: string, signal?: AbortSignal): Promise<ClipInput> {
  const count = await countVideoFrames(path, signal);
  return {
    path, count, names: Array.from({ length: count }, (_, i) => `frame ${i}`),
    frames: (indices, stop = signal) => decodeVideoFrames(path, indices, stop),
  };
}

/** By decoding all of it: what a container claims need not be there. At least 1. @throws as openVideo */
export async function countVideoFrames(path: string, signal?: AbortSignal): Promise<number> {
  return (await examineVideo(path, signal)).count;
}

/** Frames that can be decoded, and what ffmpeg says of the rest; '' where it says nothing. @throws as openVideo */
export async function examineVideo(path: string, signal?: AbortSignal): Promise<{ readonly count: number; readonly complaint: string }> {
  const { output, said } = await ffmpeg(path, ['-vf', STEADY, '-r', '25', '-f', 'null', '-progress', 'pipe:1', '-'], signal);
  const count = Number([...output.toString('latin1').matchAll(/^frame=\s*(\d+)$/gm)].at(-1)?.[1] ?? 0);
  if (count === 0) throw new UserError(`${path}: expected a video, found no frame in it`);
  return { count, complaint: said.trim().split('\n').at(-1)!.trim().replace(/^\[[^\]]*\] /, '') };
}

/** In the order of `indices`, from 0; the video is decoded once, up to the last of them at most. @throws as openVideo */
export async function decodeVideoFrames(path: string, indices: readonly number[], signal?: AbortSignal): Promise<RawImage[]> {
  const wanted = [...new Set(indices)].sort((a, b) => a - b);
  const select = `select=${wanted.map((index) => `eq(n\\,${index})`).join('+')},${STEADY}`;
  const { output } = await ffmpeg(path, ['-vf', select, '-r', '25', '-pix_fmt', 'rgb24', '-c:v', 'ppm', '-f', 'image2pipe', '-'], signal);
  const frames = readPixmaps(output, path);
  if (frames.length !== wanted.length) throw new UserError(`${path}: expected ${wanted.length} frames of it from ffmpeg, got ${frames.length}: is the file damaged or still being written?`);
  return indices.map((index) => frames[wanted.indexOf(index)]!);
}

/** Portable pixmaps (P6), one behind the other: each tells its own size, so turned and odd-sized videos need no care. */
function readPixmaps(bytes: Buffer, path: string): RawImage[] {
  const frames: RawImage[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = /^P6\s(\d+)\s(\d+)\s255\s/.exec(bytes.toString('latin1', at, at + 40));
    if (!head) throw new Error(`${path}: ffmpeg wrote something else than pixmaps at byte ${at}`);
    const width = Number(head[1]), height = Number(head[2]), start = at + head[0].length;
    if (width * height > MAX_PIXELS) throw new UserError(`${path}: expected frames of at most ${MAX_PIXELS} pixels, found ${width} x ${height}`);
    at = start + width * height * 3;
    if (at > bytes.length) break; // cut off: counted as missing
    frames.push({ data: bytes.subarray(start, at), width, height });
  }
  return frames;
}

/** What ffmpeg writes to its standard output, and the end of what it says. Playlists in a file may name no address, only files. */
async function ffmpeg(path: string, args: readonly string[], signal?: AbortSignal): Promise<{ readonly output: Buffer; readonly said: string }> {
  throwIfInterrupted(signal);
  const child = spawn('ffmpeg', ['-nostdin', '-v', 'error', '-protocol_whitelist', 'file', '-i', `file:${resolve(path)}`, '-map', '0:v:0', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => { child.kill('SIGKILL'); };
  signal?.addEventListener('abort', stop, { once: true });
  const out: Buffer[] = [];
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => { out.push(chunk); });
  child.stderr.on('data', (chunk: Buffer) => { said = `${said}${chunk.toString()}`.slice(-2000); });
  try {
    const code = await new Promise<number | null>((done, fail) => { child.on('error', fail); child.on('close', done); });
    throwIfInterrupted(signal);
    if (code !== 0) throw new UserError(`${path}: ffmpeg cannot decode it as a video: ${said.trim().split('\n').at(-1)?.trim() || `exit ${code}`}`);
    return { output: Buffer.concat(out), said };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new NoFfmpeg(`${path}: a video file needs ffmpeg, which is not installed (Debian, Ubuntu: apt install ffmpeg); or pass a folder of its frames`);
  } finally { signal?.removeEventListener('abort', stop); }
}
