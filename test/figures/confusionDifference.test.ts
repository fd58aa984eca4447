import assert from 'node:assert/strict';
import { confusionDifferenceFigure, confusionDifferenceFinding, type ChangedCell } from '../../src/figures/confusionDifference.ts';
import { matchSnapshot } from './snapshot.ts';

const cell = (estimate: number, pHolm = 1): ChangedCell => ({ estimate, low: estimate - 0.05, high: estimate + 0.05, pHolm });
const STILL: ChangedCell = { estimate: 0, low: 0, high: 0, pHolm: 1 };
const OPTIONS = { labelNames: ['joy', 'fear', 'anger'], counts: [40, 30, 0], names: ['GCA+IAL', 'baseline'] } as const;
const cells = (pHolm: number): (ChangedCell | null)[][] => [[cell(0.04), cell(-0.04), STILL], [cell(-0.2, pHolm), cell(0.15, pHolm), cell(0.05)], [null, null, null]];

describe('confusionDifferenceFigure', () => {
  it('draws changes in points with their intervals, and frames what is beyond noise', () => {
    matchSnapshot('confusionDifference', confusionDifferenceFigure(cells(0.01), { ...OPTIONS, subtitle: 'five folds' }));
  });

  it('frames no cell that is within noise, and writes none that never changes', () => {
    const { data, layout } = confusionDifferenceFigure(cells(0.2), OPTIONS);
    assert.deepEqual(layout['shapes'], []);
    assert.equal((data[1]!['text'] as string[]).length, 5);
    assert.ok(!(data[1]!['text'] as string[]).some((text) => text.startsWith('<b>')));
    assert.deepEqual((data[0]!['z'] as (number | null)[][])[2], [null, null, null]);
  });

  it('says the finding', () => {
    assert.equal(confusionDifferenceFinding(cells(0.01), OPTIONS), 'GCA+IAL against baseline: 2 of 6 cells change beyond noise: fear taken for joy −20.0, fear found +15.0 points');
    assert.equal(confusionDifferenceFinding(cells(0.2), OPTIONS), 'GCA+IAL against baseline: no cell changes beyond noise; the largest change, fear taken for joy −20.0 points, is within it');
    assert.equal(confusionDifferenceFinding([[null]], OPTIONS), 'No clips');
  });
});
