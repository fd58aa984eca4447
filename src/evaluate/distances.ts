// All distances between feature vectors, computed once: every measure of separation, of any subset, raw or
// L2-normalised, is a function of them.
import { throwIfInterrupted } from '../errors.ts';
import type { Progress } from '../data/clip.ts';

export interface Distances {
  readonly size: number;
  /** Squared Euclidean distance of vectors i and j. */
  squared(i: number, j: number): number;
}

export interface Gram {
  readonly size: number;
  /** Upper triangle with diagonal of X X^T, row by row: [n (n + 1) / 2]. */
  readonly products: Float64Array;
}

/** Index of the product of i <= j in a Gram matrix's triangle. */
const at = (n: number, i: number, j: number): number => i * n - (i * (i - 1)) / 2 + j - i;

/** Vectors per block: two blocks of 4096-wide vectors stay in a core's cache. */
const BLOCK = 32;

/** Inner products of all pairs in float64. values [n, width]. Gives way to the event loop between blocks. @throws Interrupted */
export async function gramMatrix(values: Float32Array, width: number, options: { signal?: AbortSignal | undefined; onProgress?: (progress: Progress) => void } = {}): Promise<Gram> {
  const n = values.length / width;
  const products = new Float64Array((n * (n + 1)) / 2);
  for (let i0 = 0; i0 < n; i0 += BLOCK) {
    for (let j0 = i0; j0 < n; j0 += BLOCK) fillBlock(values, width, n, i0, j0, products);
    options.onProgress?.({ done: Math.min(n, i0 + BLOCK), total: n });
    await new Promise((resolve) => { setImmediate(resolve); });
    throwIfInterrupted(options.signal);
  }
  return { size: n, products };
}

function fillBlock(values: Float32Array, width: number, n: number, i0: number, j0: number, products: Float64Array): void {
  for (let i = i0; i < Math.min(n, i0 + BLOCK); i++) {
    for (let j = Math.max(i, j0); j < Math.min(n, j0 + BLOCK); j++) {
      let sum = 0;
      for (let a = i * width, b = j * width, end = a + width; a < end; a++, b++) sum += values[a]! * values[b]!;
      products[at(n, i, j)] = sum;
    }
  }
}

/** Distances of the vectors as they are. */
export function rawDistances({ size, products }: Gram): Distances {
  const norms = Float64Array.from({ length: size }, (_, i) => products[at(size, i, i)]!);
  return { size, squared: (i, j) => (i === j ? 0 : Math.max(0, norms[i]! + norms[j]! - 2 * products[i < j ? at(size, i, j) : at(size, j, i)]!)) };
}

/** Distances of the vectors divided by their lengths (monotone in the cosine); a zero vector stays zero. */
export function normalisedDistances({ size, products }: Gram): Distances {
  const lengths = Float64Array.from({ length: size }, (_, i) => Math.sqrt(products[at(size, i, i)]!));
  const inverse = lengths.map((length) => (length > 0 ? 1 / length : 0));
  const norms = lengths.map((length) => (length > 0 ? 1 : 0));
  return {
    size,
    squared: (i, j) => (i === j ? 0 : Math.max(0, norms[i]! + norms[j]! - 2 * products[i < j ? at(size, i, j) : at(size, j, i)]! * inverse[i]! * inverse[j]!)),
  };
}
