// Exact nearest neighbours in feature space. Beyond what a full search may cost, clips are ruled out by their principal
// components: the difference along them and the difference of what they leave out can only be shorter than the distance.
import { nearestAmong, nearestNeighbours, squaredLengths, type Neighbours } from '../evaluate/embeddingNeighbours.ts';
import { principalComponents } from '../evaluate/pca.ts';
import { rowProducts, type Matrix, type WorkOptions } from '../evaluate/pcaProducts.ts';

/** Products of the full search: some 20 s on one core. */
const FULL_PRODUCTS = 2e10;
const COMPONENTS = 64;

export interface SearchOptions extends WorkOptions {
  readonly seed: number;
  readonly fullProducts?: number;
}

/** The k nearest other clips of each, nearest first. points [clips, width]. @throws Interrupted */
export async function exactNeighbours(points: Matrix, k: number, options: SearchOptions): Promise<Neighbours> {
  const { fullProducts = FULL_PRODUCTS, signal } = options;
  if (points.rows * points.rows * points.width <= fullProducts || points.width <= COMPONENTS) return nearestNeighbours(points, k, options);
  const centred = centre(points);
  const { scores } = await principalComponents(centred, COMPONENTS, { seed: options.seed, signal });
  const near = await nearestNeighbours(scores, Math.min(points.rows - 1, 4 * k), { signal });
  const found = nearestAmong(centred, near.indices, k);
  const candidates = await notRuledOut(centred, scores, found.distances.map((row) => row.at(-1)!), options);
  return nearestAmong(points, candidates, k);
}

function centre({ values, rows, width }: Matrix): Matrix {
  const mean = new Float64Array(width), moved = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]! / rows;
  for (let i = 0; i < values.length; i++) moved[i] = values[i]! - mean[i % width]!;
  return { values: moved, rows, width };
}

/** For each clip all that may lie within its radius; rounding is given a ten-thousandth. */
async function notRuledOut(points: Matrix, scores: Matrix, radii: readonly number[], options: WorkOptions): Promise<number[][]> {
  const inside = squaredLengths(scores);
  const rests = squaredLengths(points).map((length, i) => Math.sqrt(Math.max(0, length - inside[i]!)));
  const candidates: number[][] = [];
  await rowProducts(scores, scores, (products, first, count) => {
    for (let i = 0; i < count; i++) {
      const self = first + i, row: number[] = [], limit = radii[self]! ** 2 * 1.0001 + 1e-12;
      for (let j = 0; j < scores.rows; j++) {
        const apart = inside[self]! + inside[j]! - 2 * products[i * scores.rows + j]!, rest = rests[self]! - rests[j]!;
        if (j !== self && apart + rest * rest <= limit) row.push(j);
      }
      candidates.push(row);
    }
  }, options);
  return candidates;
}
