import assert from 'node:assert/strict';
import { bootstrap, holm, pairedDifference, spearman } from '../../src/evaluate/statistics.ts';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import { random } from '../../src/random.ts';
import type { Prediction } from '../../src/runs/types.ts';

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const predictions = (count: number, accuracy: number, seed: number): Prediction[] => {
  const rng = random(seed, 'test');
  return Array.from({ length: count }, (_, i) => ({ id: `c${i}`, label: i % 2, logits: rng.chance(accuracy) === (i % 2 === 0) ? [1, 0] : [0, 1] }));
};
const war = (list: readonly Prediction[]): number => metricsOf(list, 2).war;

describe('statistics', () => {
  it('the bootstrap interval of a mean is about 1.96 standard errors to each side', () => {
    const rng = random(1, 'x');
    const values = Array.from({ length: 400 }, () => rng.normal());
    const { estimate, low, high } = bootstrap(values, mean, { seed: 1 });
    assert.equal(estimate, mean(values));
    assert.ok(Math.abs((high - low) / 2 / (1.96 / 20) - 1) < 0.15, `${low} to ${high}`);
  });

  it('the same seed gives the same interval, another seed another', () => {
    const values = [1, 5, 2, 8, 3];
    assert.deepEqual(bootstrap(values, mean, { seed: 1 }), bootstrap(values, mean, { seed: 1 }));
    assert.notDeepEqual(bootstrap(values, mean, { seed: 1 }), bootstrap(values, mean, { seed: 2 }));
  });

  it('clusters are drawn whole: ten copies of a person are no more evidence than one', () => {
    const people = Array.from({ length: 30 }, (_, i) => i % 7);
    const copies = people.flatMap((value, person) => Array.from({ length: 10 }, () => ({ value, person })));
    const statistic = (items: readonly { value: number }[]): number => mean(items.map(({ value }) => value));
    const width = (options: { clusterOf?: (item: { person: number }) => string }): number => {
      const { low, high } = bootstrap(copies, statistic, { seed: 1, ...options });
      return high - low;
    };
    assert.ok(Math.abs(width({ clusterOf: ({ person }) => String(person) }) / width({}) / Math.sqrt(10) - 1) < 0.15);
  });

  it('a wider level gives a wider interval, and nothing to resample is refused', () => {
    const values = [1, 5, 2, 8, 3, 4, 4, 7];
    assert.ok(bootstrap(values, mean, { seed: 1, level: 0.99 }).low < bootstrap(values, mean, { seed: 1, level: 0.5 }).low);
    assert.throws(() => bootstrap([], mean, { seed: 1 }), /RangeError: bootstrap: there is nothing to resample/);
    assert.throws(() => bootstrap([1], () => NaN, { seed: 1 }), /the statistic is finite on no resample/);
  });

  it('pairedDifference of a run with itself is 0 without doubt, and p is 1', () => {
    const run = predictions(50, 0.7, 1);
    assert.deepEqual(pairedDifference(run, run, war, { seed: 1, resamples: 200 }), { estimate: 0, low: 0, high: 0, p: 1 });
  });

  it('pairedDifference finds a difference that is there, whatever the order of the clips', () => {
    const good = predictions(300, 0.9, 1);
    const bad = predictions(300, 0.6, 2).reverse();
    const { estimate, low, high, p } = pairedDifference(good, bad, war, { seed: 1, resamples: 500 });
    assert.equal(estimate, war(good) - war(bad));
    assert.ok(low > 0 && low < estimate && estimate < high);
    assert.equal(p, 2 / 501);
  });

  it('pairs of runs share their noise: the interval is narrower than that of unrelated runs', () => {
    const a = predictions(200, 0.6, 1);
    const b = a.map((row, i) => (i % 40 === 0 ? { ...row, logits: row.label === 0 ? [1, 0] : [0, 1] } : row));
    const related = pairedDifference(b, a, war, { seed: 1, resamples: 500 });
    const unrelated = pairedDifference(predictions(200, 0.62, 9), a, war, { seed: 1, resamples: 500 });
    assert.ok(related.high - related.low < (unrelated.high - unrelated.low) / 2);
    const clustered = pairedDifference(b, a, war, { seed: 1, resamples: 500, clusterOf: (id) => id.slice(0, 2) });
    assert.equal(clustered.estimate, related.estimate);
  });

  it('pairedDifference refuses runs on other clips or labels', () => {
    const run = predictions(4, 0.7, 1);
    assert.throws(() => pairedDifference(run, run.slice(1), war, { seed: 1 }), /expected the same clips, found 4 and 3/);
    assert.throws(() => pairedDifference(run, run.map((row, i) => (i === 2 ? { ...row, id: 'x' } : row)), war, { seed: 1 }), /clip "c2" has label 0 in one run, no row in the other/);
    assert.throws(() => pairedDifference(run, run.map((row, i) => (i === 2 ? { ...row, label: 1 } : row)), war, { seed: 1 }), /clip "c2" has label 0 in one run, 1 in the other/);
  });

  it('Holm multiplies the smallest by the number of tests, keeps the order and never decreases', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]).map((p) => Math.round(p * 1e12) / 1e12);
    assert.deepEqual(adjusted, [0.03, 0.06, 0.06, 0.02]); // R: p.adjust(c(.01, .04, .03, .005), "holm")
    assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
    assert.deepEqual(holm([]), []);
  });

  it('Spearman gives ties their mean rank, as scipy does, and null where it is undefined', () => {
    assert.ok(Math.abs(spearman([1, 2, 2, 4, 5, 1], [3, 1, 4, 4, 9, 2])! - 0.7015706849811753) < 1e-12);
    assert.equal(spearman([1, 1, 1], [1, 2, 3]), null);
    assert.equal(spearman([1], [1]), null);
    assert.throws(() => spearman([1, 2], [1]), /RangeError: spearman: 2 and 1 values/);
  });
});
