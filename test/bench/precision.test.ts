import assert from 'node:assert/strict';
import { compareSeeds, lossDistance } from '../../src/bench/precision.ts';

describe('bench/precision', () => {
  it('lossDistance compares means over all steps and over every window', () => {
    const f32 = Array.from({ length: 40 }, () => 2), bf16 = f32.map((loss, i) => i < 20 ? loss * 1.01 : loss * 0.99);
    const { overall, worstWindow } = lossDistance(f32, bf16);
    assert.ok(Math.abs(overall) < 1e-12);
    assert.ok(Math.abs(worstWindow - 0.01) < 1e-12);
  });

  it('lossDistance of fewer steps than a window is over all of them', () => {
    assert.ok(Math.abs(lossDistance([1, 1], [1.1, 1.1]).worstWindow - 0.1) < 1e-12);
  });

  it('compareSeeds gives the mean difference and the interval of float32\'s own mean', () => {
    const pairs = [{ seed: 1, f32: 0.5, bf16: 0.52 }, { seed: 2, f32: 0.6, bf16: 0.58 }, { seed: 3, f32: 0.55, bf16: 0.58 }];
    const { f32, bf16, difference, ownInterval } = compareSeeds(pairs);
    assert.ok(Math.abs(f32 - 0.55) < 1e-12 && Math.abs(bf16 - 0.56) < 1e-12 && Math.abs(difference - 0.01) < 1e-12);
    assert.ok(Math.abs(ownInterval - 4.303 * 0.05 / Math.sqrt(3)) < 1e-9);
  });
});
