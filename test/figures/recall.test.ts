import assert from 'node:assert/strict';
import { PAPER } from '../../src/experiments/published.ts';
import { recallFigure } from '../../src/figures/recall.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { metrics } from './examples.ts';
import { matchSnapshot } from './snapshot.ts';

const titleOf = (figure: { layout: Readonly<Record<string, unknown>> }): string => (figure.layout['title'] as { text: string }).text;

describe('recallFigure', () => {
  const runs = [{ name: 'baseline', metrics: metrics(0) }, { name: 'GCA+IAL', metrics: metrics(2) }];

  it('draws bars with standard errors, and the paper apart', () => {
    matchSnapshot('recall', recallFigure(runs, { labelNames: EXPRESSIONS, published: { dataset: 'DFEW, 5 folds', ...PAPER.dfew } }));
  });

  it('says which row is the paper\'s and on which data', () => {
    const { data } = recallFigure(runs, { labelNames: EXPRESSIONS, published: { dataset: 'DFEW, 5 folds', ...PAPER.dfew } });
    assert.equal(data.at(-1)!['name'], 'paper, on DFEW, 5 folds: other data, not comparable');
    const like = recallFigure(runs, { labelNames: EXPRESSIONS, published: { dataset: 'DFEW, 5 folds', ...PAPER.dfew, isComparable: true } });
    assert.equal(like.data.at(-1)!['name'], 'paper, on DFEW, 5 folds');
    assert.deepEqual(data.at(-1)!['y'], [87.95, 67.21, 70.1, 76.06, 62.22, 0, 26.44, 55.71]);
  });

  it('says when a difference is within two standard errors', () => {
    assert.match(titleOf(recallFigure(runs, { labelNames: EXPRESSIONS })), /within two standard errors/);
    const apart = [{ name: 'a', metrics: { ...metrics(0), uar: 0.2 } }, { name: 'b', metrics: { ...metrics(0), uar: 0.8 } }];
    assert.match(titleOf(recallFigure(apart, { labelNames: EXPRESSIONS })), /\(\+60\.0 points\)/);
  });

  it('a class without clips has no bar', () => {
    const { data } = recallFigure([{ name: 'a', metrics: { ...metrics(0), recall: [null, 0.5], counts: [0, 4] } }], { labelNames: ['x', 'y'] });
    assert.equal((data[0]!['y'] as unknown[])[0], null);
  });
});
