// The map of GCA's weights.
import assert from 'node:assert/strict';
import { heatOf, heatPixels, heatText, reachOf, scaleColour } from '../../../src/demo/page/heat.ts';

/** Two frames of three channels. */
const heat = heatOf({ channels: 3, values: Float32Array.of(1, 0.5, 1.25, 1, 0.75, 1.5) }, 2);

describe('demo/page/heat', () => {
  it('orders channels from the most opened to the most closed', () => {
    assert.deepEqual(heat.order, [2, 0, 1]);
    assert.deepEqual([heat.at(0, 0), heat.at(0, 1), heat.at(2, 0)], [1.25, 1.5, 0.5]);
  });

  it('knows the range, how strong each frame\'s weights are and the channel that changes most', () => {
    assert.deepEqual([heat.low, heat.high], [0.5, 1.5]);
    assert.deepEqual(heat.strengths, [0.25, 0.25]);
    assert.deepEqual(heat.liveliest, { channel: 1, low: 0.5, high: 0.75 });
    assert.match(heatText('GCA layer2', heat), /^GCA layer2: weights of 3 channels in 2 frames, from 0\.50 to 1\.50; on average farthest from 1 in frame 1 \(by 0\.250\); channel 1 changes most, 0\.50 to 0\.75$/);
  });

  it('is white at 1, orange below and blue above, as far down as up', () => {
    assert.deepEqual(scaleColour(0.5), [255, 255, 255]);
    assert.deepEqual(scaleColour(-1), scaleColour(0));
    assert.deepEqual(scaleColour(0), [0xa0, 0x40, 0x00]);
    assert.deepEqual(scaleColour(1), [0x00, 0x50, 0x7f]);
    assert.equal(reachOf(heat), 0.5);
    assert.equal(reachOf({ low: 0.999, high: 1.001 }), 0.05, 'noise is not blown up');
    const pixels = heatPixels(heat), at = (row: number, frame: number): number[] => Array.from(pixels.subarray((row * 2 + frame) * 4, (row * 2 + frame) * 4 + 3));
    assert.deepEqual([at(0, 1), at(1, 0), at(2, 0)], [[...scaleColour(1)], [255, 255, 255], [...scaleColour(0)]]);
  });
});
