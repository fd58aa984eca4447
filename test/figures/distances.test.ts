import assert from 'node:assert/strict';
import { distancesFigure, type MeasurePanel, type MeasuredRun } from '../../src/figures/distances.ts';
import { matchSnapshot } from './snapshot.ts';

const panels: readonly MeasurePanel[] = [{ key: 'ratio', title: 'between / within', better: 'larger' }, { key: 'daviesBouldin', title: 'Davies-Bouldin', better: 'smaller' }];
const run = (name: string, shift: number): MeasuredRun => ({ name, values: { ratio: { estimate: 1.2 + shift, low: 1.1, high: 1.4 + shift }, daviesBouldin: shift > 0 ? { estimate: 3.3 } : undefined } });

describe('distancesFigure', () => {
  it('draws runs with intervals, one panel a measure', () => {
    matchSnapshot('distances', distancesFigure([run('baseline', 0), run('GCA+IAL', 0.1)], { panels, title: 'A finding', subtitle: '280 clips' }));
  });

  it('draws changes with their folds and a line at zero', () => {
    const runs = [{ ...run('IAL', 0.1), parts: { ratio: [0.1, -0.2] } }];
    matchSnapshot('distanceChanges', distancesFigure(runs, { panels, title: 'A finding', isChange: true, columns: 2 }));
  });

  it('leaves out what is undefined, and whiskers that are not known', () => {
    const { data } = distancesFigure([run('a', 0), run('b', 0.1)], { panels, title: '' });
    assert.deepEqual(data.map(({ name, xaxis, error_x: whiskers }) => [name, xaxis, whiskers !== undefined]), [['a', 'x', true], ['b', 'x', true], ['b', 'x2', false]]);
  });
});
