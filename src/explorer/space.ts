// Feature vectors in as many bytes as a page can spare, so that it can measure any selection; what that costs in accuracy
// is measured here and stated in the page.
import { squaredLengths } from '../evaluate/embeddingNeighbours.ts';
import { principalComponents } from '../evaluate/pca.ts';
import type { Matrix } from '../evaluate/pcaProducts.ts';
import { random } from '../random.ts';
import { fromHalf, toHalf } from '../runs/half.ts';
import { toBase64 } from './base64.ts';
import { squaredApart, type Space } from './distance.ts';
import type { SpaceData } from './types.ts';

const MOST_COMPONENTS = 256;
const PAIRS = 2000;

/** @param bytes that the numbers may take. points [clips, width]. @throws Interrupted */
export async function packSpace(points: Matrix, bytes: number, { seed, signal }: { readonly seed: number; readonly signal?: AbortSignal | undefined }): Promise<SpaceData> {
  const { rows, width } = points;
  const isWhole = rows * width * 2 <= bytes;
  const kept = isWhole ? width : Math.max(2, Math.min(MOST_COMPONENTS, width, Math.floor(bytes / (2 * rows))));
  const matrix = isWhole ? points : (await principalComponents(points, kept, { seed, signal })).scores;
  const lengths = Float32Array.from(squaredLengths(points), Math.sqrt);
  const { values, scale } = halves(matrix.values);
  const space: Space = { kept: matrix.width, values: fromHalf(values).map((value) => value * scale), lengths, ...!isWhole && { rests: restsOf(points, matrix) } };
  return {
    kind: isWhole ? 'half' : 'components', width, kept: matrix.width, values: toBase64(values), scale, lengths: toBase64(lengths),
    ...space.rests && { rests: toBase64(space.rests) }, error: errorOf(points, space, seed),
  };
}

function halves(values: Float32Array): { values: Uint16Array; scale: number } {
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return { values: toHalf(values.map((value) => value / scale)), scale };
}

/** Lengths of what the components leave out of each vector, from the centre of all. */
function restsOf({ values, rows, width }: Matrix, scores: Matrix): Float32Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < values.length; i++) mean[i % width]! += values[i]! / rows;
  const inside = squaredLengths(scores);
  return Float32Array.from({ length: rows }, (_, i) => {
    let whole = 0;
    for (let d = 0; d < width; d++) whole += (values[i * width + d]! - mean[d]!) ** 2;
    return Math.sqrt(Math.max(0, whole - inside[i]!));
  });
}

function errorOf({ values, rows, width }: Matrix, space: Space, seed: number): SpaceData['error'] {
  const rng = random(seed, 'pairs');
  const errors: number[] = [];
  for (let p = rows > 1 ? PAIRS : 0; p > 0; p--) {
    const i = rng.integer(rows), j = (i + 1 + rng.integer(rows - 1)) % rows;
    let squared = 0;
    for (let d = 0; d < width; d++) squared += (values[i * width + d]! - values[j * width + d]!) ** 2;
    if (squared > 0) errors.push(Math.abs(Math.sqrt(squaredApart(space, i, j) / squared) - 1));
  }
  errors.sort((a, b) => a - b);
  return { median: errors[errors.length >> 1] ?? 0, largest: errors.at(-1) ?? 0, pairs: errors.length };
}
