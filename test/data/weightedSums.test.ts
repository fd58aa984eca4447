import assert from 'node:assert/strict';
import { MARGIN, PRECISION, sumMemory, weightedSums } from '../../src/data/weightedSums.ts';
import { random } from '../../src/random.ts';

const FROM = 0, TO = 4096, WEIGHTS = 8192;

/** The sums as their documentation says them, one at a time. */
function slowly(bytes: Uint8Array, weights: readonly number[], step: number, count: number, fromStride: number): number[] {
  return Array.from({ length: count * 4 }, (_, i) => {
    const at = FROM + Math.floor(i / 4) * fromStride + (i % 4);
    return (weights.reduce((sum, weight, t) => sum + Math.imul(weight, bytes[at + t * step]!), 1 << (PRECISION - 1))) >> PRECISION;
  });
}

describe('weightedSums', () => {
  it('gives the sums of the plain loop, for any number of weights, distance and strides', () => {
    const draw = random(1, 'sums');
    for (let trial = 0; trial < 60; trial++) {
      const taps = 1 + draw.integer(24), step = 1 + draw.integer(100), count = 1 + draw.integer(40), fromStride = draw.integer(40), toStride = 4 + draw.integer(20);
      const bytes = sumMemory(16_384);
      for (let i = FROM; i < TO; i++) bytes[i] = draw.integer(256);
      bytes.fill(0, TO, WEIGHTS);
      const shares = Array.from({ length: taps }, () => draw.uniform(0, 1)), total = shares.reduce((a, b) => a + b);
      const weights = shares.map((share) => Math.trunc(0.5 + (share / total) * (1 << PRECISION)));
      new Int32Array(bytes.buffer, WEIGHTS, taps).set(weights);
      weightedSums(taps, step)(FROM, WEIGHTS, TO, count, fromStride, toStride);
      const found = Array.from({ length: count * 4 }, (_, i) => bytes[TO + Math.floor(i / 4) * toStride + (i % 4)]!);
      assert.deepEqual(found, slowly(bytes, weights, step, count, fromStride), `${taps} weights, ${step} apart`);
      assert.equal(bytes[TO + (count - 1) * toStride + 4], 0, 'nothing behind the last sum');
    }
  });

  it('keeps black black and white white', () => {
    const bytes = sumMemory(16_384);
    for (const value of [0, 255]) {
      bytes.fill(value, FROM, 64);
      new Int32Array(bytes.buffer, WEIGHTS, 2).set([1 << (PRECISION - 1), 1 << (PRECISION - 1)]);
      weightedSums(2, 3)(FROM, WEIGHTS, TO, 1, 0, 0);
      assert.deepEqual([...bytes.subarray(TO, TO + 4)], [value, value, value, value]);
    }
  });

  it('has memory of any size asked for, and a margin', () => {
    assert.ok(sumMemory(5_000_000).length >= 5_000_000);
    assert.ok(sumMemory(10).length >= 5_000_000);
    assert.ok(MARGIN >= 4);
  });
});
