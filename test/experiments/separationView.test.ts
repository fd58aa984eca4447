import assert from 'node:assert/strict';
import type { SeparationPair } from '../../src/experiments/separationPairs.ts';
import { changeColumns, changeText, intervalText, measuredChange, measureColumns, measuredRun, SCALE_FREE } from '../../src/experiments/separationView.ts';
import type { Measures, SeparationReport, SpaceReport } from '../../src/runs/reports.ts';

const measures = (ratio: number, daviesBouldin: number | null = 3): Measures => ({ intra: 1, inter: ratio, ratio, silhouette: 0, daviesBouldin, calinskiHarabasz: 9, purity: 0.4 });
const report = (of: Measures): SeparationReport => ({ raw: { overall: of }, normalised: { overall: of } }) as unknown as SeparationReport;
const pair = (fold: number, before: Measures, after: Measures): SeparationPair => ({ fold, seed: 1, before: report(before), after: report(after) });

describe('experiments/separationView', () => {
  it('a run has its measures with intervals; what is undefined is left out', () => {
    const intervals = { ratio: [1.1, 1.3], daviesBouldin: null } as unknown as SpaceReport['intervals'];
    const { values } = measuredRun('a', { overall: measures(1.2, null), intervals });
    assert.deepEqual([values['ratio'], values['daviesBouldin'], values['purity']], [{ estimate: 1.2, low: 1.1, high: 1.3 }, undefined, { estimate: 0.4 }]);
  });

  it('a change is the mean over pairs, with every pair\'s own', () => {
    const change = measuredChange('IAL', [pair(1, measures(1), measures(1.2)), pair(2, measures(1), measures(1.4))], 'raw');
    assert.ok(Math.abs(change.values['ratio']!.estimate - 0.3) < 1e-9);
    assert.deepEqual(change.parts!['ratio']!.map((value) => value.toFixed(1)), ['0.2', '0.4']);
  });

  it('says in which direction measures change beyond noise, and nothing from one pair', () => {
    const pairs = [1.3, 1.31, 1.29].map((ratio, fold) => pair(fold, measures(1), measures(ratio, 3.5 + fold / 100)));
    assert.equal(changeText(measuredChange('a', pairs, 'raw')), `separates better by 1 of ${SCALE_FREE.length} measures, worse by 1 (3 pairs)`);
    assert.match(changeText(measuredChange('a', [pair(1, measures(1), measures(1.2)), pair(2, measures(1), measures(0.8))], 'raw')), /none of 4 measures changes beyond the spread of 2 pairs/);
    assert.match(changeText(measuredChange('a', pairs.slice(1, 2), 'raw')), /^a single pair of runs/);
    assert.match(changeText(measuredChange('a', [], 'raw')), /^no pair of runs/);
  });

  it('gives the columns of a table', () => {
    const intervals = { ratio: [1.1, 1.3] } as unknown as SpaceReport['intervals'];
    assert.deepEqual(measureColumns({ overall: measures(1.2, null), intervals }), { 'between / within': '1.20 [1.10, 1.30]', 'silhouette': '0.00', 'Davies-Bouldin index': '–', 'purity of 10 neighbours': '0.40' });
    const one = changeColumns(measuredChange('a', [pair(1, measures(1), measures(1.2))], 'raw')), two = changeColumns(measuredChange('a', [pair(1, measures(1), measures(1.2)), pair(2, measures(1), measures(1.2))], 'raw'));
    assert.deepEqual([one['between / within'], two['between / within']], ['0.200', '0.200 [0.200, 0.200]']);
  });

  it('writes numbers with their intervals', () => {
    assert.deepEqual([intervalText(0.412, [0.36, 0.47]), intervalText(-0.1, null), intervalText(null, null)], ['0.41 [0.36, 0.47]', '−0.10', '–']);
  });
});
