// Separation of runs as figures and notebooks show it: which measures, their intervals, changes in pairs, and what they say.
import { changes, isBeyondNoise, meanInterval, type MeanInterval } from '../evaluate/separationChange.ts';
import type { MeasuredRun, MeasurePanel } from '../figures/distances.ts';
import type { Measures, SpaceReport } from '../runs/reports.ts';
import { measuredPairs, type SeparationPair } from './separationPairs.ts';

type Key = Exclude<keyof Measures, 'calinskiHarabasz'>;

/** Distances in the unit of the features; the others have none. */
export const SEPARATION_PANELS: readonly (MeasurePanel & { readonly key: Key })[] = [
  { key: 'intra', title: 'distance within classes', better: 'neither' }, { key: 'inter', title: 'distance between classes', better: 'neither' }, { key: 'ratio', title: 'between / within', better: 'larger' },
  { key: 'silhouette', title: 'silhouette', better: 'larger' }, { key: 'daviesBouldin', title: 'Davies-Bouldin index', better: 'smaller' }, { key: 'purity', title: 'purity of 10 neighbours', better: 'larger' },
];

/** Measures that do not grow when a loss merely stretches the features: what two runs may be compared by. */
export const SCALE_FREE: typeof SEPARATION_PANELS = SEPARATION_PANELS.filter(({ better }) => better !== 'neither');

/** For distancesFigure. */
export function measuredRun(name: string, { overall, intervals }: Pick<SpaceReport, 'overall' | 'intervals'>): MeasuredRun {
  return {
    name, values: Object.fromEntries(SEPARATION_PANELS.map(({ key }) => {
      const estimate = overall[key], interval = intervals?.[key];
      return [key, estimate === null ? undefined : { estimate, ...interval && { low: interval[0], high: interval[1] } }];
    })),
  };
}

export interface SeparationChange extends MeasuredRun {
  readonly pairs: number;
  readonly values: Readonly<Record<string, MeanInterval | undefined>>;
}

/** The mean change over pairs with its interval, and every pair's own. */
export function measuredChange(name: string, pairs: readonly SeparationPair[], space: 'raw' | 'normalised'): SeparationChange {
  const parts = Object.fromEntries(SEPARATION_PANELS.map(({ key }) => [key, changes(measuredPairs(pairs, space), key)]));
  return { name, pairs: pairs.length, parts, values: Object.fromEntries(Object.entries(parts).map(([key, list]) => [key, list.length === 0 ? undefined : meanInterval(list)])) };
}

/** E.g. "separates better by 2 of 4 measures, worse by none". One pair shows nothing. */
export function changeText({ pairs, values }: SeparationChange): string {
  if (pairs < 2) return `${pairs === 0 ? 'no pair' : 'a single pair'} of runs: nothing can be said beyond the clips' own noise`;
  const beyond = SCALE_FREE.flatMap(({ key, better }) => { const value = values[key]; return value && isBeyondNoise(value) ? [(value.estimate > 0) === (better === 'larger')] : []; });
  const [good, bad] = [true, false].map((wanted) => beyond.filter((isBetter) => isBetter === wanted).length) as [number, number];
  if (good + bad === 0) return `none of ${SCALE_FREE.length} measures changes beyond the spread of ${pairs} pairs`;
  return `separates better by ${good === 0 ? 'none' : good} of ${SCALE_FREE.length} measures, worse by ${bad === 0 ? 'none' : bad} (${pairs} pairs)`;
}

/** A table's columns: the scale-free measures of a run with their intervals. */
export const measureColumns = ({ overall, intervals }: Pick<SpaceReport, 'overall' | 'intervals'>): Record<string, string> =>
  Object.fromEntries(SCALE_FREE.map(({ key, title }) => [title, intervalText(overall[key], intervals?.[key])]));

/** The same of a change; a single pair has no interval. */
export const changeColumns = ({ pairs, values }: SeparationChange): Record<string, string> => Object.fromEntries(SCALE_FREE.map(({ key, title }) => {
  const value = values[key];
  return [title, value ? intervalText(value.estimate, pairs > 1 ? [value.low, value.high] : null, 3) : '–'];
}));

/** "0.41 [0.36, 0.47]". */
export function intervalText(estimate: number | null, interval: readonly [number, number] | null | undefined, digits = 2): string {
  const shown = (value: number): string => value.toFixed(digits).replace('-', '−');
  if (estimate === null) return '–';
  return interval ? `${shown(estimate)} [${shown(interval[0])}, ${shown(interval[1])}]` : shown(estimate);
}
