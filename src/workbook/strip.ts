// Frames of a clip side by side, with the curve of its intensity below, as one picture.
import sharp from 'sharp';
import { display } from './host.ts';
import { frameMark, mayShow, warn, type FrameSource } from './licence.ts';

/** A path, or the encoded image itself. */
export type FrameImage = string | Buffer;

export interface StripOptions extends FrameSource {
  /** Intensity of every frame of the clip, 0 to 1. */
  readonly intensity?: readonly number[] | undefined;
  /** What it is, e.g. "clip 00012: fear". */
  readonly caption?: string;
  /** Frames shown, evenly spaced over the clip. Default 8. */
  readonly count?: number;
}

/** Pixels. */
const SIDE = 112, GAP = 4, CURVE = 64;

/** @param frames all images of the clip, in the order of time */
export async function strip(frames: readonly FrameImage[], options: StripOptions): Promise<void> {
  const { isSynthetic, intensity, caption = 'clip' } = options;
  const words = describe(caption, frames.length, intensity);
  if (!mayShow(options)) {
    display({ 'text/plain': `${words} (frames of a licensed set are not shown; embedFrames shows them here, and the notebook must then not be given away)` });
    return;
  }
  const image = await stripImage(frames, options);
  display({ 'image/jpeg': image.toString('base64'), 'text/plain': `[frames] ${words}` }, undefined, frameMark(options));
  if (isSynthetic) display({ 'text/markdown': `*${words}*`, 'text/plain': words });
  else warn(words);
}

/** The picture alone, as a JPEG. */
export async function stripImage(frames: readonly FrameImage[], { intensity, count = 8 }: Pick<StripOptions, 'intensity' | 'count'> = {}): Promise<Buffer> {
  const shown = pickFrames(frames.length, count);
  const width = shown.length * (SIDE + GAP) - GAP, height = SIDE + (intensity ? CURVE + GAP : 0);
  const tiles = await Promise.all(shown.map(async (frame, i) => ({
    input: await sharp(frames[frame]).resize(SIDE, SIDE, { fit: 'cover' }).toBuffer(), left: i * (SIDE + GAP), top: 0,
  })));
  const curve = intensity ? [{ input: Buffer.from(curveSvg(intensity, shown, width)), left: 0, top: SIDE + GAP }] : [];
  return sharp({ create: { width, height, channels: 3, background: '#ffffff' } }).composite([...tiles, ...curve]).jpeg({ quality: 82 }).toBuffer();
}

/** The middle frame of each of `count` equal parts: a frame stands above its place on the curve. */
export function pickFrames(frames: number, count: number): number[] {
  const n = Math.min(frames, count);
  return Array.from({ length: n }, (_, i) => Math.floor(((i + 0.5) * frames) / n));
}

function curveSvg(intensity: readonly number[], shown: readonly number[], width: number): string {
  const x = (frame: number): string => (((frame + 0.5) / intensity.length) * width).toFixed(1);
  const y = (value: number): string => (CURVE - 5 - Math.min(1, Math.max(0, value)) * (CURVE - 10)).toFixed(1);
  const line = intensity.map((value, frame) => `${x(frame)},${y(value)}`).join(' ');
  const rule = (value: number): string => `<line x1="0" x2="${width}" y1="${y(value)}" y2="${y(value)}" stroke="#d0d7de"/>`;
  const dots = shown.map((frame) => `<circle cx="${x(frame)}" cy="${y(intensity[frame] ?? 0)}" r="4" fill="#0072B2"/>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${CURVE}">${rule(0)}${rule(0.5)}${rule(1)}<polyline points="${line}" fill="none" stroke="#0072B2" stroke-width="2"/>${dots}</svg>`;
}

function describe(caption: string, frames: number, intensity: readonly number[] | undefined): string {
  if (!intensity || intensity.length === 0) return `${caption}, ${frames} frames`;
  const peak = Math.max(...intensity);
  return `${caption}, ${frames} frames; below, true intensity from 0 to 1, peak ${peak.toFixed(2)} at frame ${intensity.indexOf(peak) + 1}`;
}
