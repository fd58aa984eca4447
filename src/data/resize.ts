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

interface Filter { readonly taps: number; readonly first: Int32Array; readonly count: Int32Array; readonly weights: Int32Array }

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
  const scale = from / to;
  const support = Math.max(scale, 1);
  const taps = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(to);
  const count = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const low = Math.max(0, Math.trunc(center - support + 0.5));
    const high = Math.min(from, Math.trunc(center + support + 0.5));
    const raw = Array.from({ length: high - low }, (_, x) => Math.max(0, 1 - Math.abs((x + low - center + 0.5) / support)));
    const sum = raw.reduce((a, b) => a + b, 0);
    first[i] = low;
    count[i] = high - low;
    raw.forEach((weight, x) => { weights[i * taps + x] = Math.trunc(0.5 + (weight / sum) * (1 << PRECISION)); });
  }
  return { taps, first, count, weights };
}

const clip8 = (value: number): number => { const byte = value >> PRECISION; return byte < 0 ? 0 : byte > 255 ? 255 : byte; };

/** Rows of `box` to `size` columns: [box.height, size, 3]. */
function horizontal(image: RawImage, box: Box, size: number): Uint8Array {
  const { taps, first, count, weights } = filter(box.width, size);
  const { data } = image;
  const out = new Uint8Array(box.height * size * 3);
  for (let y = 0, o = 0; y < box.height; y++) {
    const row = ((y + box.top) * image.width + box.left) * 3;
    for (let x = 0; x < size; x++, o += 3) {
      let [r, g, b] = [HALF, HALF, HALF];
      const end = x * taps + count[x]!;
      for (let k = x * taps, p = row + first[x]! * 3; k < end; k++, p += 3) {
        const weight = weights[k]!;
        r += data[p]! * weight;
        g += data[p + 1]! * weight;
        b += data[p + 2]! * weight;
      }
      out[o] = clip8(r);
      out[o + 1] = clip8(g);
      out[o + 2] = clip8(b);
    }
  }
  return out;
}

/** Columns of [height, size, 3] to `size` rows, written at `offset` of `out`. */
function vertical(rows: Uint8Array, height: number, size: number, out: Uint8Array, offset: number): void {
  const { taps, first, count, weights } = filter(height, size);
  const stride = size * 3;
  const sums = new Int32Array(stride);
  for (let y = 0; y < size; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]!; k++) {
      const weight = weights[y * taps + k]!;
      const p = (first[y]! + k) * stride;
      for (let i = 0; i < stride; i++) sums[i]! += rows[p + i]! * weight;
    }
    for (let i = 0; i < stride; i++) out[offset + y * stride + i] = clip8(sums[i]!);
  }
}

/** Crops `box` and resizes it to size x size; writes [size, size, 3] bytes at `offset` of `out`. PIL: `crop(box).resize((size, size), BILINEAR)`. */
export function resizeInto(image: RawImage, box: Box, size: number, out: Uint8Array, offset = 0): void {
  vertical(horizontal(image, box, size), box.height, size, out, offset);
}

export const wholeImage = ({ width, height }: { readonly width: number; readonly height: number }): Box => ({ left: 0, top: 0, width, height });
