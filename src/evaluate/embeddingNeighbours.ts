// Nearest neighbours of all rows, exact: umap-js's own search, an approximate one, takes most of its time on wide features.
import { rowProducts, type Matrix, type WorkOptions } from './pcaProducts.ts';

export interface Neighbours {
  /** [rows][k], nearest first, without the row itself; ties by index. */
  readonly indices: readonly (readonly number[])[];
  /** Euclidean, [rows][k]. */
  readonly distances: readonly (readonly number[])[];
}

/** Rows whose products with all later rows are taken together. */
const BLOCK = 256;

/** O(rows^2 x width), each pair once. @throws Interrupted */
export async function nearestNeighbours(points: Matrix, k: number, { signal, onShare }: WorkOptions = {}): Promise<Neighbours> {
  const { values, rows, width } = points, norms = squaredLengths(points), lists = shortLists(rows, k);
  for (let from = 0; from < rows; from += BLOCK) {
    const later = { values: values.subarray(from * width), rows: rows - from, width }, block = { ...later, rows: Math.min(BLOCK, rows - from) };
    await rowProducts(block, later, (products, first, count) => {
      for (let row = from + first; row < from + first + count; row++) {
        const at = (row - from - first) * later.rows - from;
        for (let other = row + 1; other < rows; other++) {
          const twice = 2 * products[at + other]!;
          lists.offer(row, other, norms[other]! - twice);
          lists.offer(other, row, norms[row]! - twice);
        }
      }
    }, { signal });
    onShare?.(1 - ((rows - from - block.rows) / rows) ** 2);
  }
  return measured(points, lists.taken());
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

interface ShortLists {
  /** Keys order the candidates of a row; the first of equals stays first. */
  offer(row: number, candidate: number, key: number): void;
  /** Of each row, smallest key first. */
  taken(): number[][];
}

/** Insertion into short sorted lists: nearly every candidate is farther than the last of them. */
function shortLists(rows: number, k: number): ShortLists {
  const keys = new Float64Array(rows * k).fill(Infinity), candidates = new Int32Array(rows * k).fill(-1);
  return {
    offer(row, candidate, key) {
      const start = row * k;
      let at = start + k - 1;
      if (!(key < keys[at]!)) return;
      while (at > start && keys[at - 1]! > key) { keys[at] = keys[at - 1]!; candidates[at] = candidates[at - 1]!; at--; }
      keys[at] = key;
      candidates[at] = candidate;
    },
    taken: () => Array.from({ length: rows }, (_, row) => Array.from(candidates.subarray(row * k, (row + 1) * k)).filter((candidate) => candidate >= 0)),
  };
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
