// Nearest neighbours of all rows, exact: umap-js's own search, an approximate one, takes most of its time on wide features.
import { rowProducts, type Matrix, type WorkOptions } from './pcaProducts.ts';

export interface Neighbours {
  /** [rows][k], nearest first, without the row itself; ties by index. */
  readonly indices: readonly (readonly number[])[];
  /** Euclidean, [rows][k]. */
  readonly distances: readonly (readonly number[])[];
}

/** O(rows^2 x width). @throws Interrupted */
export async function nearestNeighbours(points: Matrix, k: number, options: WorkOptions = {}): Promise<Neighbours> {
  const norms = squaredLengths(points);
  const found: number[][] = [];
  await rowProducts(points, points, (products, first, count) => {
    for (let i = 0; i < count; i++) found.push(nearest(products.subarray(i * points.rows, (i + 1) * points.rows), norms, first + i, k));
  }, options);
  return measured(points, found);
}

/** The nearest among the candidates of each row, in another space: [rows][>= k] -> [rows][k]. */
export function nearestAmong(points: Matrix, candidates: readonly (readonly number[])[], k: number): Neighbours {
  const { indices, distances } = measured(points, candidates);
  return { indices: indices.map((row) => row.slice(0, k)), distances: distances.map((row) => row.slice(0, k)) };
}

export function squaredLengths({ values, rows, width }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let d = i * width; d < (i + 1) * width; d++) sum += values[d]! * values[d]!;
    return sum;
  });
}

/** Insertion into a short sorted list: nearly every row is farther than its last. */
function nearest(products: Float64Array, norms: Float64Array, self: number, k: number): number[] {
  const indices: number[] = [], keys: number[] = [];
  let last = Infinity;
  for (let j = 0; j < norms.length; j++) {
    const key = norms[j]! - 2 * products[j]!;
    if (key >= last || j === self) continue;
    let at = keys.length < k ? keys.length : k - 1;
    while (at > 0 && keys[at - 1]! > key) { keys[at] = keys[at - 1]!; indices[at] = indices[at - 1]!; at--; }
    keys[at] = key;
    indices[at] = j;
    if (keys.length === k) last = keys[k - 1]!;
  }
  return indices;
}

/** Distances by differences: those by inner products lose their digits where points nearly agree. */
function measured({ values, width }: Matrix, indices: readonly (readonly number[])[]): Neighbours {
  const sorted = indices.map((row, i) => row.map((j) => {
    let sum = 0;
    for (let d = 0; d < width; d++) { const difference = values[i * width + d]! - values[j * width + d]!; sum += difference * difference; }
    return { j, distance: Math.sqrt(sum) };
  }).sort((a, b) => a.distance - b.distance || a.j - b.j));
  return { indices: sorted.map((row) => row.map(({ j }) => j)), distances: sorted.map((row) => row.map(({ distance }) => distance)) };
}
