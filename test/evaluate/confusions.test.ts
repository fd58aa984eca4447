import assert from 'node:assert/strict';
import { mostConfused } from '../../src/evaluate/confusions.ts';

describe('mostConfused', () => {
  it('orders confusions by their share of the true class, and their clips by how sure the mistake is', () => {
    const found = mostConfused([
      { id: 'a', label: 0, logits: [0, 1, 0] }, { id: 'b', label: 0, logits: [0, 3, 0] }, { id: 'c', label: 0, logits: [2, 1, 0] },
      { id: 'd', label: 1, logits: [5, 0, 0] }, { id: 'e', label: 2, logits: [0, 0, 1] },
    ]);
    assert.deepEqual(found.map(({ label, taken, share, clips }) => [label, taken, share, clips.map(({ id }) => id).join('')]), [[1, 0, 1, 'd'], [0, 1, 2 / 3, 'ba']]);
    assert.deepEqual(found[1]!.clips.map(({ margin }) => margin), [3, 1]);
  });

  it('has nothing to tell of a matrix without mistakes', () => { assert.deepEqual(mostConfused([{ id: 'a', label: 1, logits: [0, 1] }]), []); });
});
