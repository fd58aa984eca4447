// Does a change of the network or its losses help weakly expressed clips more than strong ones? Differences between two runs on the
// same clips by the clips' true peak intensity: what the paper's loss is for, and what no set without known intensity can show.
import { random } from '../random.ts';
import type { Interval } from '../runs/reports.ts';
import type { Prediction } from '../runs/types.ts';
import { binned, INTENSITY_EDGES, intensityItems, type IntensityItem, type IntensityOptions } from './intensity.ts';
import { bootstrap } from './statistics.ts';

/** Two runs that differ in what is judged alone: the same clips, fold and seed. */
export interface IntensityPair {
  /** E.g. "fold 1, seed 1". */
  readonly name: string;
  readonly reference: readonly Prediction[];
  readonly other: readonly Prediction[];
  readonly peaks: ReadonlyMap<string, number>;
}

/** `other` minus `reference`. */
export interface Gain {
  readonly clips: number;
  /** Difference of recall, a fraction; null where there are no clips. */
  readonly recall: Interval | null;
  /** Difference of the mean margin, each in units of its own run's logits. */
  readonly margin: Interval | null;
}

export interface GainBin extends Gain {
  readonly low: number;
  readonly high: number;
  /** Difference of recall in each pair alone, in their order: how much seeds and folds differ. */
  readonly byPair: readonly (number | null)[];
}

export interface IntensityGain {
  readonly bins: readonly GainBin[];
  /** Over all clips of the bins. */
  readonly all: Gain;
  /** Below `weakBelow`, and from there on. */
  readonly weak: Gain;
  readonly strong: Gain;
  /** The gain of the weak clips minus that of the strong ones. */
  readonly tilt: Gain;
}

export interface IntensityGainOptions extends IntensityOptions {
  /** Peak below which a clip is weak, default 0.42. */
  readonly weakBelow?: number;
}

interface PairItem { readonly pair: number; readonly person: string; readonly peak: number; readonly found: number; readonly margin: number }

/** Intervals resample people in pairs: all clips of a person, in both runs and all seeds, come together. @throws RangeError where the runs of a pair hold different clips. */
export function intensityGain(pairs: readonly IntensityPair[], options: IntensityGainOptions): IntensityGain {
  const { edges = INTENSITY_EDGES, weakBelow = 0.42 } = options;
  const items = pairs.flatMap((pair, index) => pairItems(pair, index, options));
  const isWeak = ({ peak }: PairItem): boolean => peak < weakBelow;
  const gain = (name: string, sample: readonly PairItem[], statistic: Statistic = meanOf): Gain => {
    const people = sumsByPerson(sample, isWeak);
    const of = (key: Key): Interval | null => interval(`${name} ${key === 'found' ? 'recall' : key}`, people, (some) => statistic(some, key), options);
    return { clips: sample.length, recall: of('found'), margin: of('margin') };
  };
  return {
    bins: binned(items, edges).map(({ low, high, inside }, i) => ({
      low, high, ...gain(`bin ${i}`, inside), byPair: pairs.map((_, pair) => foundMore(inside.filter((item) => item.pair === pair))),
    })),
    all: gain('all', items), weak: gain('weak', items.filter(isWeak)), strong: gain('strong', items.filter((item) => !isWeak(item))), tilt: gain('tilt', items, tiltOf),
  };
}

type Key = 'found' | 'margin';

/** Of one person's weak and strong clips: all that a mean needs, so that a resample costs people and not clips. */
interface PersonSums { readonly clips: [number, number]; readonly found: [number, number]; readonly margin: [number, number] }

type Statistic = (people: readonly PersonSums[], key: Key) => number;

function sumsByPerson(items: readonly PairItem[], isWeak: (item: PairItem) => boolean): PersonSums[] {
  const people = new Map<string, PersonSums>();
  for (const item of items) {
    const sums = people.get(item.person) ?? { clips: [0, 0], found: [0, 0], margin: [0, 0] }, side = isWeak(item) ? 0 : 1;
    people.set(item.person, sums);
    sums.clips[side]++;
    sums.found[side] += item.found;
    sums.margin[side] += item.margin;
  }
  return [...people.values()];
}

function totals(people: readonly PersonSums[], key: Key): readonly [weak: number, weakClips: number, strong: number, strongClips: number] {
  let [weak, weakClips, strong, strongClips] = [0, 0, 0, 0];
  for (const { clips, [key]: sums } of people) {
    weak += sums[0];
    strong += sums[1];
    weakClips += clips[0];
    strongClips += clips[1];
  }
  return [weak, weakClips, strong, strongClips];
}

/** NaN of nothing. */
const meanOf: Statistic = (people, key) => {
  const [weak, weakClips, strong, strongClips] = totals(people, key);
  return (weak + strong) / (weakClips + strongClips);
};

const tiltOf: Statistic = (people, key) => {
  const [weak, weakClips, strong, strongClips] = totals(people, key);
  return weak / weakClips - strong / strongClips;
};

const foundMore = (items: readonly PairItem[]): number | null => (items.length === 0 ? null : items.reduce((sum, { found }) => sum + found, 0) / items.length);

function interval(name: string, people: readonly PersonSums[], statistic: (people: readonly PersonSums[]) => number, { seed, resamples = 1000 }: IntensityGainOptions): Interval | null {
  return Number.isFinite(statistic(people)) ? bootstrap(people, statistic, { seed: random(seed, name).integer(2 ** 31), resamples }) : null;
}

function pairItems({ name, reference, other, peaks }: IntensityPair, pair: number, options: IntensityGainOptions): PairItem[] {
  const [before, after] = [reference, other].map((predictions) => intensityItems({ predictions, peaks }, options)) as [IntensityItem[], IntensityItem[]];
  const byId = new Map(after.map((item) => [item.id, item]));
  if (byId.size !== before.length || reference.length !== other.length) throw new RangeError(`intensityGain: ${name}: expected the same clips, found ${reference.length} and ${other.length}`);
  return before.map(({ id, person, peak, isFound, margin }) => {
    const then = byId.get(id);
    if (!then) throw new RangeError(`intensityGain: ${name}: clip "${id}" is in one run alone`);
    return { pair, person, peak, found: Number(then.isFound) - Number(isFound), margin: then.margin - margin };
  });
}
