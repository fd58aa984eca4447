// Distances between packed feature vectors: the same lines measure their error in the builder and serve the page.
import type { Distances } from '../evaluate/distances.ts';

export interface Space {
  /** Numbers of each vector. */
  readonly kept: number;
  /** [clips, kept] */
  readonly values: Float32Array;
  /** Lengths of the whole vectors. [clips] */
  readonly lengths: Float32Array;
  /** Lengths of what is left out of each vector; left-out parts are taken as at right angles, which high-dimensional ones nearly are. */
  readonly rests?: Float32Array;
}

export function squaredApart({ kept, values, rests }: Space, i: number, j: number): number {
  let sum = rests ? rests[i]! * rests[i]! + rests[j]! * rests[j]! : 0;
  for (let a = i * kept, b = j * kept, end = a + kept; a < end; a++, b++) {
    const difference = values[a]! - values[b]!;
    sum += difference * difference;
  }
  return i === j ? 0 : sum;
}

/** Distances among some clips, computed once. `subset` are indices into the space; those of the result count from 0. */
export function distancesAmong(space: Space, subset: readonly number[], isNormalised: boolean): Distances {
  const n = subset.length, squared = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const raw = squaredApart(space, subset[i]!, subset[j]!);
      squared[i * n + j] = squared[j * n + i] = isNormalised ? atLengthOne(raw, space.lengths[subset[i]!]!, space.lengths[subset[j]!]!) : raw;
    }
  }
  return { size: n, squared: (i, j) => squared[i * n + j]! };
}

/** Squared distance after both vectors are brought to length 1; a zero vector stays zero. */
function atLengthOne(squared: number, a: number, b: number): number {
  if (a === 0 || b === 0) return Number(a > 0) + Number(b > 0);
  return Math.max(0, 2 - (a * a + b * b - squared) / (a * b));
}
