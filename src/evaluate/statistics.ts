// Uncertainty: percentile bootstrap over clips or over people, paired differences, Holm's correction, rank correlation.
import { quantileSorted, sampleRankCorrelation } from 'simple-statistics';
import { random } from '../random.ts';
import type { Interval } from '../runs/reports.ts';
import type { Prediction } from '../runs/types.ts';

export interface BootstrapOptions<T> {
  readonly seed: number;
  /** Default 2000. */
  readonly resamples?: number;
  /** Coverage, default 0.95. */
  readonly level?: number;
  /** What belongs together, e.g. the person in a clip: then whole clusters are drawn, because their clips are not independent. */
  readonly clusterOf?: (item: T) => string;
}

/** The statistic of every resample; resamples where it is not finite (a class drew no clips) are left out. */
function resampled<T>(items: readonly T[], statistic: (sample: readonly T[]) => number, options: BootstrapOptions<T>): number[] {
  const clusters = groups(items, options.clusterOf);
  const rng = random(options.seed, 'bootstrap');
  const values: number[] = [];
  for (let r = 0; r < (options.resamples ?? 2000); r++) {
    const sample = clusters.flatMap(() => rng.pick(clusters)); // as many clusters as there are, with replacement
    const value = statistic(sample);
    if (Number.isFinite(value)) values.push(value);
  }
  return values.sort((a, b) => a - b);
}

function groups<T>(items: readonly T[], clusterOf?: (item: T) => string): readonly (readonly T[])[] {
  if (!clusterOf) return items.map((item) => [item]);
  const clusters = new Map<string, T[]>();
  for (const item of items) {
    const key = clusterOf(item);
    const cluster = clusters.get(key);
    if (cluster) cluster.push(item);
    else clusters.set(key, [item]);
  }
  return [...clusters.values()];
}

/** Percentile bootstrap. @throws RangeError without items, or where the statistic is finite on no resample. */
export function bootstrap<T>(items: readonly T[], statistic: (sample: readonly T[]) => number, options: BootstrapOptions<T>): Interval {
  if (items.length === 0) throw new RangeError('bootstrap: there is nothing to resample');
  return intervalOf(statistic(items), resampled(items, statistic, options), options.level);
}

function intervalOf(estimate: number, sorted: readonly number[], level = 0.95): Interval {
  if (sorted.length === 0) throw new RangeError('bootstrap: the statistic is finite on no resample');
  const [low, high] = [(1 - level) / 2, (1 + level) / 2].map((p) => quantileSorted([...sorted], p)) as [number, number];
  return { estimate, low, high };
}

export interface PairedDifference extends Interval {
  /** Two-sided bootstrap p-value of "no difference", at least 2 / (resamples + 1). */
  readonly p: number;
}

interface Pair { readonly id: string; readonly a: Prediction; readonly b: Prediction }

/** Difference statistic(a) - statistic(b) of two runs on the same clips, clips (or people) resampled in pairs. @throws RangeError where the clips or their labels differ. */
export function pairedDifference(a: readonly Prediction[], b: readonly Prediction[], statistic: (predictions: readonly Prediction[]) => number, options: BootstrapOptions<string>): PairedDifference {
  const pairs = pairUp(a, b);
  const { clusterOf } = options;
  const difference = (sample: readonly Pair[]): number => statistic(sample.map((pair) => pair.a)) - statistic(sample.map((pair) => pair.b));
  const { clusterOf: _, ...rest } = options;
  const values = resampled(pairs, difference, { ...rest, ...(clusterOf && { clusterOf: ({ id }: Pair) => clusterOf(id) }) });
  const below = values.filter((value) => value <= 0).length;
  const above = values.filter((value) => value >= 0).length;
  return { ...intervalOf(difference(pairs), values, options.level), p: Math.min(1, 2 * (Math.min(below, above) + 1) / (values.length + 1)) };
}

function pairUp(a: readonly Prediction[], b: readonly Prediction[]): Pair[] {
  const byId = new Map(b.map((prediction) => [prediction.id, prediction]));
  if (a.length !== b.length || byId.size !== b.length) throw new RangeError(`pairedDifference: expected the same clips, found ${a.length} and ${b.length}`);
  return a.map((prediction) => {
    const other = byId.get(prediction.id);
    if (other?.label !== prediction.label) throw new RangeError(`pairedDifference: clip "${prediction.id}" has label ${prediction.label} in one run, ${other?.label ?? 'no row'} in the other`);
    return { id: prediction.id, a: prediction, b: other };
  });
}

/** Holm's step-down correction over a family of tests: adjusted p-values in the order given. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i]! - pValues[j]!);
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  for (const [rank, i] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * pValues[i]!));
    adjusted[i] = largest;
  }
  return adjusted;
}

/** Spearman's rank correlation, ties at their mean rank; null where a list is constant or shorter than 2. @throws RangeError for lists of different length. */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  if (x.length !== y.length) throw new RangeError(`spearman: ${x.length} and ${y.length} values`);
  if (x.length < 2) return null;
  const rho = sampleRankCorrelation([...x], [...y]);
  return Number.isFinite(rho) ? rho : null;
}
