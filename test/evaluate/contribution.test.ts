import assert from 'node:assert/strict';
import { contributions, rivalry, softmax, withReplaced } from '../../src/evaluate/contribution.ts';

describe('evaluate/contribution', () => {
  it('rivalry names the two largest logits, the first of equals', () => {
    assert.deepEqual(rivalry([1, 4, 2.5, -1]), { predicted: 1, rival: 2, margin: 1.5 });
    assert.deepEqual(rivalry([3, 3, 3]), { predicted: 0, rival: 1, margin: 0 });
    assert.deepEqual(rivalry([-5, -2]), { predicted: 1, rival: 0, margin: 3 });
  });

  it('softmax sums to one and bears large logits', () => {
    assert.deepEqual(softmax([0, 0]), [0.5, 0.5]);
    const [a, b] = softmax([1000, 1000 + Math.log(3)]);
    assert.ok(Math.abs(a! - 0.25) < 1e-12 && Math.abs(b! - 0.75) < 1e-12);
  });

  it('withReplaced puts the frame before in the place of one, the frame after in that of the first', () => {
    const images = Float32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2); // three frames of one pixel
    const frames = (t: number): (number | undefined)[] => [0, 3, 6].map((i) => withReplaced(images, 3, t)[i]);
    assert.deepEqual([frames(0), frames(1), frames(2)], [[1, 1, 2], [0, 0, 2], [0, 1, 1]]);
    assert.deepEqual([...images], [0, 0, 0, 1, 1, 1, 2, 2, 2], 'the clip itself stays');
    assert.deepEqual([...withReplaced(Float32Array.of(7, 7, 7), 1, 0)], [7, 7, 7], 'a single frame has no neighbour');
  });

  it('a contribution is the fall of the margin between the same two classes', () => {
    // the margin of class 0 over class 1 is 2; it falls to 0.5, turns to -1 (lost), rises to 3
    const found = contributions([3, 1, 0], [[2, 1.5, 9], [0, 1, 0], [4, 1, 0]]);
    assert.deepEqual(found, [1.5, 3, -1]);
  });
});
