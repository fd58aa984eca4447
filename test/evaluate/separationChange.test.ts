import assert from 'node:assert/strict';
import { changes, isBeyondNoise, meanInterval } from '../../src/evaluate/separationChange.ts';
import type { Measures } from '../../src/runs/reports.ts';

const measures = (ratio: number | null): Measures => ({ intra: 1, inter: 1, ratio, silhouette: 0, daviesBouldin: null, calinskiHarabasz: 1, purity: 0.5 });

describe('meanInterval', () => {
  it('is Student\'s interval', () => {
    // R: t.test(c(1, 2, 3, 4, 5))$conf.int is 1.036757 4.963243
    const { estimate, low, high, pairs } = meanInterval([1, 2, 3, 4, 5]);
    assert.deepEqual([estimate, pairs], [3, 5]);
    assert.ok(Math.abs(low - 1.036757) < 1e-3 && Math.abs(high - 4.963243) < 1e-3);
  });

  it('a single pair has no interval and shows nothing; many use the normal distribution', () => {
    assert.deepEqual(meanInterval([2]), { estimate: 2, low: 2, high: 2, pairs: 1 });
    assert.equal(isBeyondNoise(meanInterval([2])), false);
    const many = meanInterval(Array.from({ length: 100 }, (_, i) => i % 2));
    assert.ok(Math.abs(many.high - 0.5 - 1.96 * Math.sqrt(0.25 / 99)) < 1e-6);
    assert.throws(() => meanInterval([]), /RangeError: meanInterval: there is nothing to average/);
  });

  it('beyond noise is an interval without zero', () => {
    assert.equal(isBeyondNoise(meanInterval([1, 2, 3, 4, 5])), true);
    assert.equal(isBeyondNoise(meanInterval([-1, -2, -3, -4, -5])), true);
    assert.equal(isBeyondNoise(meanInterval([-1, 2, -3, 4])), false);
  });
});

describe('changes', () => {
  it('are after minus before, where both are defined', () => {
    assert.deepEqual(changes([{ before: measures(1), after: measures(1.5) }, { before: measures(null), after: measures(2) }], 'ratio'), [0.5]);
  });
});
