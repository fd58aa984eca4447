import assert from 'node:assert/strict';
import { costFigure, type CostMark } from '../../src/figures/cost.ts';
import { matchSnapshot } from './snapshot.ts';

const marks: readonly CostMark[] = [
  { axis: 'frames', value: 16, ms: 60, multiplyAdds: 5e9 }, { axis: 'frames', value: 8, ms: 33, multiplyAdds: 2.5e9 }, { axis: 'frames', value: 32, ms: 126, multiplyAdds: 1e10 },
  { axis: 'batch', value: 1, ms: 60, multiplyAdds: 5e9 }, { axis: 'batch', value: 4, ms: 48, multiplyAdds: 5e9 }, { axis: 'image', value: 112, ms: 60, multiplyAdds: 5e9 },
];
const base = { frames: 16, batch: 1, image: 112 } as const;

describe('costFigure', () => {
  it('draws time against each setting, beside what multiply-adds would take', () => {
    const figure = costFigure(marks, { base, subtitle: 'a machine' });
    matchSnapshot('cost', figure);
    const line = figure.data.find(({ mode, xaxis }) => mode === 'lines' && xaxis === 'x');
    assert.deepEqual([line!['x'], line!['y']], [[8, 16, 32], [30, 60, 120]]);
  });

  it('says how the time grows with each setting', () => {
    assert.match((costFigure(marks, { base }).layout['title'] as { text: string }).text.replaceAll('<br>', ' '), /The processor time of a clip: 2\.1× for 2\.0× the frames, 0\.8× for 4\.0× the batch/);
    assert.match((costFigure([], { base }).layout['title'] as { text: string }).text, /No measurements/);
  });
});
