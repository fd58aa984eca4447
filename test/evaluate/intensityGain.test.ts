import assert from 'node:assert/strict';
import { intensityReport, pooledIntensity } from '../../src/evaluate/intensity.ts';
import { intensityGain, type IntensityPair } from '../../src/evaluate/intensityGain.ts';
import type { Prediction } from '../../src/runs/types.ts';

/** Found or not, by a margin of 1. */
const row = (i: number, isFound: boolean): Prediction => ({ id: `c${i}`, label: 0, logits: isFound ? [1, 0] : [0, 1] });
const clips = Array.from({ length: 120 }, (_, i) => i);
const peaks = new Map(clips.map((i) => [`c${i}`, (i + 0.5) / 120]));
const identities = new Map(clips.map((i) => [`c${i}`, `p${i % 20}`]));
const options = { seed: 1, resamples: 200, edges: [0, 0.5, 1], weakBelow: 0.5, identities } as const;
const run = (isFound: (i: number) => boolean): Prediction[] => clips.map((i) => row(i, isFound(i)));
const strongOnly = run((i) => i >= 60 && i % 2 === 0);
const pair = (reference: Prediction[], other: Prediction[], name = 'fold 1'): IntensityPair => ({ name, reference, other, peaks });

describe('intensityGain', () => {
  it('a run that finds more of the weak clips alone gains there, and its tilt is the gain of the weak less that of the strong', () => {
    const better = run((i) => i < 30 || (i >= 60 && i % 2 === 0));
    const { bins, all, weak, strong, tilt } = intensityGain([pair(strongOnly, better)], options);
    assert.deepEqual(bins.map(({ low, high, clips: n, recall, byPair }) => [low, high, n, recall!.estimate, byPair]), [[0, 0.5, 60, 0.5, [0.5]], [0.5, 1, 60, 0, [0]]]);
    assert.deepEqual([all.recall!.estimate, weak.recall!.estimate, strong.recall!.estimate, tilt.recall!.estimate], [0.25, 0.5, 0, 0.5]);
    assert.ok(tilt.recall!.low > 0.2 && tilt.recall!.high < 0.8 && weak.margin!.estimate > 0);
  });

  it('a run against itself gains nothing anywhere, whatever is resampled', () => {
    const { bins, tilt } = intensityGain([pair(strongOnly, strongOnly)], options);
    for (const { recall, margin } of [...bins, tilt]) for (const { estimate, low, high } of [recall!, margin!]) assert.deepEqual([estimate, low, high], [0, 0, 0]);
  });

  it('stretched logits are no gain of margin', () => {
    const stretched = strongOnly.map((one) => ({ ...one, logits: one.logits.map((logit) => 5 * logit + 1) }));
    assert.ok(Math.abs(intensityGain([pair(strongOnly, stretched)], options).all.margin!.estimate) < 1e-12);
  });

  it('pools pairs, tells each one\'s difference, and leaves empty bins empty', () => {
    const found = run((i) => i < 60);
    const { bins } = intensityGain([pair(strongOnly, found, 'seed 1'), pair(strongOnly, strongOnly, 'seed 2')], { ...options, edges: [-1, 0, 0.5, 1] });
    assert.deepEqual(bins.map(({ clips: n, recall, byPair }) => [n, recall?.estimate, byPair]), [[0, undefined, [null, null]], [120, 0.5, [1, 0]], [120, -0.25, [-0.5, 0]]]);
  });

  it('refuses pairs of different clips', () => {
    assert.throws(() => intensityGain([pair(strongOnly, strongOnly.slice(1), 'fold 3')], options), /RangeError: intensityGain: fold 3: expected the same clips, found 120 and 119/);
    const renamed = strongOnly.map((one, i) => (i === 7 ? { ...one, id: 'c500' } : one));
    assert.throws(() => intensityGain([{ ...pair(strongOnly, renamed), peaks: new Map([...peaks, ['c500', 0.4]]) }], options), /clip "c7" is in one run alone/);
  });
});

describe('pooledIntensity', () => {
  it('one run alone is its report; two runs have both their clips, margins in each one\'s units', () => {
    const one = { predictions: strongOnly, peaks };
    assert.deepEqual(pooledIntensity([one], options), intensityReport(strongOnly, peaks, options));
    const stretched = { peaks, predictions: strongOnly.map((row) => ({ ...row, logits: row.logits.map((logit) => 9 * logit) })) };
    const [single, both] = [pooledIntensity([one], options), pooledIntensity([one, stretched], options)];
    assert.equal(both.clips, 2 * single.clips);
    assert.ok(Math.abs(both.bins[1]!.margin!.estimate - single.bins[1]!.margin!.estimate) < 1e-12);
  });
});
