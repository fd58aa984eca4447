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
    assert.equal(data.length, 2, 'one seed has no marks of its own');
    assert.deepEqual(data.map(({ y }) => (y as number[]).map((value) => Number(value.toFixed(6)))), [[50, 52], [51]]);
    assert.ok(Math.abs((data[1]!['error_y'] as { array: number[] }).array[0]! - Math.SQRT2) < 1e-9);
  });

  it('warns where the runs cover different folds', () => {
    const subtitle = (runs: readonly RunScores[]): string => (foldsFigure(runs).layout['title'] as { text: string }).text.replaceAll('<br>', ' ').replace(/<[^>]*>/g, '');
    assert.match(subtitle([run('a', [0, 0.02]), run('b', [0])]), /not comparable/);
    assert.doesNotMatch(subtitle([run('a', [0, 0.02]), run('b', [0, 0])]), /not comparable/);
  });

  it('draws UAR and WAR once where they are the same', () => {
    const balanced = [{ name: 'a', scores: [{ fold: 1, seed: 1, uar: 0.5, war: 0.5 }] }];
    assert.equal((foldsFigure(balanced).layout['yaxis'] as { title: { text: string } }).title.text, 'UAR = WAR (%)');
    assert.equal(foldsFigure(balanced).layout['yaxis2'], undefined);
  });

  it('says in how many folds the last is above the first, over the folds that both have', () => {
    assert.equal(foldsFinding([run('baseline', [0, 0.02, 0.01]), run('GCA+IAL', [0.01, 0.01, 0.04])], 'uar'), 'GCA+IAL is above baseline in 2 of 3 folds: mean UAR 52.0\u00a0% against 51.0\u00a0% (+1.0 points)');
    assert.equal(foldsFinding([run('baseline', [0, 0.02, 0.01]), run('+GCA', [0.01])], 'uar'), '+GCA is above baseline in 1 of 1 fold: mean UAR 51.0\u00a0% against 50.0\u00a0% (+1.0 points)', 'means of the same folds');
    assert.equal(foldsFinding([run('baseline', [0, 0.02])], 'war'), 'baseline: WAR 56.0\u00a0% over 2 folds');
    assert.equal(foldsFinding([], 'uar'), 'No runs');
    assert.equal(foldsFinding([run('a', [0]), { name: 'b', scores: [{ fold: 4, seed: 1, uar: 1, war: 1 }] }], 'uar'), 'a and b have no fold in common');
  });
});
