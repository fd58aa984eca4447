// How far a map keeps neighbourhoods (Venna and Kaski 2001): 1 when the k nearest points of the map are near in feature
// space too; every intruder costs the ranks that it lies too far out.
import { random } from '../random.ts';
import { squaredLengths } from './embeddingNeighbours.ts';
import { rowProducts, type Matrix, type WorkOptions } from './pcaProducts.ts';

export interface TrustworthinessOptions extends WorkOptions {
  /** Neighbours, default 15. */
  readonly k?: number;
  /** Judges so many points only, drawn by `seed`; default all. Their neighbours are sought among all. */
  readonly sample?: number;
  readonly seed?: number;
}

/** @param map [rows, 2] @returns as scikit-learn's. @throws RangeError unless k < rows / 2; Interrupted */
export async function trustworthiness(features: Matrix, map: Float32Array, { k = 15, sample = features.rows, seed = 1, signal, onShare }: TrustworthinessOptions = {}): Promise<number> {
  const n = features.rows;
  if (!(k >= 1 && k < n / 2)) throw new RangeError(`trustworthiness: expected k from 1 to less than half of ${n} points, found ${k}`);
  const all = Array.from({ length: n }, (_, i) => i);
  const drawn = sample >= n ? all : random(seed, 'trustworthiness').shuffle(all).slice(0, sample);
  const norms = squaredLengths(features);
  let penalty = 0;
  await rowProducts(take(features, drawn), features, (products, first, count) => {
    for (let i = 0; i < count; i++) penalty += penaltyOf(products.subarray(i * n, (i + 1) * n), norms, map, drawn[first + i]!, k);
  }, { signal, ...onShare && { onShare } });
  return 1 - (2 * penalty) / (drawn.length * k * (2 * n - 3 * k - 1));
}

function take({ values, width }: Matrix, rows: readonly number[]): Matrix {
  const taken = new Float32Array(rows.length * width);
  rows.forEach((row, i) => { taken.set(values.subarray(row * width, (row + 1) * width), i * width); });
  return { values: taken, rows: rows.length, width };
}

function penaltyOf(products: Float64Array, norms: Float64Array, map: Float32Array, self: number, k: number): number {
  const far = norms.map((norm, j) => (j === self ? -Infinity : norm - 2 * products[j]!));   // monotone in the distance
  const rank = (j: number): number => far.reduce((before, value, i) => before + Number(value < far[j]! || (value === far[j]! && i < j)), 0);
  return nearestInMap(map, self, k).reduce((sum, j) => sum + Math.max(0, rank(j) - k), 0);
}

function nearestInMap(map: Float32Array, self: number, k: number): number[] {
  const [x, y] = [map[2 * self]!, map[2 * self + 1]!];
  const squared = Array.from({ length: map.length / 2 }, (_, j) => ({ j, d: (map[2 * j]! - x) * (map[2 * j]! - x) + (map[2 * j + 1]! - y) * (map[2 * j + 1]! - y) }));
  return squared.filter(({ j }) => j !== self).sort((a, b) => a.d - b.d || a.j - b.j).slice(0, k).map(({ j }) => j);
}
