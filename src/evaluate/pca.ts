// Principal components of features by randomised subspace iteration (Halko, Martinsson and Tropp 2011, algorithm 4.4):
// a full decomposition of 10,000 x 4096 takes minutes, the leading 50 components a few seconds. They are fitted on at
// most 2,048 rows and applied to all.
import { random } from '../random.ts';
import { multiply, transpose, type Matrix, type WorkOptions } from './pcaProducts.ts';

export interface PcaOptions extends WorkOptions {
  readonly seed: number;
  /** Rows that the components are fitted on, drawn by the seed; default 2,048. */
  readonly fitRows?: number;
}

export interface PrincipalComponents {
  /** Coordinates of all rows, the first component first: [rows, components]. */
  readonly scores: Matrix;
  /** Variance along each component over the variance of the fitted rows. */
  readonly explained: readonly number[];
}

/** Further directions that make the wanted ones exact. */
const OVERSAMPLING = 10;
const ITERATIONS = 3;

/** The leading `count` components, or as many as there are. Signs are fixed, so that the same rows give the same picture. @throws Interrupted */
export async function principalComponents(features: Matrix, count: number, { seed, fitRows = 2048, signal, onShare }: PcaOptions): Promise<PrincipalComponents> {
  const mean = meanRow(features);
  const sample = drawRows(features, mean, fitRows, seed);
  const turned = transpose(sample);
  const size = Math.min(count + OVERSAMPLING, features.width, sample.rows);
  let basis = orthonormal(gaussian(size, features.width, seed));
  for (let i = 0; i < ITERATIONS; i++) {
    const images = await multiply(basis, sample, { signal });
    basis = orthonormal(await multiply(images, turned, { signal }));
    onShare?.((0.8 * (i + 1)) / ITERATIONS);
  }
  const { directions, variances } = principalDirections(basis, await multiply(basis, sample, { signal }), Math.min(count, size));
  const scores = await multiply(features, directions, { signal, onShare: (share) => onShare?.(0.8 + 0.2 * share) });
  const total = sample.values.reduce((sum, value) => sum + value * value, 0) || 1;
  return { scores: centred(scores), explained: variances.map((variance) => variance / total) };
}

function meanRow({ values, rows, width }: Matrix): Float64Array {
  const mean = new Float64Array(width);
  for (let i = 0; i < rows; i++) for (let d = 0; d < width; d++) mean[d]! += values[i * width + d]!;
  return mean.map((sum) => sum / rows);
}

function drawRows({ values, rows, width }: Matrix, mean: Float64Array, most: number, seed: number): Matrix {
  const all = Array.from({ length: rows }, (_, i) => i);
  const drawn = rows <= most ? all : random(seed, 'pca rows').shuffle(all).slice(0, most).sort((a, b) => a - b);
  const sample = new Float32Array(drawn.length * width);
  drawn.forEach((row, i) => { for (let d = 0; d < width; d++) sample[i * width + d] = values[row * width + d]! - mean[d]!; });
  return { values: sample, rows: drawn.length, width };
}

function gaussian(rows: number, width: number, seed: number): Matrix {
  const rng = random(seed, 'pca');
  return { values: Float32Array.from({ length: rows * width }, () => rng.normal()), rows, width };
}

/** Gram-Schmidt, twice, because once is not enough for directions that nearly agree; a row without a direction of its own becomes zero. */
function orthonormal({ values, rows, width }: Matrix): Matrix {
  const q = Float64Array.from(values);
  const product = (i: number, j: number): number => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += q[i * width + d]! * q[j * width + d]!;
    return sum;
  };
  for (let i = 0; i < rows; i++) {
    const before = Math.sqrt(product(i, i));
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const shadow = product(i, j);
        for (let d = 0; d < width; d++) q[i * width + d]! -= shadow * q[j * width + d]!;
      }
    }
    const length = Math.sqrt(product(i, i));
    const scale = length > 1e-6 * before ? 1 / length : 0;
    for (let d = 0; d < width; d++) q[i * width + d]! *= scale;
  }
  return { values: Float32Array.from(q), rows, width };
}

/** Turns the basis to the principal directions within it. images = basis sample^T. */
function principalDirections(basis: Matrix, images: Matrix, count: number): { directions: Matrix; variances: number[] } {
  const n = basis.rows, covariance = Array.from({ length: n }, () => new Float64Array(n));
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let sum = 0;
      for (let d = 0; d < images.width; d++) sum += images.values[i * images.width + d]! * images.values[j * images.width + d]!;
      covariance[i]![j] = covariance[j]![i] = sum;
    }
  }
  const { values, vectors } = symmetricEigen(covariance);
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]!).slice(0, count);
  const directions = new Float32Array(count * basis.width);
  order.forEach((column, c) => {
    for (let d = 0; d < basis.width; d++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += vectors[i]![column]! * basis.values[i * basis.width + d]!;
      directions[c * basis.width + d] = sum;
    }
    fixSign(directions.subarray(c * basis.width, (c + 1) * basis.width));
  });
  return { directions: { values: directions, rows: count, width: basis.width }, variances: order.map((i) => Math.max(0, values[i]!)) };
}

/** The largest entry of a direction is positive. */
function fixSign(direction: Float32Array): void {
  let largest = 0;
  for (const value of direction) if (Math.abs(value) > Math.abs(largest)) largest = value;
  if (largest < 0) for (let d = 0; d < direction.length; d++) direction[d]! *= -1;
}

function centred({ values, rows, width }: Matrix): Matrix {
  const mean = meanRow({ values, rows, width });
  return { values: values.map((value, i) => value - mean[i % width]!), rows, width };
}

/** Cyclic Jacobi rotations of a small symmetric matrix; vectors in columns. */
export function symmetricEigen(matrix: readonly Float64Array[]): { values: number[]; vectors: Float64Array[] } {
  const n = matrix.length, a = matrix.map((row) => Float64Array.from(row));
  const vectors = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (__, j) => Number(i === j)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0, all = 0;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) { all += a[i]![j]! * a[i]![j]!; if (i !== j) off += a[i]![j]! * a[i]![j]!; }
    if (off <= 1e-24 * all) break;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  }
  return { values: a.map((row, i) => row[i]!), vectors };
}

function rotate(a: readonly Float64Array[], vectors: readonly Float64Array[], p: number, q: number): void {
  const apq = a[p]![q]!;
  if (apq === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1), s = t * c;
  for (const row of a) turn(row, p, q, c, s);
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[p]![k]!, a[q]![k]!];
    a[p]![k] = c * x - s * y;
    a[q]![k] = s * x + c * y;
  }
  for (const row of vectors) turn(row, p, q, c, s);
}

function turn(row: Float64Array, p: number, q: number, c: number, s: number): void {
  const [x, y] = [row[p]!, row[q]!];
  row[p] = c * x - s * y;
  row[q] = s * x + c * y;
}
