import assert from 'node:assert/strict';
import { Interrupted } from '../../src/errors.ts';
import { trustworthiness } from '../../src/evaluate/trustworthiness.ts';
import { random } from '../../src/random.ts';

/** Points 0 to n - 1 on a line. */
const line = (n: number) => ({ values: Float32Array.from({ length: n }, (_, i) => i * (1 + i / 1000)), rows: n, width: 1 });

describe('trustworthiness', () => {
  it('is 1 for a map that keeps all neighbourhoods', async () => {
    const map = Float32Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? line(40).values[i / 2]! : 0));
    assert.equal(await trustworthiness(line(40), map, { k: 5 }), 1);
  });

  it('charges an intruder the ranks it lies too far out', async () => {
    // 0 1 2 3 4 5 with the last brought beside the first: by hand, with k = 1 of 6 points
    const features = { values: Float32Array.of(0, 1, 2.1, 3.3, 4.6, 6), rows: 6, width: 1 };
    const map = Float32Array.of(0, 0, 1, 0, 2.1, 0, 3.3, 0, 4.6, 0, -0.1, 0);
    // 0 finds 5, of rank 5; 5 finds 0, of rank 5; the others find a true nearest neighbour: 1 -> 0, 2 -> 1, 3 -> 2, 4 -> 3
    assert.ok(Math.abs(await trustworthiness(features, map, { k: 1 }) - (1 - (2 * 8) / (6 * 1 * (12 - 3 - 1)))) < 1e-12);
  });

  it('agrees with scikit-learn', async () => {
    // scikit-learn 1.9.1: x = np.sin(7 * np.arange(200)).reshape(50, 4); trustworthiness(x, x[:, :2], n_neighbors=5)
    const features = { values: Float32Array.from({ length: 50 * 4 }, (_, i) => Math.sin(7 * i)), rows: 50, width: 4 };
    const map = Float32Array.from({ length: 100 }, (_, i) => features.values[4 * (i >> 1) + (i % 2)]!);
    assert.ok(Math.abs(await trustworthiness(features, map, { k: 5 }) - 0.9981904761904762) < 1e-9);
  });

  it('a sample of the points estimates it', async () => {
    const rng = random(1, 'trust');
    const features = { values: Float32Array.from({ length: 400 * 3 }, () => rng.normal()), rows: 400, width: 3 };
    const map = Float32Array.from({ length: 800 }, (_, i) => features.values[3 * (i >> 1) + (i % 2)]!);
    const [all, some] = [await trustworthiness(features, map), await trustworthiness(features, map, { sample: 200 })];
    assert.ok(all < 0.99 && Math.abs(all - some) < 0.02, `${all}, ${some}`);
  });

  it('refuses a k of half the points, and stops when interrupted', async () => {
    await assert.rejects(trustworthiness(line(30), new Float32Array(60), { k: 15 }), /RangeError: trustworthiness: expected k from 1 to less than half of 30 points, found 15/);
    await assert.rejects(trustworthiness(line(40), new Float32Array(80), { signal: AbortSignal.abort() }), Interrupted);
  });
});
