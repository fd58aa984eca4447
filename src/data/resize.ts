// Bilinear resizing exactly as PIL does it (Pillow's Resample.c, 8 bits per channel): a triangle filter as wide as the scale,
// horizontal then vertical pass, coefficients in 22 bits, bytes between the passes. The authors' data went through it, and
// libvips' nearest equivalent (kernel "linear") differs by up to some grey levels, shrinks by blocks first beyond a factor of 4,
// and costs as much.
import { MARGIN, PRECISION, sumMemory, weightedSums } from './weightedSums.ts';

/** [height, width, 3] bytes, row-major. */
export interface RawImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A rectangle of whole pixels. */
export interface Box { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

/** Output pixel i has `taps` weights from pixel first[i] on; unused ones are 0. */
interface Filter { readonly taps: number; readonly first: Int32Array; readonly weights: Int32Array }

const filters = new Map<number, Filter>();
const MAX_FILTERS = 512;

/** The filter from `from` to `to` pixels; few pairs occur, each is made once. */
function filter(from: number, to: number): Filter {
  const key = from * 65536 + to;
  let found = filters.get(key);
  if (!found) {
    if (filters.size >= MAX_FILTERS) filters.clear();
    filters.set(key, (found = makeFilter(from, to)));
  }
  return found;
}

function makeFilter(from: number, to: number): Filter {
  const rows = Array.from({ length: to }, (_, i) => pixelWeights(from, to, i));
  const taps = Math.max(...rows.map(({ raw }) => raw.length));
  const weights = new Int32Array(to * taps);
  for (const [i, { raw }] of rows.entries()) {
    const sum = raw.reduce((a, b) => a + b, 0);
    for (const [x, weight] of raw.entries()) weights[i * taps + x] = Math.trunc(0.5 + (weight / sum) * (1 << PRECISION));
  }
  return { taps, first: Int32Array.from(rows, ({ low }) => low), weights };
}

/** The triangle around the place of output pixel `i`, as Pillow's precompute_coeffs cuts it. */
function pixelWeights(from: number, to: number, i: number): { low: number; raw: number[] } {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const center = (i + 0.5) * scale;
  const low = Math.max(0, Math.trunc(center - support + 0.5));
  const high = Math.min(from, Math.trunc(center + support + 0.5));
  return { low, raw: Array.from({ length: high - low }, (_, x) => Math.max(0, 1 - Math.abs((x + low - center + 0.5) / support))) };
}

// Weights are not negative and sum to 2^22, give or take their rounding: sums fit 32 bits and end in 0..255 without a clamp.

/**
 * Crops `box` and resizes it to size x size; writes [size, size, 3] bytes at `offset` of `out`. PIL: `crop(box).resize((size, size), BILINEAR)`.
 * Where a side has the size already, its filter has a single weight of one and changes nothing.
 */
export function resizeInto(image: RawImage, box: Box, size: number, out: Uint8Array, offset = 0): void {
  const [columns, rows] = [filter(box.width, size), filter(box.height, size)];
  const stride = image.width * 3, between = size * 3 + 1; // sums come in fours: a row's last pixel writes one byte more
  const source = 0, passed = box.height * stride + MARGIN, result = passed + box.height * between + MARGIN;
  const weights = align(result + size * size * 3 + MARGIN), end = weights + columns.weights.byteLength + rows.weights.byteLength;
  // weights that a pixel does not need are zero, but their pixels are read, beyond the image too
  const bytes = sumMemory(end + Math.max(columns.taps * 3, rows.taps * between) + MARGIN);
  bytes.set(image.data.subarray(box.top * stride, (box.top + box.height) * stride), source);
  new Int32Array(bytes.buffer, weights).set(columns.weights);
  new Int32Array(bytes.buffer, weights + columns.weights.byteLength).set(rows.weights);
  horizontal(columns, { from: source + box.left * 3, to: passed, weights, height: box.height, stride, between, size });
  vertical(rows, { from: passed, to: result, weights: weights + columns.weights.byteLength, between, size });
  out.set(bytes.subarray(result, result + size * size * 3), offset);
}

const align = (address: number): number => Math.ceil(address / 4) * 4;

interface Pass { readonly from: number; readonly to: number; readonly weights: number; readonly between: number; readonly size: number }

/** Columns to `size` columns, one after the other, each down all rows: so the weights stay the same. */
function horizontal({ taps, first }: Filter, { from, to, weights, height, stride, between, size }: Pass & { readonly height: number; readonly stride: number }): void {
  const sums = weightedSums(taps, 3);
  for (let x = 0; x < size; x++) sums(from + first[x]! * 3, weights + x * taps * 4, to + x * 3, height, stride, between);
}

/** Rows to `size` rows, four bytes at a time. */
function vertical({ taps, first }: Filter, { from, to, weights, between, size }: Pass): void {
  const sums = weightedSums(taps, between);
  for (let y = 0; y < size; y++) sums(from + first[y]! * between, weights + y * taps * 4, to + y * size * 3, Math.ceil((size * 3) / 4), 4, 4);
}

export const wholeImage = ({ width, height }: { readonly width: number; readonly height: number }): Box => ({ left: 0, top: 0, width, height });
