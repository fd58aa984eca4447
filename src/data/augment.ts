// The authors' clip-consistent augmentation (video_transform.py, dataset_DFEW.py; reference/paper.md section 10, items 16-17):
// random sized crop, resize, flip, /255, brightness, rotation. One draw holds for all frames of a clip.
import type { Random } from '../random.ts';
import { wholeImage, type Box } from './resize.ts';

/** One draw, plain data. */
export interface Augmentation {
  /** In pixels of the frames it was drawn for. */
  readonly crop: Box;
  readonly flip: boolean;
  /** Factor on the intensity, then clamped to [0, 1]. */
  readonly brightness: number;
  /** Degrees, counter-clockwise. */
  readonly rotation: number;
}

const AREA = [0.85, 1] as const;
const ASPECT = [3 / 5, 5 / 3] as const;
const ATTEMPTS = 10;
const BRIGHTNESS = [0.4, 1.6] as const;
const MAX_ROTATION = 4;

/** The authors' draw for frames of width x height pixels, in their order of draws. */
export function drawAugmentation(random: Random, width: number, height: number): Augmentation {
  return {
    crop: drawCrop(random, width, height),
    flip: random.chance(0.5),
    brightness: random.uniform(...BRIGHTNESS),
    rotation: random.uniform(-MAX_ROTATION, MAX_ROTATION),
  };
}

/**
 * GroupRandomSizedCrop. Square frames fall back to the whole image in 18 % of draws, since an aspect beyond .85-1.18 cannot fit.
 * The authors' fallback scales the shorter side and crops a square at random, not at the centre: the largest square at a random place.
 */
function drawCrop(random: Random, width: number, height: number): Box {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = random.uniform(...AREA) * width * height;
    const aspect = random.uniform(...ASPECT);
    let [w, h] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))];
    if (random.chance(0.5)) [w, h] = [h, w];
    if (w <= width && h <= height) return placeCrop(random, w, h, width, height);
  }
  const side = Math.min(width, height);
  return placeCrop(random, side, side, width, height);
}

const placeCrop = (random: Random, w: number, h: number, width: number, height: number): Box =>
  ({ left: random.integer(width - w + 1), top: random.integer(height - h + 1), width: w, height: h });

/** What the test data gets: the whole frame, nothing else. */
export const noAugmentation = (width: number, height: number): Augmentation => ({ crop: wholeImage({ width, height }), flip: false, brightness: 1, rotation: 0 });

/** Frames of one clip may differ in size: the same share of each is cropped. */
export function scaleCrop(crop: Box, from: { width: number; height: number }, to: { width: number; height: number }): Box {
  if (from.width === to.width && from.height === to.height) return crop;
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  const left = Math.min(Math.floor(crop.left * sx), to.width - 1);
  const top = Math.min(Math.floor(crop.top * sy), to.height - 1);
  const within = (length: number, room: number): number => Math.max(1, Math.min(Math.round(length), room));
  return { left, top, width: within(crop.width * sx, to.width - left), height: within(crop.height * sy, to.height - top) };
}

/**
 * Where each pixel of the flipped and rotated image comes from, as an index of the resized one; -1 is black.
 * torchvision's rotate of a tensor: about the centre, nearest pixel (halves to the even one), fill 0.
 * @returns [size * size], undefined when nothing moves.
 */
export function pixelMap({ flip, rotation }: Pick<Augmentation, 'flip' | 'rotation'>, size: number): Int32Array | undefined {
  if (!flip && rotation === 0) return undefined;
  const map = new Int32Array(size * size);
  const angle = (rotation * Math.PI) / 180;
  const [cos, sin, half] = [Math.cos(angle), Math.sin(angle), size / 2];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [dx, dy] = [x + 0.5 - half, y + 0.5 - half];
      const sx = roundHalfEven(cos * dx - sin * dy + half - 0.5);
      const sy = roundHalfEven(sin * dx + cos * dy + half - 0.5);
      const isInside = sx >= 0 && sx < size && sy >= 0 && sy < size;
      map[y * size + x] = isInside ? sy * size + (flip ? size - 1 - sx : sx) : -1;
    }
  }
  return map;
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** float32 value of each byte after /255, brightness and the clamp to [0, 1]. */
export function brightnessTable(brightness: number): Float32Array {
  const factor = Math.fround(brightness);
  return Float32Array.from({ length: 256 }, (_, byte) => Math.min(1, Math.fround(Math.fround(byte / 255) * factor)));
}

/**
 * Flip, brightness and rotation of resized frames; bytes in, numbers in [0, 1] out. As rotation takes nearest pixels and fills
 * with 0, it commutes with the brightness, so both are one look-up.
 * @param frames [frames, size, size, 3]  @param out receives the same shape at `offset`
 */
export function applyToFrames(frames: Uint8Array, size: number, augmentation: Augmentation, out: Float32Array, offset = 0): void {
  const table = brightnessTable(augmentation.brightness);
  const map = pixelMap(augmentation, size);
  if (!map) {
    for (let i = 0; i < frames.length; i++) out[offset + i] = table[frames[i]!]!;
    return;
  }
  const frameLength = size * size * 3;
  for (let start = 0; start < frames.length; start += frameLength) {
    for (let p = 0, o = offset + start; p < map.length; p++, o += 3) {
      const from = map[p]!;
      if (from < 0) continue; // a fresh batch is all zeros
      const i = start + from * 3;
      out[o] = table[frames[i]!]!;
      out[o + 1] = table[frames[i + 1]!]!;
      out[o + 2] = table[frames[i + 2]!]!;
    }
  }
}
