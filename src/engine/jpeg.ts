// A fast JPEG decoder for loader threads, from the TensorFlow that set-up installed: the bytes that sharp gives, at a third of its cost.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { resolveEngine } from './home.ts';

/** Three bytes a pixel, row-major. */
export interface Pixels { readonly data: Buffer; readonly width: number; readonly height: number }

/** undefined for whatever it is not sure to decode as sharp does, and for a damaged file. */
export type JpegDecoder = (bytes: Buffer) => Pixels | undefined;

/**
 * undefined where the engine is not set up, or its TensorFlow has no such function. IAL_JPEG=sharp does without.
 * The main thread loads it before any other does: TensorFlow's library is silenced by the process's environment, of which other
 * threads have a copy, and by pointing standard error away while it loads, which two threads must not do at once.
 */
export function loadJpegDecoder(): JpegDecoder | undefined {
  const home = process.env['IAL_JPEG'] === 'sharp' ? undefined : resolveEngine();
  const [quiet, jpeg] = ['quiet', 'jpeg'].map((name) => join(home?.packageDir ?? '', `lib/napi-v8/${name}.node`)) as [string, string];
  if (!home || !existsSync(jpeg)) return undefined;
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';
  const require = createRequire(import.meta.url);
  try {
    if (existsSync(quiet)) require(quiet);
    const { decode } = require(jpeg) as { decode?: JpegDecoder };
    return decode && ((bytes) => (isPlain(bytes) ? decode(bytes) : undefined));
  } catch {
    return undefined;
  }
}

/** Beyond it sharp decides whether to refuse. */
const MAX_PIXELS = 4096 * 4096;

/** Three components in YCbCr without a colour profile, from the first marker to the last: all that both decoders treat alike. */
export function isPlain(bytes: Buffer): boolean {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8 || bytes.readUInt16BE(bytes.length - 2) !== 0xffd9) return false;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    if (marker === 0xe2 || marker === 0xee) return false; // a colour profile; Adobe's transform
    if (isFrame(marker)) return at + 10 <= bytes.length && bytes[at + 4] === 8 && bytes[at + 9] === 3 && bytes.readUInt16BE(at + 5) * bytes.readUInt16BE(at + 7) <= MAX_PIXELS;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return false;
}

/** SOF0 and SOF2: baseline and progressive. */
const isFrame = (marker: number): boolean => marker === 0xc0 || marker === 0xc1 || marker === 0xc2;
