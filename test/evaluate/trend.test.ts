import assert from 'node:assert/strict';
import { recallTrend } from '../../src/evaluate/trend.ts';
import type { Prediction } from '../../src/runs/types.ts';

/** Clip i of 80 has peak i / 80 and is found more often the stronger it is; the classes take turns. */
const clips = Array.from({ length: 80 }, (_, i): Prediction => ({ id: `c${i}`, label: i % 2, logits: (i * 37) % 80 < i ? (i % 2 ? [0, 1] : [1, 0]) : (i % 2 ? [1, 0] : [0, 1]) }));
const peaks = new Map(clips.map(({ id }, i) => [id, i / 80]));

describe('recallTrend', () => {
  it('bins equally many clips and correlates their recall with their peak', () => {
    const { overall, perClass } = recallTrend(clips, peaks, { bins: 8 });
    assert.deepEqual(overall.bins.map(({ clips: n }) => n), [10, 10, 10, 10, 10, 10, 10, 10]);
    assert.ok(Math.abs(overall.bins[0]!.peak - 4.5 / 80) < 1e-12);
    assert.ok(overall.correlation! > 0.9, `${overall.correlation}`);
    assert.deepEqual([...perClass.keys()], [0, 1]);
    assert.equal(perClass.get(0)!.bins.reduce((sum, { clips: n }) => sum + n, 0), 40);
  });

  it('leaves out excluded classes and clips of unknown intensity', () => {
    const { overall, perClass } = recallTrend(clips, new Map([...peaks].slice(0, 60)), { bins: 4, excludeLabels: [1] });
    assert.equal(overall.bins.reduce((sum, { clips: n }) => sum + n, 0), 30);
    assert.deepEqual([...perClass.keys()], [0]);
  });

  it('says null where nothing changes, and where a bin would be empty', () => {
    const found = clips.map((clip) => ({ ...clip, logits: clip.label ? [0, 1] : [1, 0] }));
    assert.equal(recallTrend(found, peaks).overall.correlation, null);
    assert.equal(recallTrend(clips.slice(0, 3), peaks).overall.correlation, null);
    assert.throws(() => recallTrend(clips, peaks, { bins: 1 }), /RangeError: recallTrend: expected at least 2 bins, found 1/);
  });
});
