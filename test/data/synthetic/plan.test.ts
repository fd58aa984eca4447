import assert from 'node:assert/strict';
import { planClips, planFolds, resolveParameters, type PlannedClip } from '../../../src/data/synthetic/index.ts';

const base = { layout: 'dfew', seed: 3, size: 112 } as const;
const counts = (clips: readonly PlannedClip[]): number[] => Array.from({ length: 7 }, (_, label) => clips.filter((clip) => clip.label === label).length);
const people = (clips: readonly PlannedClip[]): Set<number> => new Set(clips.map(({ identity }) => identity));

describe('planFolds', () => {
  const parameters = resolveParameters(base);
  const clips = planClips(parameters);
  const folds = planFolds(parameters, clips);

  it('the default has 1,400 training and 1,008 test clips in each of five folds, equally many of each class', () => {
    assert.equal(folds.length, 5);
    for (const { train, test } of folds) {
      assert.deepEqual(counts(train), Array.from({ length: 7 }, () => 200));
      assert.deepEqual(counts(test), Array.from({ length: 7 }, () => 144));
    }
  });

  it('no person is in both sides of a fold, and every clip is in one of them', () => {
    for (const { train, test } of folds) {
      const trained = people(train);
      assert.ok([...people(test)].every((identity) => !trained.has(identity)));
      assert.equal(new Set([...train, ...test].map(({ number }) => number)).size, clips.length);
    }
  });

  it('the folds test on different people', () => {
    for (let k = 1; k < 5; k++) assert.notDeepEqual(folds[k]!.test, folds[0]!.test);
    assert.equal(people(folds.flatMap(({ test }) => test)).size, clips.length / 4);
  });

  it('trainClips 700 and testClips 560 are met exactly', () => {
    const quick = resolveParameters({ ...base, trainClips: 700, testClips: 560 });
    const { train, test } = planFolds(quick, planClips(quick))[0]!;
    assert.deepEqual([train.length, test.length], [700, 560]);
    assert.deepEqual([new Set(counts(train)).size, new Set(counts(test)).size], [1, 1]);
  });

  it('clips: 11,697 imbalanced has DFEW\'s class counts, and the five test sets partition it as DFEW\'s do', () => {
    const dfew = resolveParameters({ ...base, clips: 11697, balanced: false });
    const all = planClips(dfew);
    assert.deepEqual(counts(all), [2445, 1894, 2669, 2173, 1469, 145, 902]);
    const five = planFolds(dfew, all);
    assert.equal(five.reduce((sum, { test }) => sum + test.length, 0), 11697);
    assert.equal(new Set(five.flatMap(({ test }) => test.map(({ number }) => number))).size, 11697);
    for (const { test } of five) {
      for (const [label, n] of [489, 379, 534, 435, 294, 29, 180].entries()) assert.ok(Math.abs(counts(test)[label]! - n) <= 3, `class ${label}: ${counts(test)[label]}`);
    }
  });

  it('clip orders are a permutation of 1..N that does not follow the people', () => {
    assert.deepEqual(clips.map(({ order }) => order).sort((a, b) => a - b), clips.map((_, i) => i + 1));
    assert.ok(clips.filter((clip, i) => i > 0 && clip.order === clips[i - 1]!.order + 1).length < 10);
  });
});

describe('resolveParameters', () => {
  it('rounds up to whole people of four clips', () => {
    const { trainClips, testClips } = resolveParameters({ ...base, trainClips: 41, testClips: 18 });
    assert.deepEqual([trainClips, testClips], [44, 20]);
  });

  it('gives FERV39k its own clip lengths', () => {
    assert.deepEqual(resolveParameters({ ...base, layout: 'ferv39k' }).frames, [8, 47]);
    assert.deepEqual(resolveParameters(base).frames, [16, 60]);
  });

  for (const [wrong, pattern] of [
    [{ size: 8 }, /size must be a whole number from 16 to 2048, got 8/],
    [{ size: 112.5 }, /size .* got 112.5/],
    [{ seed: -1 }, /seed .* got -1/],
    [{ clips: 10 }, /clips must be a whole number from 40 .* got 10/],
    [{ frames: [30, 20] as const }, /frames \(longest\) must be a whole number from 30/],
    [{ trainClips: Number.NaN }, /got NaN/],
  ] as const) {
    it(`refuses ${JSON.stringify(wrong)} with one line`, () => {
      assert.throws(() => resolveParameters({ ...base, ...wrong }), (error: Error) => error.name === 'UserError' && pattern.test(error.message));
    });
  }
});
