// One network state on the page's clips: map, neighbours, vectors and separation, all from its features.
import { measureSeparation } from '../evaluate/clusters.ts';
import { gramMatrix, normalisedDistances, rawDistances } from '../evaluate/distances.ts';
import { embed } from '../evaluate/embedding.ts';
import type { Matrix } from '../evaluate/pcaProducts.ts';
import { principalComponents } from '../evaluate/pca.ts';
import { align } from '../evaluate/procrustes.ts';
import type { Progress } from '../data/clip.ts';
import { random } from '../random.ts';
import { toBase64 } from './base64.ts';
import { exactNeighbours } from './neighbours.ts';
import { packSpace } from './space.ts';
import type { State } from './states.ts';
import type { SnapshotData, WholeSeparation } from './types.ts';

/** Neighbours listed of each clip. */
export const NEIGHBOURS = 15;
/** Clips that the separation of the whole is measured on; of more as many are drawn. */
const MOST_MEASURED = 3000;
/** Neighbours of the purity, as `ial separation`. */
const PURITY_K = 10;

export interface SnapshotOptions {
  readonly seed: number;
  readonly map: 'umap' | 'pca';
  /** Principal components before UMAP; 'off' for none. */
  readonly pca: number | 'off';
  /** Bytes that the vectors may take. */
  readonly spaceBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Placed { readonly data: SnapshotData; readonly positions: Float32Array }

/** @param onto the map to align with; none for the first. @throws Interrupted */
export async function snapshotOf(state: State, onto: Float32Array | undefined, options: SnapshotOptions): Promise<Placed> {
  const { seed, signal } = options, rows = state.labels.length;
  const points: Matrix = { values: state.features, rows, width: state.width };
  const { positions, disparity } = place(await mapOf(points, options), onto);
  const neighbours = await exactNeighbours(points, Math.min(NEIGHBOURS, rows - 1), { seed, signal, onShare: (share) => options.onProgress?.({ done: Math.round(100 * share), total: 100, note: 'neighbours in feature space' }) });
  const k = neighbours.indices[0]?.length ?? 0;
  return {
    positions,
    data: {
      epoch: state.epoch, positions: toBase64(positions), disparity, logits: toBase64(state.logits),
      neighbours: { k, indices: toBase64(Uint32Array.from(neighbours.indices.flat())), distances: toBase64(Float32Array.from(neighbours.distances.flat())) },
      space: await packSpace(points, options.spaceBytes, { seed, signal }),
      separation: await wholeSeparation(points, state.labels, options),
    },
  };
}

/** UMAP needs some clips to have neighbours; fewer are laid out by their principal components, and one alone in the middle. */
const FEWEST_UMAP = 8;

export const usesUmap = (rows: number, map: 'umap' | 'pca'): boolean => map === 'umap' && rows >= FEWEST_UMAP;

async function mapOf(points: Matrix, { seed, map, pca, signal, onProgress }: SnapshotOptions): Promise<Float32Array> {
  if (usesUmap(points.rows, map)) {
    return (await embed({ values: points.values, width: points.width }, { seed, pca, signal, ...onProgress && { onProgress } })).positions;
  }
  const { scores } = await principalComponents(points, 2, { seed, signal });
  return Float32Array.from({ length: 2 * points.rows }, (_, i) => (i % 2 < scores.width ? scores.values[(i >> 1) * scores.width + (i % 2)]! : 0));
}

/** Onto the map before where it can be; two clips, or clips in one place, say nothing about a turn. */
function place(positions: Float32Array, onto: Float32Array | undefined): { positions: Float32Array; disparity: number } {
  if (!onto) return { positions: unit(positions), disparity: 0 };
  const ids = Array.from({ length: positions.length / 2 }, (_, i) => String(i));
  try {
    return align({ ids, positions }, { ids, positions: onto });
  } catch (error) {
    if (error instanceof RangeError) return { positions: unit(positions), disparity: 1 };
    throw error;
  }
}

/** Moved and scaled so that the larger extent is from -1 to 1: the page need not know the map's size. */
function unit(positions: Float32Array): Float32Array {
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  positions.forEach((value, i) => { low[i % 2] = Math.min(low[i % 2]!, value); high[i % 2] = Math.max(high[i % 2]!, value); });
  const half = Math.max(high[0]! - low[0]!, high[1]! - low[1]!) / 2 || 1;
  return positions.map((value, i) => (value - (low[i % 2]! + high[i % 2]!) / 2) / half);
}

async function wholeSeparation(points: Matrix, labels: Int32Array, { seed, signal, onProgress }: SnapshotOptions): Promise<WholeSeparation | null> {
  if (new Set(labels).size < 2) return null;
  const all = Array.from({ length: points.rows }, (_, i) => i);
  const drawn = all.length <= MOST_MEASURED ? all : random(seed, 'separation').shuffle(all).slice(0, MOST_MEASURED).sort((a, b) => a - b);
  const values = new Float32Array(drawn.length * points.width);
  drawn.forEach((row, i) => { values.set(points.values.subarray(row * points.width, (row + 1) * points.width), i * points.width); });
  const own = drawn.map((row) => labels[row]!);
  if (new Set(own).size < 2) return null;
  const gram = await gramMatrix(values, points.width, { ...signal && { signal }, onProgress: ({ done, total }) => onProgress?.({ done, ...total !== undefined && { total }, note: 'separation' }) });
  const places = own.map((_, i) => i);
  return {
    clips: own.length,
    raw: measureSeparation(rawDistances(gram), own, places, PURITY_K),
    normalised: measureSeparation(normalisedDistances(gram), own, places, PURITY_K),
  };
}
