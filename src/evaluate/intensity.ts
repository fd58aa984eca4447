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

interface Item { readonly id: string; readonly peak: number; readonly isFound: boolean; readonly margin: number }

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

/** @param peaks peak intensity by clip id. @throws RangeError for edges that do not ascend. */
export function intensityReport(predictions: readonly Prediction[], peaks: ReadonlyMap<string, number>, options: IntensityOptions): IntensityReport {
  const { edges = INTENSITY_EDGES, identities, seed, resamples = 1000, excludeLabels = [] } = options;
  if (edges.length < 2 || edges.some((edge, i) => i > 0 && !(edge > edges[i - 1]!))) throw new RangeError(`intensityReport: expected ascending edges, found ${edges.join(', ')}`);
  const margins = scaledMargins(predictions);
  const items = predictions.flatMap(({ id, label, logits }, i): Item[] => {
    const peak = peaks.get(id);
    const isIn = peak !== undefined && peak >= edges[0]! && peak <= edges.at(-1)! && !excludeLabels.includes(label);
    return isIn ? [{ id, peak, isFound: argmax(logits) === label, margin: margins[i]! }] : [];
  });
  const interval = (name: string, sample: readonly Item[], statistic: (items: readonly Item[]) => number): Interval | null =>
    !Number.isFinite(statistic(sample)) ? null : bootstrap(sample, statistic, { seed: random(seed, name).integer(2 ** 31), resamples, clusterOf: ({ id }) => identities?.get(id) ?? `clip ${id}` });
  const bins = edges.slice(1).map((high, i): IntensityBin => {
    const low = edges[i]!;
    const inside = items.filter(({ peak }) => peak >= low && (peak < high || (i === edges.length - 2 && peak === high)));
    return {
      low, high, clips: inside.length,
      recall: interval(`recall ${i}`, inside, (sample) => mean(sample.map(({ isFound }) => Number(isFound)))),
      margin: interval(`margin ${i}`, inside, (sample) => mean(sample.map(({ margin }) => margin))),
    };
  });
  const correlation = interval('correlation', items, (sample) => spearman(sample.map(({ peak }) => peak), sample.map(({ margin }) => margin)) ?? NaN);
  return { bins, correlation, clips: items.length, clipsLeftOut: predictions.length - items.length };
}

/** NaN of nothing. */
const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;
