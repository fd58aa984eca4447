import assert from 'node:assert/strict';
import { agreement, comparisonRows, differenceText, foldRows, gainRows, publishedLeak, seedFinding, seedRows } from '../../src/experiments/findings.ts';
import type { Cell, Difference, ResultTable } from '../../src/experiments/tables.ts';
import { foldsFinding } from '../../src/figures/folds.ts';

const difference = (estimate: number, pHolm: number): Difference => ({ estimate, low: estimate - 2, high: estimate + 2, p: pHolm / 2, pHolm, smallest: 2.9 });
const cell = (one: Difference | null): Cell => ({
  runs: 1, folds: [1], seeds: [1], clips: 70, uar: { mean: 50, sd: null }, war: { mean: 50, sd: null }, recall: [], isLeaky: false, dirs: [], root: '', madeBy: '',
  difference: one && { uar: one, war: difference(0.1, 0.9), blindTo: ['folds', 'seeds'], draws: 'people', leftOut: 0 },
});
const row = (label: string, synthetic: Cell | null): ResultTable['rows'][number] => ({ label, note: null, synthetic, real: null, published: null, toPublished: null, status: 'needs DFEW', command: '' });
const table = (one: Difference): ResultTable => ({
  name: 'components', title: 'Components', dataset: 'dfew', reference: 'baseline', preset: 'tiny', labelNames: [], notes: [],
  rows: [row('baseline', cell(null)), row('GCA+IAL', cell(one)), row('+IAL', null)],
});

describe('findings', () => {
  it('a difference in words, with its interval and whether it is more than noise', () => {
    assert.equal(differenceText(table(difference(1.2, 0.18)), 'GCA+IAL'), 'UAR of GCA+IAL against baseline: +1.20 points [−0.80, +3.20], within noise (p\u00a00.180)');
    assert.equal(differenceText(table(difference(1.2, 0.18)), '+IAL', 'war'), 'WAR of +IAL against baseline: not run');
  });

  it('agrees with a published difference only where it is beyond noise', () => {
    assert.equal(agreement(table(difference(3, 0.01)), 'GCA+IAL', 1.5, 'uar'), 'same direction, beyond noise');
    assert.equal(agreement(table(difference(-3, 0.01)), 'GCA+IAL', 1.5, 'uar'), 'opposite direction, beyond noise');
    assert.equal(agreement(table(difference(3, 0.06)), 'GCA+IAL', 1.5, 'uar'), 'not shown: within noise; only 2.9 points or more would be seen');
    assert.equal(agreement(table(difference(3, 0.06)), '+IAL', 1.5, 'uar'), 'not run');
  });

  it('puts the paper\'s gain beside ours, and says on which clips', () => {
    const [uar, war] = gainRows(table(difference(3, 0.01)));
    assert.deepEqual(uar, {
      what: 'UAR gained by GCA+IAL, points', paper: '+1.50 over NR-DFERNet, DFEW',
      here: "UAR of GCA+IAL against baseline: +3.00 points [+1.00, +5.00], beyond noise (p\u00a00.010); synthetic benchmark in DFEW's layout", verdict: 'same direction, beyond noise',
    });
    assert.equal(war!['paper'], '+1.05 over NR-DFERNet, DFEW');
  });

  it('lists comparisons of several tables, the clearest first', () => {
    const rows = comparisonRows([table(difference(1, 0.4)), table(difference(-4, 0.01))]);
    assert.deepEqual(rows.map(({ points, verdict, 'blind to': blind }) => [points, verdict, blind]), [[-4, 'beyond noise', 'folds, seeds'], [1, 'within noise', 'folds, seeds']]);
  });

  it('folds as rows: mean over seeds, then over folds; what was not run is empty', () => {
    const a = { name: 'a', scores: [{ fold: 1, seed: 1, uar: 0.4, war: 0.5 }, { fold: 1, seed: 2, uar: 0.6, war: 0.5 }, { fold: 2, seed: 1, uar: 0.3, war: 0.5 }] };
    const rows = foldRows([a, { name: 'b', scores: [{ fold: 2, seed: 1, uar: 0.25, war: 0.75 }] }]);
    assert.deepEqual(rows, [
      { fold: '1', 'UAR, a': 50, 'UAR, b': null, 'WAR, a': 50, 'WAR, b': null },
      { fold: '2', 'UAR, a': 30, 'UAR, b': 25, 'WAR, a': 50, 'WAR, b': 75 },
      { fold: 'mean', 'UAR, a': 40, 'UAR, b': 25, 'WAR, a': 50, 'WAR, b': 75 },
    ]);
  });

  it('seeds as rows: the mean over their folds, and what a seed moves against what a row moves', () => {
    const scores = (...uars: readonly number[]) => uars.map((uar, i) => ({ fold: 1 + i % 2, seed: 1 + Math.floor(i / 2), uar, war: 0.5 }));
    const runs = [{ name: 'a', scores: scores(0.4, 0.5, 0.6, 0.7) }, { name: 'b', scores: scores(0.5, 0.5, 0.6, 0.6) }];
    assert.deepEqual(seedRows(runs), [{ seed: '1', a: 45, b: 50 }, { seed: '2', a: 65, b: 60 }]);
    assert.match(seedFinding(runs)!, /by up to 20\.0 points of UAR; the rows' means over all seeds lie within 0\.0\.$/);
    assert.equal(seedFinding([runs[0]!, { name: 'b', scores: runs[1]!.scores.slice(1) }]), undefined, 'not the same folds');
    assert.equal(seedFinding([runs[0]!, { name: 'b', scores: runs[1]!.scores.map((one) => ({ ...one, fold: one.fold + one.seed })) }]), undefined, 'as many, but other folds');
    assert.equal(seedFinding(runs.slice(1)), undefined);
    assert.equal(seedFinding([{ name: 'a', scores: scores(0.4, 0.5) }, { name: 'b', scores: scores(0.5, 0.5) }]), undefined);
  });

  it('the published leak: best on test is above the last epoch in every fold, 0.54 points of WAR', () => {
    assert.equal(foldsFinding(publishedLeak(), 'war'), 'Best epoch on the test clips is above last epoch in 5 of 5 folds: mean WAR 65.7\u00a0% against 65.2\u00a0% (+0.5 points)');
  });
});
