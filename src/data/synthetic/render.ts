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
      rgb[o] = drawing[i]! + Math.round(rest * background[i]! / 255);
      rgb[o + 1] = drawing[i + 1]! + Math.round(rest * background[i + 1]! / 255);
      rgb[o + 2] = drawing[i + 2]! + Math.round(rest * background[i + 2]! / 255);
    }
  }
  return rgb;
}

/** Sums of four uniform numbers: normal with deviation 32, near enough; each frame begins at another place. */
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

/** The camera for one clip: RGB in, RGB out. */
function makeDevelop({ blur, exposure, tint, tintOpacity, noise, noiseOffset }: Camera, size: number): (rgb: Uint8Array, frame: number) => Uint8Array {
  const gain = exposure * (1 - tintOpacity);
  const lift = tint.map((c) => exposure * tintOpacity * c);
  const tone = lift.map((l) => Float32Array.from({ length: 256 }, (_, v) => v * gain + l + 0.5));
  const grain = Float32Array.from({ length: 256 }, (_, v) => (v - 128) * noise / 32);
  const soften = blur > 0 ? makeBlur(blur * size / 160, size) : (rgb: Uint8Array): Uint8Array => rgb;
  return (rgb, frame) => {
    const picture = soften(rgb);
    const out = new Uint8ClampedArray(picture.length);
    const [red, green, blue] = [tone[0]!, tone[1]!, tone[2]!];
    let n = noiseOffset + frame * 7919;
    for (let i = 0; i < picture.length; i += 3) {
      if ((i & 1023) < 3) n = Math.imul(n, 31) + 17; // the table is shorter than a picture: jump, so that no pattern repeats
      out[i] = Math.floor(red[picture[i]!]! + grain[NOISE[n & 65535]! + 128]!);
      out[i + 1] = Math.floor(green[picture[i + 1]!]! + grain[NOISE[(n + 1) & 65535]! + 128]!);
      out[i + 2] = Math.floor(blue[picture[i + 2]!]! + grain[NOISE[(n + 2) & 65535]! + 128]!);
      n += 3;
    }
    return out as unknown as Uint8Array;
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
