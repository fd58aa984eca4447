import assert from 'node:assert/strict';
import { lossCurves, scoreCurves } from '../../src/figures/curves.ts';
import { trainingFigure } from '../../src/figures/training.ts';
import { epochs } from './examples.ts';
import { matchSnapshot } from './snapshot.ts';

const runs = [{ name: 'baseline', metrics: epochs(0.05, false) }, { name: 'GCA+IAL', metrics: epochs(0.1, true) }];

describe('curves', () => {
  it('lossCurves draws a panel for each term, two runs together', () => { matchSnapshot('lossCurves', lossCurves(runs)); });

  it('lossCurves gives a run without a term no line there', () => {
    const { data } = lossCurves(runs);
    const points = (name: string, axis: string): unknown => data.find((trace) => trace['name'] === name && trace['xaxis'] === axis)?.['x'];
    assert.deepEqual(points('baseline', 'x3'), []);
    assert.deepEqual(points('GCA+IAL', 'x3'), [1, 2, 3]);
  });

  it('scoreCurves draws the evaluated epochs only', () => {
    const figure = scoreCurves(runs);
    matchSnapshot('scoreCurves', figure);
    assert.deepEqual(figure.data[0]!['x'], [1, 3]);
  });

  it('runs without any epoch give a figure that says so', () => {
    const { layout } = lossCurves([{ name: 'new', metrics: [] }]);
    assert.match(JSON.stringify(layout['title']), /no epoch is finished/);
  });

  it('trainingFigure draws steps and evaluations, with four digits', () => {
    const steps = [1, 2, 3, 4].map((step) => ({ step, loss: 2 / step + 1 / 3, trainWar: step / 7 }));
    matchSnapshot('training', trainingFigure({ name: 'a run', steps, evaluations: [{ step: 4, uar: 1 / 3, war: 0.5 }] }));
    assert.match(JSON.stringify(trainingFigure({ name: 'a run', steps: [], evaluations: [] }).layout['title']), /not a step/);
  });
});
