import assert from 'node:assert/strict';
import { contributions, rivalry, softmax, withEachReplaced } from '../../src/evaluate/contribution.ts';

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

  it('withEachReplaced puts the frame before in the place of each, the one after in that of the first', () => {
    // three frames of one pixel
    const images = Float32Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2);
    const variants = withEachReplaced(images, 3);
    const frames = Array.from({ length: 9 }, (_, i) => variants[3 * i]);
    assert.deepEqual(frames, [1, 1, 2, /**/ 0, 0, 2, /**/ 0, 1, 1]);
    assert.deepEqual([...withEachReplaced(Float32Array.of(7, 7, 7), 1)], [7, 7, 7], 'a single frame has no neighbour');
  });

  it('a contribution is the fall of the margin between the same two classes', () => {
    // the margin of class 0 over class 1 is 2; it falls to 0.5, turns to -1 (lost), rises to 3
    const found = contributions([3, 1, 0], [[2, 1.5, 9], [0, 1, 0], [4, 1, 0]]);
    assert.deepEqual(found, [1.5, 3, -1]);
  });
});
