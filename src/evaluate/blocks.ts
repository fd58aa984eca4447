// Differences between two variants over folds and seeds: runs are blocks, compared in pairs of the same fold and seed.
import { quantileSorted } from 'simple-statistics';
import { random, type Random } from '../random.ts';
import type { Interval } from '../runs/reports.ts';
import type { Prediction } from '../runs/types.ts';
import { argmax } from './metrics.ts';

/** Two runs of one fold and one seed. */
export interface BlockPair {
  readonly fold: number;
  readonly seed: number;
  readonly a: readonly Prediction[];
  readonly b: readonly Prediction[];
}

export interface BlockOptions {
  readonly seed: number;
  /** Default 1000. */
  readonly resamples?: number;
  /** Person in a clip: then people are drawn, not clips. */
  readonly clusterOf?: (id: string) => string;
}

export interface BlockDifference extends Interval {
  /** Two-sided bootstrap p-value of "no difference", at least 2 / (resamples + 1). */
  readonly p: number;
  /** Standard deviation of the resampled difference. */
  readonly standardError: number;
}

export interface BlockReport {
  readonly uar: BlockDifference;
  readonly war: BlockDifference;
  readonly folds: number;
  /** Fewest seeds of any fold. */
  readonly seeds: number;
  /** What the interval does not know of, because there is only one of it. */
  readonly blindTo: readonly ('folds' | 'seeds')[];
}

/** One fold: its clips in clusters, and which clip each seed's a and b got right. */
interface Fold {
  readonly labels: Int32Array;
  readonly clusters: readonly (readonly number[])[];
  readonly seeds: readonly { readonly a: Uint8Array; readonly b: Uint8Array }[];
}

/**
 * Mean of a minus b, first over the seeds of a fold, then over folds. Each resample draws folds, then in each the clips (or
 * people) that all its seeds share, and its seeds, all with replacement. Folds already differ by their clips, so drawing both
 * errs to the wide side; a level that has one member only cannot be drawn and is named in `blindTo`.
 * @throws RangeError without pairs, or where the clips or labels of a fold differ.
 */
export function blockDifference(pairs: readonly BlockPair[], classes: number, options: BlockOptions): BlockReport {
  const folds = foldsOf(pairs, options.clusterOf);
  const rng = random(options.seed, 'blocks');
  const values: { uar: number[]; war: number[] } = { uar: [], war: [] };
  for (let r = 0; r < (options.resamples ?? 1000); r++) {
    const drawn = folds.map(() => meanOf(drawFold(rng.pick(folds), classes, rng)));
    for (const metric of ['uar', 'war'] as const) values[metric].push(mean(drawn.map((one) => one[metric])));
  }
  const whole = folds.map((fold) => meanOf(fold.seeds.map((seed) => difference(fold.labels, undefined, seed, classes))));
  const seeds = Math.min(...folds.map((fold) => fold.seeds.length));
  return {
    uar: summary(mean(whole.map(({ uar }) => uar)), values.uar), war: summary(mean(whole.map(({ war }) => war)), values.war),
    folds: folds.length, seeds, blindTo: [...folds.length > 1 ? [] : ['folds' as const], ...seeds > 1 ? [] : ['seeds' as const]],
  };
}

type Scores = Readonly<Record<'uar' | 'war', number>>;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanOf = (scores: readonly Scores[]): Scores => ({ uar: mean(scores.map(({ uar }) => uar)), war: mean(scores.map(({ war }) => war)) });

function foldsOf(pairs: readonly BlockPair[], clusterOf?: (id: string) => string): Fold[] {
  if (pairs.length === 0) throw new RangeError('blockDifference: there are no pairs of runs');
  const byFold = new Map<number, BlockPair[]>();
  for (const pair of pairs) byFold.set(pair.fold, [...byFold.get(pair.fold) ?? [], pair]);
  return [...byFold.values()].map((members) => {
    const first = members[0]!.a, place = new Map(first.map(({ id }, i) => [id, i]));
    const hits = (rows: readonly Prediction[]): Uint8Array => hitsOf(rows, first, place);
    return { labels: Int32Array.from(first, ({ label }) => label), clusters: clustersOf(first, clusterOf), seeds: members.map(({ a, b }) => ({ a: hits(a), b: hits(b) })) };
  });
}

function hitsOf(rows: readonly Prediction[], first: readonly Prediction[], place: ReadonlyMap<string, number>): Uint8Array {
  const hits = new Uint8Array(first.length);
  if (rows.length !== first.length) throw new RangeError(`blockDifference: expected the same clips in all runs of a fold, found ${first.length} and ${rows.length}`);
  for (const { id, label, logits } of rows) {
    const at = place.get(id);
    if (at === undefined || first[at]!.label !== label) throw new RangeError(`blockDifference: clip "${id}" has label ${label} in one run, ${at === undefined ? 'no row' : first[at]!.label} in another`);
    hits[at] = Number(argmax(logits) === label);
  }
  return hits;
}

function clustersOf(rows: readonly Prediction[], clusterOf?: (id: string) => string): number[][] {
  const clusters = new Map<string, number[]>();
  for (const [i, { id }] of rows.entries()) {
    const key = clusterOf?.(id) ?? id, list = clusters.get(key);
    if (list) list.push(i);
    else clusters.set(key, [i]);
  }
  return [...clusters.values()];
}

function drawFold({ labels, clusters, seeds }: Fold, classes: number, rng: Random): Scores[] {
  const weights = new Int32Array(labels.length);
  for (let c = 0; c < clusters.length; c++) for (const clip of rng.pick(clusters)) weights[clip]!++;
  return seeds.map(() => difference(labels, weights, rng.pick(seeds), classes));
}

/** UAR and WAR of a minus those of b, clips counted `weights` times; UAR over the classes that were drawn. */
function difference(labels: Int32Array, weights: Int32Array | undefined, { a, b }: Fold['seeds'][number], classes: number): Scores {
  const clips = new Float64Array(classes), gained = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) {
    const weight = weights ? weights[i]! : 1;
    clips[labels[i]!]! += weight;
    gained[labels[i]!]! += weight * (a[i]! - b[i]!);
  }
  let [uar, present, war, all] = [0, 0, 0, 0];
  for (let c = 0; c < classes; c++) {
    if (clips[c] === 0) continue;
    uar += gained[c]! / clips[c]!;
    present++;
    war += gained[c]!;
    all += clips[c]!;
  }
  return { uar: uar / present, war: war / all };
}

function summary(estimate: number, values: number[]): BlockDifference {
  const sorted = values.sort((x, y) => x - y), centre = mean(sorted);
  const below = sorted.filter((value) => value <= 0).length, above = sorted.filter((value) => value >= 0).length;
  return {
    estimate, low: quantileSorted(sorted, 0.025), high: quantileSorted(sorted, 0.975),
    p: Math.min(1, (2 * (Math.min(below, above) + 1)) / (sorted.length + 1)),
    standardError: Math.sqrt(sorted.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, sorted.length - 1)),
  };
}

/** Quantiles of the normal distribution at 97.5 % and 80 %. */
const [TWO_SIDED, POWER] = [1.959964, 0.841621];

/** The smallest true difference that a test at 5 % (two-sided, one comparison) finds in four cases of five. In the unit of the standard error. */
export const smallestEffect = (standardError: number): number => (TWO_SIDED + POWER) * standardError;
