import assert from 'node:assert/strict';
import { confusionFigure, confusionFinding } from '../../src/figures/confusion.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { confusion } from './examples.ts';
import { matchSnapshot } from './snapshot.ts';

describe('confusionFigure', () => {
  it('draws shares of the row, with share and clips in every cell', () => {
    matchSnapshot('confusion', confusionFigure(confusion(1), { labelNames: EXPRESSIONS, subtitle: 'a run' }));
  });

  it('shows each row in percent of its clips', () => {
    const { data } = confusionFigure([[3, 1], [0, 0]], { labelNames: ['a', 'b'] });
    assert.deepEqual(data[0]!['z'], [[75, 25], [null, null]]);
    assert.deepEqual(data[0]!['y'], ['a (4)', 'b (0)']);
  });

  it('says the finding: the best class and the worst confusion', () => {
    assert.equal(confusionFinding([[9, 1], [6, 4]], ['joy', 'fear']), 'Best found: joy (90\u00a0%); most confused: fear, taken for joy (60\u00a0%)');
    assert.equal(confusionFinding([[2, 0], [0, 1]], ['joy', 'fear']), 'Best found: joy (100\u00a0%)');
    assert.equal(confusionFinding([[0, 0], [0, 0]], ['joy', 'fear']), 'No clips');
  });
});
