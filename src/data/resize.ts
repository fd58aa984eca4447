// Bilinear resizing exactly as PIL does it (Pillow's Resample.c, 8 bits per channel): a triangle filter as wide as the scale,
// horizontal then vertical pass, coefficients in 22 bits, bytes between the passes. The authors' data went through it, and
// libvips' nearest equivalent (kernel "linear") differs by up to some grey levels, shrinks by blocks first beyond a factor of 4,
// and costs as much.

/** [height, width, 3] bytes, row-major. */
export interface RawImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** A rectangle of whole pixels. */
export interface Box { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

const PRECISION = 22;
const HALF = 1 << (PRECISION - 1);

/** Every output pixel has `taps` weights from pixel `first` on; unused ones are 0. */
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

/** The loops below read four pixels at a time without asking; crops to about half need no more. */
const UNROLLED = 4;

function makeFilter(from: number, to: number): Filter {
  const rows = Array.from({ length: to }, (_, i) => pixelWeights(from, to, i));
  const taps = Math.max(UNROLLED, ...rows.map(({ raw }) => raw.length));
  const first = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (const [i, { low, raw }] of rows.entries()) {
    const shift = Math.min(low, Math.max(0, low + taps - from)); // keeps the unused taps inside the image
    const sum = raw.reduce((a, b) => a + b, 0);
    first[i] = low - shift;
    for (const [x, weight] of raw.entries()) weights[i * taps + shift + x] = Math.trunc(0.5 + (weight / sum) * (1 << PRECISION));
  }
  return { taps, first, weights };
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
 * Rows of `box` to `size` columns: [box.height, size, 3]. Column after column, so that the weights stay in registers:
 * nearly twice as fast as row after row, though the reads are strided.
 */
function horizontal({ data, width }: RawImage, box: Box, size: number): Uint8Array {
  const { taps, first, weights } = filter(box.width, size);
  const inStride = width * 3, outStride = size * 3, length = box.height * outStride;
  const out = scratch(length);
  for (let x = 0, k = 0; x < size; x++, k += taps) {
    const w0 = weights[k]!, w1 = weights[k + 1]!, w2 = weights[k + 2]!, w3 = weights[k + 3]!;
    let p = (box.top * width + box.left + first[x]!) * 3;
    for (let o = x * 3; o < length; o += outStride, p += inStride) {
      let r = HALF + Math.imul(data[p]!, w0) + Math.imul(data[p + 3]!, w1) + Math.imul(data[p + 6]!, w2) + Math.imul(data[p + 9]!, w3);
      let g = HALF + Math.imul(data[p + 1]!, w0) + Math.imul(data[p + 4]!, w1) + Math.imul(data[p + 7]!, w2) + Math.imul(data[p + 10]!, w3);
      let b = HALF + Math.imul(data[p + 2]!, w0) + Math.imul(data[p + 5]!, w1) + Math.imul(data[p + 8]!, w2) + Math.imul(data[p + 11]!, w3);
      for (let t = UNROLLED, q = p + UNROLLED * 3; t < taps; t++, q += 3) {
        const weight = weights[k + t]!;
        r += Math.imul(data[q]!, weight);
        g += Math.imul(data[q + 1]!, weight);
        b += Math.imul(data[q + 2]!, weight);
      }
      out[o] = r >> PRECISION;
      out[o + 1] = g >> PRECISION;
      out[o + 2] = b >> PRECISION;
    }
  }
  return out;
}

let scratchRows = new Uint8Array(0);

/** The rows between the passes; the same memory each time, as fresh pages cost time. */
function scratch(length: number): Uint8Array {
  if (scratchRows.length < length) scratchRows = new Uint8Array(length);
  return scratchRows.subarray(0, length);
}

/** Columns of [height, size, 3] to `size` rows, written at `offset` of `out`. */
function vertical(rows: Uint8Array, height: number, size: number, out: Uint8Array, offset: number): void {
  const { taps, first, weights } = filter(height, size);
  const stride = size * 3;
  for (let y = 0, k = 0, o = offset; y < size; y++, k += taps) {
    const w0 = weights[k]!, w1 = weights[k + 1]!, w2 = weights[k + 2]!, w3 = weights[k + 3]!;
    const start = first[y]! * stride, end = start + stride;
    for (let p = start; p < end; p++, o++) {
      let sum = HALF + Math.imul(rows[p]!, w0) + Math.imul(rows[p + stride]!, w1) + Math.imul(rows[p + 2 * stride]!, w2) + Math.imul(rows[p + 3 * stride]!, w3);
      for (let t = UNROLLED, q = p + UNROLLED * stride; t < taps; t++, q += stride) sum += Math.imul(rows[q]!, weights[k + t]!);
      out[o] = sum >> PRECISION;
    }
  }
}

/** Rows of `box` as they are: [box.height, box.width, 3]. */
function cropRows(image: RawImage, box: Box): Uint8Array {
  if (box.width === image.width) return image.data.subarray(box.top * image.width * 3, (box.top + box.height) * image.width * 3);
  const out = new Uint8Array(box.height * box.width * 3);
  for (let y = 0; y < box.height; y++) {
    const start = ((y + box.top) * image.width + box.left) * 3;
    out.set(image.data.subarray(start, start + box.width * 3), y * box.width * 3);
  }
  return out;
}

/** Crops `box` and resizes it to size x size; writes [size, size, 3] bytes at `offset` of `out`. PIL: `crop(box).resize((size, size), BILINEAR)`. */
export function resizeInto(image: RawImage, box: Box, size: number, out: Uint8Array, offset = 0): void {
  const rows = box.width === size ? cropRows(image, box) : horizontal(image, box, size);
  if (box.height === size) out.set(rows, offset);
  else vertical(rows, box.height, size, out, offset);
}

export const wholeImage = ({ width, height }: { readonly width: number; readonly height: number }): Box => ({ left: 0, top: 0, width, height });
