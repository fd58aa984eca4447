// Does recall rise with intensity? Recall in bins of equally many clips, and the rank correlation of the two, overall and per class.
import type { Prediction } from '../runs/types.ts';
import { argmax } from './metrics.ts';
import { spearman } from './statistics.ts';

export interface TrendBin {
  /** Mean true peak intensity of the bin's clips. */
  readonly peak: number;
  readonly clips: number;
  /** Fraction of them that is found. */
  readonly recall: number;
}

export interface Trend {
  readonly bins: readonly TrendBin[];
  /** Spearman's correlation of peak and recall over the bins; null where recall is the same in all, or a class has fewer clips than bins. */
  readonly correlation: number | null;
}

export interface TrendReport {
  readonly overall: Trend;
  /** By label; the excluded ones are missing. */
  readonly perClass: ReadonlyMap<number, Trend>;
}

export interface TrendOptions {
  /** At least 2; default 8. */
  readonly bins?: number;
  /** Classes without intensity (neutral). */
  readonly excludeLabels?: readonly number[];
}

interface Item { readonly label: number; readonly peak: number; readonly isFound: boolean }

/** @param peaks true peak by clip id; clips without one are left out. @throws RangeError for fewer than 2 bins. */
export function recallTrend(predictions: readonly Prediction[], peaks: ReadonlyMap<string, number>, { bins = 8, excludeLabels = [] }: TrendOptions = {}): TrendReport {
  if (!(bins >= 2)) throw new RangeError(`recallTrend: expected at least 2 bins, found ${bins}`);
  const items = predictions.flatMap(({ id, label, logits }): Item[] => {
    const peak = peaks.get(id);
    return peak === undefined || excludeLabels.includes(label) ? [] : [{ label, peak, isFound: argmax(logits) === label }];
  });
  const labels = [...new Set(items.map(({ label }) => label))].sort((a, b) => a - b);
  return { overall: trend(items, bins), perClass: new Map(labels.map((label) => [label, trend(items.filter((item) => item.label === label), bins)])) };
}

/** Bins of the same number of clips, so that each recall is as certain as the next. */
function trend(items: readonly Item[], count: number): Trend {
  const sorted = items.toSorted((a, b) => a.peak - b.peak);
  const bins = Array.from({ length: count }, (_, b) => sorted.slice(Math.round(b * sorted.length / count), Math.round((b + 1) * sorted.length / count)))
    .filter((bin) => bin.length > 0)
    .map((bin): TrendBin => ({ peak: mean(bin.map(({ peak }) => peak)), clips: bin.length, recall: mean(bin.map(({ isFound }) => Number(isFound))) }));
  return { bins, correlation: bins.length < count ? null : spearman(bins.map(({ peak }) => peak), bins.map(({ recall }) => recall)) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
