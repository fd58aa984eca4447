import assert from 'node:assert/strict';
import { exactNeighbours } from '../../src/explorer/neighbours.ts';
import { random } from '../../src/random.ts';

const rows = 300, width = 90, rng = random(5);
const scale = Array.from({ length: width }, (_, d) => 3 / (1 + d / 4));
const values = Float32Array.from({ length: rows * width }, (_, i) => 2 + scale[i % width]! * rng.normal());

/** The plain way: every distance, sorted. */
function brute(i: number, k: number): { j: number; distance: number }[] {
  const all = Array.from({ length: rows }, (_, j) => ({ j, distance: Math.hypot(...Array.from({ length: width }, (__, d) => values[i * width + d]! - values[j * width + d]!)) }));
  return all.filter(({ j }) => j !== i).sort((a, b) => a.distance - b.distance).slice(0, k);
}

describe('explorer/neighbours', () => {
  for (const [what, fullProducts] of [['by a full search', Infinity], ['with most clips ruled out by components', 0]] as const) {
    it(`finds the nearest in feature space, with their distances, ${what}`, async () => {
      const { indices, distances } = await exactNeighbours({ values, rows, width }, 15, { seed: 1, fullProducts });
      for (const i of [0, 17, 299]) {
        const expected = brute(i, 15);
        assert.deepEqual(indices[i], expected.map(({ j }) => j));
        distances[i]!.forEach((distance, n) => { assert.ok(Math.abs(distance - expected[n]!.distance) < 1e-4); });
      }
    });
  }

  it('finds all others where there are fewer', async () => {
    const { indices } = await exactNeighbours({ values: values.subarray(0, 4 * width), rows: 4, width }, 3, { seed: 1 });
    assert.deepEqual(indices.map((row) => [...row].sort()), [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]);
  });
});
