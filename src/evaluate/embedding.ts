// A map of features: UMAP (McInnes, Healy and Melville 2018, by umap-js) after principal components, seeded. A picture to
// find one's way in; what is claimed about classes is measured in feature space (separation.ts).
import { UMAP } from 'umap-js';
import type { Progress } from '../data/clip.ts';
import { random } from '../random.ts';
import type { Features } from '../runs/types.ts';
import { nearestAmong, nearestNeighbours, type Neighbours } from './embeddingNeighbours.ts';
import { principalComponents, type PrincipalComponents } from './pca.ts';
import { breathe, type Matrix } from './pcaProducts.ts';

export interface EmbeddingSettings {
  readonly seed: number;
  /** Clips that count as near, the clip itself included, default 15: less shows finer structure. */
  readonly neighbors?: number;
  /** Least distance of two points of the map, default 0.1. */
  readonly minDist?: number;
  /** Distances are taken between so many principal components, default 50; 'off': between the features as they are. */
  readonly pca?: number | 'off';
  /** Default euclidean. */
  readonly metric?: 'euclidean' | 'cosine';
  /** Rounds of moving the points; umap-js's choice by default, 500 for few clips and 200 for 10,000. */
  readonly rounds?: number;
  /** Where the points start, [clips, 2]; the first two principal components by default. */
  readonly start?: Float32Array;
}

export interface EmbeddingOptions extends EmbeddingSettings {
  readonly signal?: AbortSignal | undefined;
  /** `done` of 100; `note` names the part. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Embedding {
  /** [clips, 2], row-major, in the order of the features; the map has no units. */
  readonly positions: Float32Array;
  /** Components that distances were taken between; null for the features as they are. */
  readonly components: number | null;
  /** Share of the variance along those components; 1 for the features as they are. */
  readonly explained: number;
  readonly milliseconds: { readonly pca: number; readonly neighbours: number; readonly layout: number };
}

/** Products that the exact search may cost; beyond, features as they are take their candidates from the components. */
const EXACT_PRODUCTS = 2e10;

/**
 * The same seed on the same machine gives the same map to the last bit; other versions of Node may differ in its digits.
 * Gives way to the event loop some ten times a second, except for a second or two in the middle of 10,000 clips.
 * @throws RangeError for fewer than 4 clips or features that are not finite; Interrupted
 */
export async function embed(features: Pick<Features, 'values' | 'width'>, options: EmbeddingOptions): Promise<Embedding> {
  const { seed, neighbors = 15, pca = 50, metric = 'euclidean', signal } = options;
  const points = checked(features, metric, options);
  const begin = performance.now();
  const components = await principalComponents(points, pca === 'off' ? 50 : Math.max(2, pca), { seed, signal, onShare: part(options, 'principal components', 0, 25) });
  const reduced = performance.now();
  const isReduced = pca !== 'off' && pca < points.width;
  const k = Math.min(neighbors, points.rows - 1) - 1;
  const near = await neighboursOf(isReduced ? components.scores : points, components, k, options);
  const found = performance.now();
  const positions = await layOut(metric === 'cosine' ? halvedSquares(near) : near, options.start ?? firstTwo(components), options);
  const { explained } = components;
  return {
    positions, components: isReduced ? components.scores.width : null, explained: isReduced ? explained.reduce((sum, share) => sum + share, 0) : 1,
    milliseconds: { pca: reduced - begin, neighbours: found - reduced, layout: performance.now() - found },
  };
}

function checked({ values, width }: Pick<Features, 'values' | 'width'>, metric: 'euclidean' | 'cosine', { start, neighbors = 15 }: EmbeddingSettings): Matrix {
  const rows = values.length / width;
  if (!(rows >= 4)) throw new RangeError(`embed: expected features of at least 4 clips, found ${values.length === 0 ? 0 : rows}`);
  if (neighbors < 3) throw new RangeError(`embed: expected at least 3 neighbours, found ${neighbors}`);
  if (start && start.length !== 2 * rows) throw new RangeError(`embed: expected a start of ${rows} x 2 numbers, found ${start.length}`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`embed: expected finite features, found ${values[at]} in row ${Math.floor(at / width)}`);
  return metric === 'cosine' ? unitRows({ values, rows, width }) : { values, rows, width };
}

function unitRows({ values, rows, width }: Matrix): Matrix {
  const result = new Float32Array(values.length);
  for (let i = 0; i < rows; i++) {
    const row = values.subarray(i * width, (i + 1) * width), length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1;
    for (let d = 0; d < width; d++) result[i * width + d] = row[d]! / length;
  }
  return { values: result, rows, width };
}

/** Of vectors of length 1: half the squared distance is 1 - cosine. */
const halvedSquares = ({ indices, distances }: Neighbours): Neighbours => ({ indices, distances: distances.map((row) => row.map((d) => (d * d) / 2)) });

async function neighboursOf(points: Matrix, { scores }: PrincipalComponents, k: number, options: EmbeddingOptions): Promise<Neighbours> {
  const work = { signal: options.signal, onShare: part(options, 'neighbours', 25, 45) };
  if (points.rows * points.rows * points.width <= EXACT_PRODUCTS || points === scores) return nearestNeighbours(points, k, work);
  const { indices } = await nearestNeighbours(scores, Math.min(points.rows - 1, 8 * k), work);
  return nearestAmong(points, indices, k);
}

/** As umap-learn starts from principal components: within 10 of the middle, apart by a little noise (the layout adds it). */
function firstTwo({ scores: { values, rows, width } }: PrincipalComponents): Float32Array {
  const start = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 < width ? values[(i >> 1) * width + (i % 2)]! : 0));
  const largest = start.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return start.map((value) => (10 * value) / largest);
}

async function layOut({ indices, distances }: Neighbours, start: Float32Array, options: EmbeddingOptions): Promise<Float32Array> {
  const { seed, minDist = 0.1, rounds, signal } = options;
  const rng = random(seed, 'umap');
  const umap = new UMAP({ nNeighbors: indices[0]!.length + 1, minDist, random: () => rng.next(), ...rounds !== undefined && { nEpochs: rounds } });
  umap.setPrecomputedKNN(indices.map((row, i) => [i, ...row]), distances.map((row) => [0, ...row]));
  const total = umap.initializeFit(indices.map(() => []));          // the vectors themselves are not asked for
  await breathe(signal);
  const map = umap.getEmbedding();
  map.forEach((point, i) => { for (const d of [0, 1]) point[d] = start[2 * i + d]! + rng.normal(0, 1e-3); });
  const report = part(options, 'layout', 50, 100);
  for (let round = 0; round < total; round++) {
    umap.step();
    report((round + 1) / total);
    await breathe(signal);
  }
  return Float32Array.from(map.flat());
}

const part = ({ onProgress }: EmbeddingOptions, note: string, from: number, to: number) => (share: number): void =>
  onProgress?.({ done: Math.round(from + share * (to - from)), total: 100, note });
