import assert from 'node:assert/strict';
import { clipsInside, createFinder, extent } from '../../../src/explorer/page/geometry.ts';
import { random } from '../../../src/random.ts';

describe('explorer/page/geometry', () => {
  const rng = random(4), positions = Float32Array.from({ length: 800 }, () => rng.uniform(-3, 5));

  it('finds the nearest point within the radius, as a look at all of them does', () => {
    const finder = createFinder(positions);
    for (let n = 0; n < 50; n++) {
      const x = rng.uniform(-4, 6), y = rng.uniform(-4, 6), distances = Array.from({ length: 400 }, (_, i) => Math.hypot(positions[2 * i]! - x, positions[2 * i + 1]! - y));
      const least = Math.min(...distances);
      assert.equal(finder.nearest(x, y, 0.5), least <= 0.5 ? distances.indexOf(least) : -1);
    }
  });

  it('tells what lies inside a line that turns inward', () => {
    const notch = [0, 0, 4, 0, 4, 4, 2, 1, 0, 4];
    assert.deepEqual(clipsInside(Float32Array.of(1, 0.5, 2, 3, 3.5, 2, 5, 1), notch), [0, 2]);
  });

  it('frames some points, or all, or nothing', () => {
    assert.deepEqual(extent(Float32Array.of(1, 2, 3, 5, -1, 0), [0, 1]), [1, 2, 3, 5]);
    assert.deepEqual(extent(Float32Array.of()), [-1, -1, 1, 1]);
  });
});
