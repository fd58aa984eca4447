import assert from 'node:assert/strict';
import { foldsFigure, foldsFinding, type RunScores } from '../../src/figures/folds.ts';
import { matchSnapshot } from './snapshot.ts';

const run = (name: string, gains: readonly number[], seeds = 1): RunScores => ({
  name, scores: gains.flatMap((gain, i) => Array.from({ length: seeds }, (_, s) => ({ fold: i + 1, seed: s + 1, uar: 0.5 + gain + 0.01 * s, war: 0.55 + gain + 0.02 * s }))),
});

describe('foldsFigure', () => {
  it('draws every fold, its seeds and the mean', () => {
    matchSnapshot('folds', foldsFigure([run('baseline', [0, 0.02, 0.01], 2), run('GCA+IAL', [0.01, 0.01, 0.04], 2)], { subtitle: 'a benchmark' }));
  });

  it('puts the mean of the folds last, with their standard deviation', () => {
    const { data } = foldsFigure([run('a', [0, 0.02])], { metrics: ['uar'] });
    assert.deepEqual((data[0]!['y'] as number[]).map((value) => Number(value.toFixed(6))), [50, 52, 51]);
    const { array } = data[0]!['error_y'] as { array: (number | null)[] };
    assert.deepEqual(array.slice(0, 2), [null, null]);
    assert.ok(Math.abs(array[2]! - Math.SQRT2) < 1e-9);
    assert.deepEqual(data[1]!['x'], [], 'one seed has no marks of its own');
  });

  it('says in how many folds the last is above the first, over the folds that both have', () => {
    assert.equal(foldsFinding([run('baseline', [0, 0.02, 0.01]), run('GCA+IAL', [0.01, 0.01, 0.04])], 'uar'), 'GCA+IAL is above baseline in 2 of 3 folds: mean UAR 52.0\u00a0% against 51.0\u00a0% (+1.0 points)');
    assert.equal(foldsFinding([run('baseline', [0, 0.02])], 'war'), 'baseline: WAR 56.0\u00a0% over 2 folds');
    assert.equal(foldsFinding([], 'uar'), 'No runs');
    assert.equal(foldsFinding([run('a', [0]), { name: 'b', scores: [{ fold: 4, seed: 1, uar: 1, war: 1 }] }], 'uar'), 'a and b have no fold in common');
  });
});
