// Measures of how well labelled points separate, from their pairwise distances alone. Definitions of scikit-learn
// (silhouette, Davies-Bouldin, Calinski-Harabasz); centroids follow from squared distances:
// |c_a - c_b|^2 = mean d^2(a, b) - mean d^2(a, a) / 2 - mean d^2(b, b) / 2.
import type { ClassMeasures, Measures } from '../runs/reports.ts';
import type { Distances } from './distances.ts';

export interface Separation { readonly overall: Measures; readonly perClass: readonly ClassMeasures[] }

/** What one pass over the pairs of a subset leaves. K classes that occur, n clips of the subset. */
interface Sums {
  /** Class of each clip, 0..K-1. [n] */
  readonly classes: Int32Array;
  /** Clips per class. [K] */
  readonly counts: Float64Array;
  /** Sum of distances, of squared distances, from each clip to each class. [n, K] */
  readonly distance: Float64Array;
  readonly squared: Float64Array;
  /** Fraction of the k nearest that are of the same class. [n] */
  readonly purity: Float64Array;
}

/** Measures of the clips `subset` (indices into the distances). @throws RangeError with fewer than two classes. */
export function measureSeparation(distances: Distances, labels: ArrayLike<number>, subset: readonly number[], k: number): Separation {
  const present = [...new Set(subset.map((i) => labels[i]!))].sort((a, b) => a - b);
  if (present.length < 2) throw new RangeError(`separation: expected clips of at least two classes, found ${present.length}`);
  const sums = sumPairs(distances, subset.map((i) => present.indexOf(labels[i]!)), subset, present.length, k);
  const silhouettes = silhouetteSamples(sums);
  const overlap = daviesBouldinTerms(sums);
  const perClass = present.map((label, c): ClassMeasures => {
    const { intra, inter } = meanDistances(sums, (clip) => sums.classes[clip] === c);
    const mine = (values: Float64Array): number => mean([...values].filter((_, i) => sums.classes[i] === c));
    return { label, clips: sums.counts[c]!, intra, inter, ratio: ratioOf(inter, intra), silhouette: mine(silhouettes), daviesBouldin: overlap[c]!, purity: mine(sums.purity) };
  });
  const { intra, inter } = meanDistances(sums, () => true);
  const terms = overlap.filter((term) => term !== null);
  return {
    overall: {
      intra, inter, ratio: ratioOf(inter, intra), silhouette: mean(silhouettes),
      daviesBouldin: terms.length === overlap.length ? mean(terms) : null,
      calinskiHarabasz: calinskiHarabasz(sums), purity: mean(sums.purity),
    },
    perClass,
  };
}

const mean = (values: ArrayLike<number> & Iterable<number>): number => [...values].reduce((total, value) => total + value, 0) / values.length;
const ratioOf = (inter: number, intra: number | null): number | null => (intra === null || intra === 0 ? null : inter / intra);

function sumPairs(distances: Distances, classList: readonly number[], subset: readonly number[], K: number, k: number): Sums {
  const n = subset.length;
  const classes = Int32Array.from(classList);
  const sums: Sums = { classes, counts: new Float64Array(K), distance: new Float64Array(n * K), squared: new Float64Array(n * K), purity: new Float64Array(n) };
  for (const c of classes) sums.counts[c]!++;
  const row = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const squared = distances.squared(subset[i]!, subset[j]!);
      row[j] = squared;
      sums.squared[i * K + classes[j]!]! += squared;
      sums.distance[i * K + classes[j]!]! += Math.sqrt(squared);
    }
    row[i] = Infinity;
    sums.purity[i] = nearestPurity(row, classes, i, Math.min(k, n - 1));
  }
  return sums;
}

/** Of the k smallest entries of `row`, the fraction of clip i's class; equal distances in the order of the clips. */
function nearestPurity(row: Float64Array, classes: Int32Array, i: number, k: number): number {
  const nearest: number[] = []; // ascending by distance, at most k: an insertion is cheaper than sorting the row
  for (let j = 0; j < row.length; j++) {
    if (nearest.length === k && !(row[j]! < row[nearest[k - 1]!]!)) continue;
    let place = nearest.length;
    while (place > 0 && row[j]! < row[nearest[place - 1]!]!) place--;
    nearest.splice(place, 0, j);
    if (nearest.length > k) nearest.pop();
  }
  return nearest.filter((j) => classes[j] === classes[i]).length / k;
}

/** Mean distance from the chosen clips to clips of their own class (themselves excluded) and of the others. */
function meanDistances({ classes, counts, distance }: Sums, isChosen: (clip: number) => boolean): { intra: number | null; inter: number } {
  const K = counts.length;
  let [own, ownPairs, other, otherPairs] = [0, 0, 0, 0];
  for (let i = 0; i < classes.length; i++) {
    if (!isChosen(i)) continue;
    for (let c = 0; c < K; c++) {
      if (c === classes[i]) { own += distance[i * K + c]!; ownPairs += counts[c]! - 1; }
      else { other += distance[i * K + c]!; otherPairs += counts[c]!; }
    }
  }
  return { intra: ownPairs > 0 ? own / ownPairs : null, inter: other / otherPairs };
}

/** s = (b - a) / max(a, b): a = mean distance to the own class, b = to the nearest other one. [n] */
function silhouetteSamples({ classes, counts, distance }: Sums): Float64Array {
  const K = counts.length;
  return Float64Array.from(classes, (own, i) => {
    if (counts[own] === 1) return 0;
    const a = distance[i * K + own]! / (counts[own]! - 1);
    let b = Infinity;
    for (let c = 0; c < K; c++) if (c !== own) b = Math.min(b, distance[i * K + c]! / counts[c]!);
    return a === b ? 0 : (b - a) / Math.max(a, b);
  });
}

/** Mean squared distance between the clips of classes a and b, ordered pairs, clips to themselves included. [K, K] */
function meanSquares({ classes, counts, squared }: Sums): number[][] {
  const K = counts.length;
  const sums = Array.from({ length: K }, () => Array.from({ length: K }, () => 0));
  for (let i = 0; i < classes.length; i++) for (let c = 0; c < K; c++) sums[classes[i]!]![c]! += squared[i * K + c]!;
  return sums.map((row, a) => row.map((sum, b) => sum / (counts[a]! * counts[b]!)));
}

/** Per class, the largest (spread + other's spread) / distance of the centroids; null where centroids coincide. [K] */
function daviesBouldinTerms(sums: Sums): (number | null)[] {
  const { classes, counts, squared } = sums;
  const K = counts.length;
  const means = meanSquares(sums);
  const spread = Array.from({ length: K }, () => 0); // mean distance of a class's clips to its centroid
  for (let i = 0; i < classes.length; i++) {
    const c = classes[i]!;
    spread[c]! += Math.sqrt(Math.max(0, squared[i * K + c]! / counts[c]! - means[c]![c]! / 2)) / counts[c]!;
  }
  return spread.map((mine, a) => {
    const overlaps = spread.flatMap((other, b) => {
      const centroids = Math.sqrt(Math.max(0, means[a]![b]! - means[a]![a]! / 2 - means[b]![b]! / 2));
      return a === b ? [] : [(mine + other) / centroids];
    });
    const worst = Math.max(...overlaps);
    return Number.isFinite(worst) ? worst : null;
  });
}

/** (between / (K - 1)) / (within / (n - K)), sums of squares about the centroids. */
function calinskiHarabasz(sums: Sums): number | null {
  const { counts } = sums;
  const n = sums.classes.length;
  const means = meanSquares(sums);
  const within = means.reduce((total, row, c) => total + counts[c]! * row[c]! / 2, 0);
  const total = means.reduce((sum, row, a) => sum + row.reduce((inner, value, b) => inner + counts[a]! * counts[b]! * value, 0), 0) / (2 * n);
  return within > 0 && n > counts.length ? ((total - within) / (counts.length - 1)) / (within / (n - counts.length)) : null;
}
