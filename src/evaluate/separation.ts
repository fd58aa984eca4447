// How far the classes stand apart in feature space: intra- and inter-class distances, silhouette, Davies-Bouldin,
// Calinski-Harabasz, k-NN purity; raw and L2-normalised; overall, per class, with all classes at the same size. Always in
// the features' own dimension: a 2-D map is a picture, not evidence.
import { quantileSorted } from 'simple-statistics';
import type { Progress } from '../data/clip.ts';
import { throwIfInterrupted } from '../errors.ts';
import { random } from '../random.ts';
import type { MeasureIntervals, Measures, SeparationReport, SpaceReport } from '../runs/reports.ts';
import type { Features } from '../runs/types.ts';
import { measureSeparation } from './clusters.ts';
import { gramMatrix, normalisedDistances, rawDistances, type Distances } from './distances.ts';

export interface SeparationOptions {
  readonly seed: number;
  /** Neighbours of the k-NN purity, default 10. */
  readonly k?: number;
  /** Draws of equally many clips per class, averaged, default 20. */
  readonly balancedDraws?: number;
  /** Subsamples for the intervals, default 100; 0 leaves the intervals out. */
  readonly subsamples?: number;
  /** Person in a clip: subsamples then take whole people. */
  readonly identities?: ReadonlyMap<string, string>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

/** O(clips^2 x width) once, then O(clips^2) per subsample. @throws RangeError with fewer than two classes, Interrupted. */
export async function separation(features: Pick<Features, 'ids' | 'labels' | 'values' | 'width'>, options: SeparationOptions): Promise<SeparationReport> {
  const { labels, values, width } = features;
  const gram = await gramMatrix(values, width, options);
  const k = options.k ?? 10;
  const draws = balancedDraws(labels, options);
  return {
    clips: labels.length, width, k, clipsPerClassBalanced: draws.perClass,
    raw: await spaceReport(rawDistances(gram), features, draws.subsets, k, options),
    normalised: await spaceReport(normalisedDistances(gram), features, draws.subsets, k, options),
  };
}

type Labelled = Pick<Features, 'ids' | 'labels'>;

async function spaceReport(distances: Distances, features: Labelled, draws: readonly (readonly number[])[], k: number, options: SeparationOptions): Promise<SpaceReport> {
  const { labels } = features;
  const all = Array.from(labels, (_, i) => i);
  const { overall, perClass } = measureSeparation(distances, labels, all, k);
  const balanced: Measures[] = [];
  for (const subset of draws) {
    await breathe(options.signal);
    balanced.push(measureSeparation(distances, labels, subset, k).overall);
  }
  return { overall, perClass, balanced: meanMeasures(balanced), intervals: await intervals(distances, features, overall, k, options) };
}

/** Lets a waiting Ctrl-C or a progress display have its turn. @throws Interrupted */
async function breathe(signal?: AbortSignal): Promise<void> {
  await new Promise((resolve) => { setImmediate(resolve); });
  throwIfInterrupted(signal);
}

const MEASURES = ['intra', 'inter', 'ratio', 'silhouette', 'daviesBouldin', 'calinskiHarabasz', 'purity'] as const;

const overMeasures = <V>(value: (measure: keyof Measures) => V): { [M in keyof Measures]: V } =>
  Object.fromEntries(MEASURES.map((measure) => [measure, value(measure)])) as { [M in keyof Measures]: V };

function meanMeasures(list: readonly Measures[]): Measures {
  return overMeasures((measure) => {
    const values = list.map((measures) => measures[measure]);
    return values.includes(null) ? null : values.reduce<number>((total, value) => total + value!, 0) / values.length;
  }) as Measures;
}

function balancedDraws(labels: ArrayLike<number>, { seed, balancedDraws: count = 20 }: SeparationOptions): { perClass: number; subsets: number[][] } {
  const members = new Map<number, number[]>();
  for (let i = 0; i < labels.length; i++) members.set(labels[i]!, [...(members.get(labels[i]!) ?? []), i]);
  const pairs = [...members.values()].filter(({ length }) => length >= 2);
  const classes = pairs.length >= 2 ? pairs : [...members.values()]; // so few clips that hardly a class has two: one of each
  const perClass = Math.min(...classes.map(({ length }) => length));
  const subsets = Array.from({ length: count }, (_, draw) =>
    classes.flatMap((list, c) => random(seed, 'balanced', draw, c).shuffle(list).slice(0, perClass)));
  return { perClass, subsets };
}

/**
 * Half of the people (or clips) without replacement, because duplicates would inflate k-NN purity and silhouette. At one
 * half, the spread of the subsamples equals that of the whole sample, so their deviations from their own mean are laid
 * around the estimate. Calinski-Harabasz grows with the clips and is scaled to the whole number first.
 */
async function intervals(distances: Distances, features: Labelled, overall: Measures, k: number, options: SeparationOptions): Promise<MeasureIntervals | null> {
  const count = options.subsamples ?? 100;
  if (count === 0) return null;
  const people = [...peopleOf(features, options.identities).values()];
  const drawn: Measures[] = [];
  for (let s = 0; s < count; s++) {
    await breathe(options.signal);
    const subset = random(options.seed, 'subsample', s).shuffle(people).slice(0, Math.ceil(people.length / 2)).flat();
    if (new Set(subset.map((i) => features.labels[i])).size < 2) continue;
    const measures = measureSeparation(distances, features.labels, subset, k).overall;
    const { calinskiHarabasz: ch } = measures;
    drawn.push({ ...measures, calinskiHarabasz: ch === null ? null : (ch * features.labels.length) / subset.length });
  }
  return overMeasures((measure) => around(overall[measure], drawn.flatMap((measures) => measures[measure] ?? [])));
}

function peopleOf({ ids }: Labelled, identities?: ReadonlyMap<string, string>): Map<string, number[]> {
  const people = new Map<string, number[]>();
  for (const [i, id] of ids.entries()) {
    const person = identities?.get(id) ?? `clip ${id}`;
    people.set(person, [...(people.get(person) ?? []), i]);
  }
  return people;
}

function around(estimate: number | null, values: number[]): readonly [number, number] | null {
  if (estimate === null || values.length < 2) return null;
  const centre = values.reduce((total, value) => total + value, 0) / values.length;
  const deviations = values.map((value) => value - centre).sort((a, b) => a - b);
  return [estimate + quantileSorted(deviations, 0.025), estimate + quantileSorted(deviations, 0.975)];
}
