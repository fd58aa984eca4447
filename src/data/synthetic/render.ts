// A frame as JPEG bytes: drawn by resvg on the clip's background, then what a camera does: blur, exposure, tint, noise, compression.
// The camera works on bytes in plain loops, in integers or in one order of operations, so that every machine gets the same bytes.

import { Resvg } from '@resvg/resvg-js';
import sharp from 'sharp';
import type { ClipDescription } from './describe.ts';
import { backgroundSvg, faceSvg } from './face/face.ts';
import { makePalette } from './face/palette.ts';
import type { Camera } from './scene.ts';

// one thread a call: the parallelism is the workers'
sharp.concurrency(1);
sharp.cache(false);

/** RGBA, premultiplied. */
export const rasterise = (svg: string): Uint8Array => new Resvg(svg, { font: { loadSystemFonts: false } }).render().pixels;

/** Draws any frame of one clip; the background is drawn once. */
export function frameRenderer(clip: ClipDescription, size: number): (frame: number) => Promise<Buffer> {
  const background = rasterise(backgroundSvg(clip.scene, size));
  const palette = makePalette(clip.identity, clip.scene);
  const develop = makeDevelop(clip.camera, size);
  return (frame) => {
    const svg = faceSvg(clip.identity, clip.activation[frame]!, clip.poses[frame]!, clip.scene, size, palette);
    // optimised Huffman tables would save a tenth of the bytes and take twice the time
    const data = develop(layOver(rasterise(svg), background), frame);
    return sharp(data, { raw: { width: size, height: size, channels: 3 } }).jpeg({ quality: clip.camera.quality, optimiseCoding: false }).toBuffer();
  };
}

/** RGB of a premultiplied drawing on an opaque background. */
export function layOver(drawing: Uint8Array, background: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(drawing.length / 4 * 3);
  for (let i = 0, o = 0; i < drawing.length; i += 4, o += 3) {
    const rest = 255 - drawing[i + 3]!;
    if (rest === 0) {
      rgb[o] = drawing[i]!;
      rgb[o + 1] = drawing[i + 1]!;
      rgb[o + 2] = drawing[i + 2]!;
    } else {
      rgb[o] = drawing[i]! + share(rest, background[i]!);
      rgb[o + 1] = drawing[i + 1]! + share(rest, background[i + 1]!);
      rgb[o + 2] = drawing[i + 2]! + share(rest, background[i + 2]!);
    }
  }
  return rgb;
}

/** a b / 255, rounded, for bytes. */
function share(a: number, b: number): number {
  const x = a * b + 128;
  return (x + (x >> 8)) >> 8;
}

/** Sums of four uniform numbers: normal with deviation 32, near enough. */
const NOISE = (() => {
  const table = new Int8Array(65536);
  let state = 12345;
  for (let i = 0; i < table.length; i++) {
    let sum = 0;
    for (let k = 0; k < 4; k++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      sum += (state >>> 8) / 16777216;
    }
    table[i] = Math.round((sum - 2) * 55);
  }
  return table;
})();

/** The camera for one clip: RGB in, RGB out, in fixed point with 8 bits behind the point. */
function makeDevelop({ blur, exposure, tint, tintOpacity, noise, noiseOffset }: Camera, size: number): (rgb: Uint8Array, frame: number) => Uint8ClampedArray {
  const gain = exposure * (1 - tintOpacity);
  const [red, green, blue] = tint.map((c) => Int32Array.from({ length: 256 }, (_, v) => Math.round(256 * (v * gain + exposure * tintOpacity * c + 0.5)))) as [Int32Array, Int32Array, Int32Array];
  const grain = Int16Array.from(NOISE, (n) => Math.round(8 * noise * n));
  const soften = blur > 0 ? makeBlur(blur * size / 160, size) : (rgb: Uint8Array): Uint8Array => rgb;
  return (rgb, frame) => {
    const picture = soften(rgb);
    const out = new Uint8ClampedArray(picture.length);
    for (let y = 0, i = 0; y < size; y++) {
      let n = noiseOffset + frame * 7919 + y * 40503; // every row begins elsewhere in the table, so that no pattern repeats
      for (const end = i + 3 * size; i < end; i += 3, n += 3) {
        out[i] = (red[picture[i]!]! + grain[n & 65535]!) >> 8;
        out[i + 1] = (green[picture[i + 1]!]! + grain[(n + 1) & 65535]!) >> 8;
        out[i + 2] = (blue[picture[i + 2]!]! + grain[(n + 2) & 65535]!) >> 8;
      }
    }
    return out;
  };
}

/** Separable Gaussian of the given deviation in pixels, edges repeated. */
function makeBlur(deviation: number, size: number): (rgb: Uint8Array) => Uint8Array {
  const reach = Math.max(1, Math.ceil(2.5 * deviation));
  const bell = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-(i - reach) * (i - reach) / (2 * deviation * deviation)));
  const sum = bell.reduce((a, b) => a + b, 0);
  const weights = bell.map((w) => w / sum);
  return (rgb) => blurAlong(blurAlong(rgb, size, weights, reach, 3, 3 * size), size, weights, reach, 3 * size, 3);
}

/** @param step distance of neighbours along the blur; @param stride distance of the lines. */
function blurAlong(source: Uint8Array, size: number, weights: Float64Array, reach: number, step: number, stride: number): Uint8Array {
  const out = new Uint8Array(source.length);
  for (let line = 0; line < size; line++) {
    for (let x = 0; x < size; x++) {
      let [r, g, b] = [0, 0, 0];
      for (let k = -reach; k <= reach; k++) {
        const at = line * stride + Math.min(size - 1, Math.max(0, x + k)) * step;
        const w = weights[k + reach]!;
        r += w * source[at]!;
        g += w * source[at + 1]!;
        b += w * source[at + 2]!;
      }
      const o = line * stride + x * step;
      out[o] = Math.round(r);
      out[o + 1] = Math.round(g);
      out[o + 2] = Math.round(b);
    }
  }
  return out;
}
