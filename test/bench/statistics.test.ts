import assert from 'node:assert/strict';
import { disagreement, fastestPeer, median, ourRatios, ratioToPeer, smallest } from '../../src/bench/statistics.ts';
import { caseOf, failedSide, measured } from './support.ts';

describe('statistics of the bench', () => {
  it('smallest and median of a few times', () => {
    assert.equal(smallest([5, 3, 9]), 3);
    assert.deepEqual([median([5, 3, 9]), median([4, 1, 2, 3]), median([7])], [5, 2.5, 7]);
  });

  it('the fastest of PyTorch\'s modes is the one with the smallest minimum; failed ones do not count', () => {
    const found = caseOf(8, 'f32', measured('ours', '', [10]), measured('PyTorch', 'eager', [30, 12]), measured('PyTorch', 'compile', [14, 13]), failedSide('malloc', 'no'));
    assert.equal(fastestPeer(found)?.mode, 'eager');
    assert.equal(fastestPeer(caseOf(8, 'f32', measured('ours', '', [10]), failedSide('eager', 'no'))), undefined);
  });

  it('ratios are to that mode, PyTorch\'s own modes included', () => {
    const [ours, eager, compiled] = [measured('ours', '', [9, 11]), measured('PyTorch', 'eager', [12]), measured('PyTorch', 'compile', [18])] as const;
    const found = caseOf(8, 'f32', ours, eager, compiled);
    assert.deepEqual([ours, eager, compiled].map((side) => ratioToPeer(found, side)), [0.75, 1, 1.5]);
    assert.equal(ratioToPeer(caseOf(8, 'f32', ours), ours), undefined);
    assert.deepEqual(ourRatios([found, caseOf(2, 'f32', ours)]), [0.75]);
  });

  it('disagreement is relative to the largest number; NaN is infinite, another count is no comparison', () => {
    assert.equal(disagreement([2, 1.002], [2, 1]), (1.002 - 1) / 2);
    assert.equal(disagreement([NaN], [1]), Infinity);
    assert.equal(disagreement([1], [1, 2]), undefined);
    assert.equal(disagreement([], []), undefined);
    assert.equal(disagreement([0], [0]), 0);
  });
});
