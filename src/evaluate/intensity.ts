// Does a network see weak expressions? Recall and margin by the true peak intensity of a clip, which only sets with known
// intensity have (the synthetic benchmark; no DFEW, no FERV39k). Intervals resample people, not clips.
import type { Clip } from '../data/clip.ts';
import { testIndices, type Sampling } from '../data/sampling.ts';
import { random } from '../random.ts';
import type { IntensityBin, IntensityReport, Interval } from '../runs/reports.ts';
import type { Prediction } from '../runs/types.ts';
import { argmax } from './metrics.ts';
import { bootstrap, spearman } from './statistics.ts';

/** Bins of true peak intensity, as the benchmark's design was measured in. */
export const INTENSITY_EDGES: readonly number[] = [0.12, 0.28, 0.42, 0.56, 0.7, 1];

export interface IntensityOptions {
  readonly seed: number;
  /** Ascending; each bin is [edge, next), the last one closed. */
  readonly edges?: readonly number[];
  /** Person in a clip; clips of unknown people count as people of their own. */
  readonly identities?: ReadonlyMap<string, string>;
  readonly resamples?: number;
  /** Classes without intensity (neutral) are left out. */
  readonly excludeLabels?: readonly number[];
}

/** An evaluated clip of known intensity. */
export interface IntensityItem {
  readonly id: string;
  /** The cluster that is resampled. */
  readonly person: string;
  readonly peak: number;
  readonly isFound: boolean;
  /** In units of the run's logits (scaledMargins). */
  readonly margin: number;
}

/** A run's predictions, and the true peak of each clip by id. */
export interface IntensityRun { readonly predictions: readonly Prediction[]; readonly peaks: ReadonlyMap<string, number> }

/**
 * The peak of each clip's intensity among the frames that the network saw in the test; clips of unknown intensity are left out.
 * @param intensity per frame, or one value for the whole clip (sets with levels such as CREMA-D's)
 */
export function seenPeaks(clips: readonly Clip[], intensity: ReadonlyMap<string, readonly number[]>, sampling: Sampling, indices: typeof testIndices = testIndices): Map<string, number> {
  return new Map(clips.flatMap(({ id, frames }): [string, number][] => {
    const values = intensity.get(id);
    if (!values) return [];
    return [[id, values.length === 1 ? values[0]! : Math.max(...indices(frames.length, sampling).map((i) => values[i] ?? 0))]];
  }));
}

/** The peak of each clip's intensity over all its frames, seen or not. */
export const peakIntensities = (frames: ReadonlyMap<string, readonly number[]>): Map<string, number> =>
  new Map([...frames].map(([id, values]) => [id, Math.max(...values)]));

/**
 * Margin of each clip: (logit of the label - largest other logit) / scale, where scale is the root mean square of all
 * logits of the run, centred per clip. One scale for the run makes runs comparable (a loss may simply stretch the
 * logits) and keeps weak and strong clips comparable within it. [clips]
 */
export function scaledMargins(predictions: readonly Prediction[]): number[] {
  let squares = 0;
  let count = 0;
  for (const { logits } of predictions) {
    const mean = logits.reduce((total, logit) => total + logit, 0) / logits.length;
    for (const logit of logits) squares += (logit - mean) * (logit - mean);
    count += logits.length;
  }
  const scale = Math.sqrt(squares / count) || 1; // constant logits: every margin is 0
  return predictions.map(({ label, logits }) => (logits[label]! - Math.max(...logits.filter((_, c) => c !== label))) / scale);
}

/** The clips of one run that lie within the edges and are of no excluded class. @throws RangeError for edges that do not ascend. */
export function intensityItems({ predictions, peaks }: IntensityRun, { edges = INTENSITY_EDGES, identities, excludeLabels = [] }: Omit<IntensityOptions, 'seed'>): IntensityItem[] {
  if (edges.length < 2 || edges.some((edge, i) => i > 0 && !(edge > edges[i - 1]!))) throw new RangeError(`intensityReport: expected ascending edges, found ${edges.join(', ')}`);
  const margins = scaledMargins(predictions);
  return predictions.flatMap(({ id, label, logits }, i): IntensityItem[] => {
    const peak = peaks.get(id);
    const isIn = peak !== undefined && peak >= edges[0]! && peak <= edges.at(-1)! && !excludeLabels.includes(label);
    return isIn ? [{ id, person: identities?.get(id) ?? `clip ${id}`, peak, isFound: argmax(logits) === label, margin: margins[i]! }] : [];
  });
}

/** The items of each [edge, next), the last one closed. */
export function binned<T extends { readonly peak: number }>(items: readonly T[], edges: readonly number[]): { low: number; high: number; inside: T[] }[] {
  return edges.slice(1).map((high, i) => {
    const low = edges[i]!;
    return { low, high, inside: items.filter(({ peak }) => peak >= low && (peak < high || (i === edges.length - 2 && peak === high))) };
  });
}

/** @param peaks peak intensity by clip id. @throws RangeError for edges that do not ascend. */
export const intensityReport = (predictions: readonly Prediction[], peaks: ReadonlyMap<string, number>, options: IntensityOptions): IntensityReport => pooledIntensity([{ predictions, peaks }], options);

/** Several runs together, e.g. the folds of a set or seeds of a run: each margin in its own run's units, each person one cluster however often seen. @throws as intensityReport */
export function pooledIntensity(runs: readonly IntensityRun[], options: IntensityOptions): IntensityReport {
  const { edges = INTENSITY_EDGES, seed, resamples = 1000 } = options;
  const items = runs.flatMap((run) => intensityItems(run, options));
  const interval = (name: string, sample: readonly IntensityItem[], statistic: (items: readonly IntensityItem[]) => number): Interval | null =>
    !Number.isFinite(statistic(sample)) ? null : bootstrap(sample, statistic, { seed: random(seed, name).integer(2 ** 31), resamples, clusterOf: ({ person }) => person });
  const bins = binned(items, edges).map(({ low, high, inside }, i): IntensityBin => ({
    low, high, clips: inside.length,
    recall: interval(`recall ${i}`, inside, (sample) => mean(sample.map(({ isFound }) => Number(isFound)))),
    margin: interval(`margin ${i}`, inside, (sample) => mean(sample.map(({ margin }) => margin))),
  }));
  const correlation = interval('correlation', items, (sample) => spearman(sample.map(({ peak }) => peak), sample.map(({ margin }) => margin)) ?? NaN);
  return { bins, correlation, clips: items.length, clipsLeftOut: runs.reduce((sum, { predictions }) => sum + predictions.length, 0) - items.length };
}

/** NaN of nothing. */
const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;
