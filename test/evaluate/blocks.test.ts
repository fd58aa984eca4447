import assert from 'node:assert/strict';
import { blockDifference, smallestEffect, type BlockPair } from '../../src/evaluate/blocks.ts';
import { pairedDifference } from '../../src/evaluate/statistics.ts';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import { random, type Random } from '../../src/random.ts';
import type { Prediction } from '../../src/runs/types.ts';

const CLASSES = 4;
const rows = (clips: number, accuracy: (clip: number) => number, rng: Random, prefix = 'c'): Prediction[] =>
  Array.from({ length: clips }, (_, i) => ({ id: `${prefix}${i}`, label: i % CLASSES, logits: Array.from({ length: CLASSES }, (_, c) => Number(c === (rng.chance(accuracy(i)) ? i % CLASSES : (i + 1) % CLASSES))) }));

/** Runs whose accuracies carry a random part of their own (a seed's luck), and a fold's. */
function simulate(seed: number, { folds = 5, seeds = 3, effect = 0, seedSd = 0.03, foldSd = 0.03, clips = 80 }): BlockPair[] {
  const rng = random(seed, 'simulation');
  return Array.from({ length: folds }, (_, fold) => fold).flatMap((fold) => {
    const ease = 0.6 + foldSd * rng.normal();
    return Array.from({ length: seeds }, (_, s) => {
      const [a, b] = [ease + effect + seedSd * rng.normal(), ease + seedSd * rng.normal()];
      return { fold, seed: s, a: rows(clips, () => a, rng, `f${fold}-`), b: rows(clips, () => b, rng, `f${fold}-`) };
    });
  });
}

describe('differences over folds and seeds', () => {
  it('the estimate is the mean over folds of the mean over seeds', () => {
    const pairs = simulate(1, { folds: 2, seeds: 2 });
    const { uar, war } = blockDifference(pairs, CLASSES, { seed: 1, resamples: 10 });
    const by = (metric: 'uar' | 'war'): number => pairs.reduce((sum, { a, b }) => sum + metricsOf(a, CLASSES)[metric] - metricsOf(b, CLASSES)[metric], 0) / 4;
    assert.ok(Math.abs(uar.estimate - by('uar')) < 1e-12 && Math.abs(war.estimate - by('war')) < 1e-12);
  });

  it('an interval over folds and seeds holds the truth in about 95 of 100 experiments, where clips alone would miss it often', () => {
    let [held, heldByClips] = [0, 0];
    const experiments = 120;
    for (let e = 0; e < experiments; e++) {
      const pairs = simulate(e, { folds: 5, seeds: 2, effect: 0.05, seedSd: 0.06, clips: 60 });
      const { war } = blockDifference(pairs, CLASSES, { seed: e, resamples: 200 });
      if (war.low <= 0.05 && 0.05 <= war.high) held++;
      const one = pairs[0]!;
      const single = pairedDifference(one.a, one.b, (list) => metricsOf(list, CLASSES).war, { seed: e, resamples: 200 });
      if (single.low <= 0.05 && 0.05 <= single.high) heldByClips++;
    }
    assert.ok(held / experiments > 0.9, `${held} of ${experiments}`);
    assert.ok(heldByClips < held, `${heldByClips} of one run's clips, ${held} of blocks`);
  });

  it('more folds and seeds make the interval narrower, and a clear effect is found', () => {
    const width = (options: object): number => { const { uar } = blockDifference(simulate(3, options), CLASSES, { seed: 1 }); return uar.high - uar.low; };
    assert.ok(width({ folds: 5, seeds: 3 }) < 0.75 * width({ folds: 1, seeds: 1 }));
    const clear = blockDifference(simulate(4, { effect: 0.2 }), CLASSES, { seed: 1 });
    assert.ok(clear.uar.p < 0.01 && clear.uar.low > 0);
  });

  it('says which levels it could not draw', () => {
    assert.deepEqual(blockDifference(simulate(1, { folds: 1, seeds: 1 }), CLASSES, { seed: 1, resamples: 20 }).blindTo, ['folds', 'seeds']);
    assert.deepEqual(blockDifference(simulate(1, { folds: 5, seeds: 1 }), CLASSES, { seed: 1, resamples: 20 }).blindTo, ['seeds']);
    const { blindTo, folds, seeds } = blockDifference(simulate(1, {}), CLASSES, { seed: 1, resamples: 20 });
    assert.deepEqual([blindTo, folds, seeds], [[], 5, 3]);
  });

  it('a run against itself differs by 0 with p 1, and the same seed gives the same interval', () => {
    const same = simulate(1, {}).map((pair) => ({ ...pair, b: pair.a }));
    const { uar } = blockDifference(same, CLASSES, { seed: 1, resamples: 50 });
    assert.deepEqual([uar.estimate, uar.low, uar.high, uar.p, uar.standardError], [0, 0, 0, 1, 0]);
    const pairs = simulate(2, {});
    assert.deepEqual(blockDifference(pairs, CLASSES, { seed: 5, resamples: 50 }), blockDifference(pairs, CLASSES, { seed: 5, resamples: 50 }));
  });

  it('people are drawn whole: ten equal clips of a person are no more evidence than one', () => {
    const rng = random(1, 'people');
    const [a, b] = [rows(40, () => 0.7, rng), rows(40, () => 0.5, rng)];
    const copies = (list: readonly Prediction[]): Prediction[] => list.flatMap((row) => Array.from({ length: 10 }, (_, k) => ({ ...row, id: `${row.id}/${k}` })));
    const error = (clusterOf?: (id: string) => string): number => blockDifference([{ fold: 1, seed: 1, a: copies(a), b: copies(b) }], CLASSES, { seed: 1, ...clusterOf && { clusterOf } }).war.standardError;
    assert.ok(Math.abs(error((id) => id.split('/')[0]!) / error() / Math.sqrt(10) - 1) < 0.2);
  });

  it('other clips or labels are refused by name', () => {
    const [pair] = simulate(1, { folds: 1, seeds: 1 });
    assert.throws(() => blockDifference([], CLASSES, { seed: 1 }), /RangeError: blockDifference: there are no pairs/);
    assert.throws(() => blockDifference([{ ...pair!, b: pair!.b.slice(1) }], CLASSES, { seed: 1 }), /expected the same clips in all runs of a fold, found 80 and 79/);
    assert.throws(() => blockDifference([{ ...pair!, b: pair!.b.map((row, i) => (i === 3 ? { ...row, label: 0 } : row)) }], CLASSES, { seed: 1 }), /clip "f0-3" has label 0 in one run, 3 in another/);
  });

  it('the smallest effect is 2.80 standard errors: a test at 5 % finds it with a power of 80 %', () => {
    assert.ok(Math.abs(smallestEffect(1) - 2.8016) < 1e-4);
    let found = 0;
    const rng = random(9, 'power');
    for (let i = 0; i < 4000; i++) if (Math.abs(smallestEffect(1) + rng.normal()) > 1.959964) found++;
    assert.ok(Math.abs(found / 4000 - 0.8) < 0.02, String(found / 4000));
  });
});
