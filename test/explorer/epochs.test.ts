import assert from 'node:assert/strict';
import { pickEpochs } from '../../src/explorer/epochs.ts';

describe('explorer/epochs', () => {
  it('takes the first and the last saved epoch and even ones in between', () => {
    assert.deepEqual(pickEpochs([1, 2, 3], 5), [1, 2, 3]);
    assert.deepEqual(pickEpochs([1, 2, 3, 4, 5, 6, 7, 8, 9], 3), [1, 5, 9]);
    assert.deepEqual(pickEpochs([], 3), []);
  });
});
