// Whether one variant separates the classes better than another: the change of a measure in pairs of runs on the same clips,
// a pair a fold and seed.
import type { Measures } from '../runs/reports.ts';

export interface MeanInterval {
  readonly estimate: number;
  /** 95 %, by Student's t over the pairs; both are the estimate where there is one pair. */
  readonly low: number;
  readonly high: number;
  readonly pairs: number;
}

/** 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom; beyond, the normal distribution's is near enough. */
const T = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056,
  2.052, 2.048, 2.045, 2.042,
];

/**
 * Mean of differences with its interval. Folds share most of their training clips, so the pairs are not quite independent and
 * the interval is somewhat too narrow. @throws RangeError without a difference
 */
export function meanInterval(differences: readonly number[]): MeanInterval {
  const n = differences.length;
  if (n === 0) throw new RangeError('meanInterval: there is nothing to average');
  const estimate = differences.reduce((sum, value) => sum + value, 0) / n;
  if (n === 1) return { estimate, low: estimate, high: estimate, pairs: 1 };
  const variance = differences.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (n - 1);
  const half = (T[n - 2] ?? 1.96) * Math.sqrt(variance / n);
  return { estimate, low: estimate - half, high: estimate + half, pairs: n };
}

export interface MeasuredPair { readonly before: Measures; readonly after: Measures }

/** after - before of each pair where both are defined. */
export const changes = (pairs: readonly MeasuredPair[], measure: keyof Measures): number[] =>
  pairs.flatMap(({ before, after }) => { const [a, b] = [before[measure], after[measure]]; return a === null || b === null ? [] : [b - a]; });

/** Differs from zero beyond the interval; one pair shows nothing. */
export const isBeyondNoise = ({ low, high, pairs }: MeanInterval): boolean => pairs > 1 && (low > 0 || high < 0);
