import assert from 'node:assert/strict';
import { splitCsv } from '../../../src/explorer/page/csv.ts';
import { confusionOf, focusMask, isWhole, recallOf } from '../../../src/explorer/page/focus.ts';
import { recallBins } from '../../../src/explorer/page/intensityPanel.ts';
import { decodeModel, outputs } from '../../../src/explorer/page/model.ts';
import { initialState } from '../../../src/explorer/page/state.ts';
import { manyPoints } from '../points.ts';

describe('explorer/page: clips in focus', () => {
  const model = { ...decodeModel(manyPoints(4)), peaks: Float32Array.of(0.1, 0.5, NaN, 0.9) }, state = initialState(model);

  it('are the selection within the range of intensity; unknown intensity stays only without a filter', () => {
    assert.ok(isWhole(state));
    assert.deepEqual([...focusMask(model, state)], [1, 1, 1, 1]);
    assert.deepEqual([...focusMask(model, { ...state, intensity: [0.2, 1] })], [0, 1, 0, 1]);
    assert.deepEqual([...focusMask(model, { ...state, selection: [0, 1], intensity: [0.2, 1] })], [0, 1, 0, 0]);
  });

  it('make the confusion matrix and the recall by intensity', () => {
    assert.deepEqual(confusionOf([0, 1, 3], [0, 1, 1, 1], Uint8Array.of(0, 1, 1, 0), 2), [[1, 0], [1, 1]]);
    const bins = recallBins([0, 1, 2, 3], model.peaks, [0, 1, 1, 1], Uint8Array.of(0, 1, 1, 0));
    assert.deepEqual(bins.map(({ clips, recall }) => [clips, recall?.recall ?? null]), [[0, null], [0, null], [1, 1], [0, null], [1, 0]]);
  });

  it('Wilson\'s interval of 8 of 10 is 0.490 to 0.943', () => {
    const { recall, low, high } = recallOf(8, 10)!;
    assert.deepEqual([recall, low.toFixed(3), high.toFixed(3)], [0.8, '0.490', '0.943']);
  });

  it('a clip\'s margin is its label\'s logit less the largest other, its rival the second', () => {
    const { predicted, rival, margin, probabilities } = outputs(Float32Array.of(1, 3, 2, 1, 3, 2), [1, 2], 3);
    assert.deepEqual([[...predicted], [...rival], [...margin]], [[1, 1], [2, 2], [1, -1]]);
    assert.ok(Math.abs(probabilities[1]! - Math.exp(3) / (Math.exp(1) + Math.exp(2) + Math.exp(3))) < 1e-6);
  });

  it('are written as a list, whatever stands in their ids', () => {
    assert.equal(splitCsv([1, 0], ['a,"b', '00002'], [0, 1], ['happiness', 'fear']), 'video_name,label\n00002,fear\n"a,""b",happiness\n');
  });
});
