import assert from 'node:assert/strict';
import { nearestAmong, nearestNeighbours } from '../../src/evaluate/embeddingNeighbours.ts';
import { principalComponents, symmetricEigen } from '../../src/evaluate/pca.ts';
import { multiply, rowProducts, transpose } from '../../src/evaluate/pcaProducts.ts';
import { random } from '../../src/random.ts';

const rng = random(1, 'pca test');
const normal = (rows: number, width: number) => ({ values: Float32Array.from({ length: rows * width }, () => rng.normal()), rows, width });

/** Standard deviations 8, 4, 2, 1, 0.5, ... along directions that are no axes. */
async function ellipsoid(rows: number, width: number) {
  const z = normal(rows, width);
  z.values.forEach((value, i) => { z.values[i] = value * 8 * 0.5 ** (i % width); });
  return multiply(z, normal(width, width));
}

describe('products of rows', () => {
  it('are those of the definition for sizes that fit no block', async () => {
    for (const [n, m, width] of [[1, 1, 1], [7, 5, 3], [9, 2, 50], [6, 13, 17]] as const) {
      const [a, b] = [normal(n, width), normal(m, width)];
      const product = await multiply(a, b);
      assert.deepEqual([product.rows, product.width], [n, m]);
      for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let d = 0; d < width; d++) sum += a.values[i * width + d]! * b.values[j * width + d]!;
        assert.ok(Math.abs(product.values[i * m + j]! - sum) < 1e-5);
      }
    }
  });

  it('come in order, whole, with the share that is done', async () => {
    const firsts: number[] = [], shares: number[] = [];
    let rows = 0;
    await rowProducts(normal(600, 2), normal(5, 2), (_, first, count) => { firsts.push(first); rows += count; }, { onShare: (share) => shares.push(share) });
    assert.equal(rows, 600);
    assert.deepEqual(firsts, [...firsts].sort((a, b) => a - b));
    assert.equal(shares.at(-1), 1);
  });

  it('transpose turns rows into columns', () => {
    assert.deepEqual(transpose({ values: Float32Array.of(1, 2, 3, 4, 5, 6), rows: 2, width: 3 }), { values: Float32Array.of(1, 4, 2, 5, 3, 6), rows: 3, width: 2 });
  });
});

describe('principalComponents', () => {
  it('finds the eigenvalues and eigenvectors of a symmetric matrix', () => {
    const { values, vectors } = symmetricEigen([Float64Array.of(2, 1), Float64Array.of(1, 2)]);
    assert.deepEqual(values.map((value) => Math.round(value * 1e9) / 1e9).sort(), [1, 3]);
    const three = values.findIndex((value) => value > 2);
    assert.ok(Math.abs(Math.abs(vectors[0]![three]!) - Math.SQRT1_2) < 1e-9);
  });

  it('gives uncorrelated scores of falling variance, whose distances are those of the rows when all are kept', async () => {
    const features = await ellipsoid(200, 6);
    const { scores, explained } = await principalComponents(features, 6, { seed: 1 });
    const variance = (a: number, b: number): number => Array.from({ length: 200 }, (_, i) => scores.values[6 * i + a]! * scores.values[6 * i + b]!).reduce((sum, value) => sum + value, 0) / 200;
    for (let a = 0; a < 6; a++) for (let b = 0; b < a; b++) assert.ok(Math.abs(variance(a, b)) < 1e-3 * Math.sqrt(variance(a, a) * variance(b, b)) + 1e-4, `${a}, ${b}`);
    assert.ok(Math.abs(explained.reduce((sum, share) => sum + share, 0) - 1) < 1e-4);
    assert.deepEqual(explained, [...explained].sort((a, b) => b - a));
    const distance = (values: Float32Array, width: number): number => Math.hypot(...Array.from({ length: width }, (_, d) => values[d]! - values[width + d]!));
    assert.ok(Math.abs(distance(scores.values, 6) - distance(features.values, 6)) < 1e-3);
  });

  it('a few components of wide rows explain what the exact ones do, fitted on some of the rows too', async () => {
    const features = await ellipsoid(300, 40);
    const [exact, few, sampled] = [await principalComponents(features, 40, { seed: 1 }), await principalComponents(features, 3, { seed: 2 }), await principalComponents(features, 3, { seed: 2, fitRows: 150 })];
    const share = ({ explained }: typeof exact): number => explained.slice(0, 3).reduce((sum, value) => sum + value, 0);
    assert.ok(Math.abs(share(exact) - share(few)) < 1e-4 && share(exact) > 0.9);
    assert.ok(Math.abs(share(exact) - share(sampled)) < 0.02);
    assert.deepEqual([few.scores.rows, few.scores.width, sampled.scores.rows], [300, 3, 300]);
  });

  it('is not put out by rows that are all the same', async () => {
    const { scores, explained } = await principalComponents({ values: new Float32Array(40).fill(2), rows: 10, width: 4 }, 2, { seed: 1 });
    assert.ok(scores.values.every((value) => value === 0) && explained.every((share) => share === 0));
  });
});

describe('nearestNeighbours', () => {
  it('are those of brute force, nearest first, without the row itself', async () => {
    const points = normal(300, 5);
    const shares: number[] = [];
    const { indices, distances } = await nearestNeighbours(points, 6, { onShare: (share) => shares.push(share) });
    assert.equal(shares.at(-1), 1);
    const distance = (i: number, j: number): number => Math.hypot(...Array.from({ length: 5 }, (_, d) => points.values[5 * i + d]! - points.values[5 * j + d]!));
    indices.forEach((row, i) => {
      const expected = Array.from({ length: 300 }, (_, j) => j).filter((j) => j !== i).sort((a, b) => distance(i, a) - distance(i, b)).slice(0, 6);
      assert.deepEqual(row, expected);
      row.forEach((j, at) => { assert.ok(Math.abs(distances[i]![at]! - distance(i, j)) < 1e-9); });
    });
  });

  it('a row that is there twice has its double as nearest, at distance 0', async () => {
    const { indices, distances } = await nearestNeighbours({ values: Float32Array.of(1, 5, 1, 9), rows: 4, width: 1 }, 2);
    assert.deepEqual([indices[0], indices[2], distances[0]], [[2, 1], [0, 1], [0, 4]]);
  });

  it('among candidates of another space the nearest are kept', () => {
    const { indices } = nearestAmong({ values: Float32Array.of(0, 1, 5, 6), rows: 4, width: 1 }, [[3, 2, 1], [0, 3, 2], [0, 1, 3], [0, 1, 2]], 2);
    assert.deepEqual(indices, [[1, 2], [0, 2], [3, 1], [2, 1]]);
  });
});
