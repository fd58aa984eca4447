// Which confusions change between two variants, and which of these changes are more than noise; clips behind a confusion.
import { quantileSorted } from 'simple-statistics';
import { random, type Random } from '../random.ts';
import type { Interval } from '../runs/reports.ts';
import type { Prediction } from '../runs/types.ts';
import type { BlockOptions, BlockPair } from './blocks.ts';
import { argmax } from './metrics.ts';
import { holm } from './statistics.ts';

/** Change of one cell's share of its true class: a minus b, a fraction. */
export interface CellDifference extends Interval {
  /** Two-sided bootstrap p-value of "no change", after Holm's correction over all cells that change at all. */
  readonly pHolm: number;
}

/** One fold: its clips in clusters, and what each seed's a and b took every clip for. */
interface Fold {
  readonly labels: Int32Array;
  readonly clusters: readonly (readonly number[])[];
  readonly seeds: readonly { readonly a: Uint8Array; readonly b: Uint8Array }[];
}

/**
 * Row-normalised confusion of a minus that of b, clips pooled over folds and seeds: [true][predicted]; null for a class without
 * clips. Each resample draws folds, then in each the clips (or people) that all its seeds share, and its seeds, as blockDifference.
 * @param options `resamples` is 4000 by default: fewer cannot give a p-value that survives the correction over 49 cells.
 * @throws RangeError without pairs, or where the clips of a fold differ.
 */
export function confusionDifference(pairs: readonly BlockPair[], classes: number, { seed, resamples = 4000, clusterOf }: BlockOptions): (CellDifference | null)[][] {
  const folds = foldsOf(pairs, clusterOf);
  const whole = new Shares(classes);
  for (const fold of folds) for (const one of fold.seeds) whole.add(fold.labels, undefined, one);
  const rng = random(seed, 'confusion');
  const drawn: number[][] = Array.from({ length: classes * classes }, () => []);
  for (let r = 0; r < resamples; r++) {
    const shares = draw(folds, classes, rng);
    for (let cell = 0; cell < drawn.length; cell++) {
      const value = shares.of(cell);
      if (value !== null) drawn[cell]!.push(value);
    }
  }
  return summarise(whole, drawn, classes);
}

/** Clips of every true class, and how many more a took for each class than b. */
class Shares {
  private readonly clips: Float64Array;
  private readonly gained: Float64Array;
  private readonly classes: number;

  constructor(classes: number) {
    this.classes = classes;
    this.clips = new Float64Array(classes);
    this.gained = new Float64Array(classes * classes);
  }

  add(labels: Int32Array, weights: Int32Array | undefined, { a, b }: Fold['seeds'][number]): void {
    for (let i = 0; i < labels.length; i++) {
      const weight = weights ? weights[i]! : 1, row = labels[i]! * this.classes;
      this.clips[labels[i]!]! += weight;
      this.gained[row + a[i]!]! += weight;
      this.gained[row + b[i]!]! -= weight;
    }
  }

  of(cell: number): number | null {
    const clips = this.clips[Math.floor(cell / this.classes)]!;
    return clips === 0 ? null : this.gained[cell]! / clips;
  }
}

function draw(folds: readonly Fold[], classes: number, rng: Random): Shares {
  const shares = new Shares(classes);
  for (let f = 0; f < folds.length; f++) {
    const { labels, clusters, seeds } = rng.pick(folds), weights = new Int32Array(labels.length);
    for (let c = 0; c < clusters.length; c++) for (const clip of rng.pick(clusters)) weights[clip]!++;
    for (let s = 0; s < seeds.length; s++) shares.add(labels, weights, rng.pick(seeds));
  }
  return shares;
}

function summarise(whole: Shares, drawn: readonly number[][], classes: number): (CellDifference | null)[][] {
  const cells = drawn.map((values, cell) => {
    const estimate = whole.of(cell), sorted = values.sort((x, y) => x - y);
    if (estimate === null || sorted.length === 0) return null;
    const below = sorted.filter((value) => value <= 0).length, above = sorted.filter((value) => value >= 0).length;
    return { estimate, low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975), p: Math.min(1, (2 * (Math.min(below, above) + 1)) / (sorted.length + 1)) };
  });
  // a cell that no resample changes is no test
  const family = cells.filter((cell) => cell !== null && cell.low < cell.high), corrected = holm(family.map((cell) => cell!.p));
  const adjusted = new Map(family.map((cell, i) => [cell, corrected[i]!]));
  const finished = cells.map((cell) => cell && { estimate: cell.estimate, low: cell.low, high: cell.high, pHolm: adjusted.get(cell) ?? 1 });
  return Array.from({ length: classes }, (_, c) => finished.slice(c * classes, (c + 1) * classes));
}

function foldsOf(pairs: readonly BlockPair[], clusterOf: (id: string) => string = (id) => id): Fold[] {
  if (pairs.length === 0) throw new RangeError('confusionDifference: there are no pairs of runs');
  return [...new Set(pairs.map(({ fold }) => fold))].map((fold) => {
    const members = pairs.filter((pair) => pair.fold === fold);
    const first = members[0]!.a, clusters = new Map<string, number[]>();
    for (const [i, { id }] of first.entries()) clusters.set(clusterOf(id), [...clusters.get(clusterOf(id)) ?? [], i]);
    return { labels: Int32Array.from(first, ({ label }) => label), clusters: [...clusters.values()], seeds: members.map(({ a, b }) => ({ a: taken(a, first), b: taken(b, first) })) };
  });
}

/** What each clip is taken for, in the order of `first`. */
function taken(rows: readonly Prediction[], first: readonly Prediction[]): Uint8Array {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return Uint8Array.from(first, ({ id, label }) => {
    const row = byId.get(id);
    if (rows.length !== first.length || row?.label !== label) throw new RangeError(`confusionDifference: expected the same clips and labels in all runs of a fold, found others at "${id}"`);
    return argmax(row.logits);
  });
}
