import assert from 'node:assert/strict';
import { fromBfloat, fromHalf, toBfloat, toHalf } from '../../src/runs/half.ts';

describe('half precision', () => {
  it('knows the landmarks of the format', () => {
    const patterns = Uint16Array.of(0x0000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x7c00, 0xfc00);
    const values = [0, 1, -2, 65504, 2 ** -14, 2 ** -24, Infinity, -Infinity];
    assert.deepEqual([...fromHalf(patterns)], values);
    assert.deepEqual([...toHalf(Float32Array.from(values))], [...patterns]);
  });

  it('every finite half survives the way to float32 and back', () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((h) => (h & 0x7c00) !== 0x7c00);
    assert.deepEqual(toHalf(fromHalf(patterns)), patterns);
  });

  it('rounds to nearest, ties to even, and overflows to infinity', () => {
    const tie = 1 + 2 ** -11; // halfway between 1 and the next half
    assert.deepEqual([...fromHalf(toHalf(Float32Array.of(tie, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25, NaN)))], [1, 1 + 2 ** -9, 65504, Infinity, 0, NaN]);
  });

  it('bfloat16 keeps the upper half of a float32, ties to even', () => {
    assert.deepEqual([...fromBfloat(toBfloat(Float32Array.of(1, -3, 1 + 2 ** -8, 1 + 3 * 2 ** -8, Infinity, NaN)))], [1, -3, 1, 1 + 2 ** -6, Infinity, NaN]);
  });
});
