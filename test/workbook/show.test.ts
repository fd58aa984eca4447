import assert from 'node:assert/strict';
import { confusionFigure } from '../../src/figures/confusion.ts';
import type { EpochEvent, StepEvent } from '../../src/train/fit.ts';
import { figure, liveCurves, progress, signal } from '../../src/workbook/index.ts';
import { inNotebook, printed } from './host.ts';

const PLOTLY = 'application/vnd.plotly.v1+json';
const example = confusionFigure([[3, 1], [1, 3]], { labelNames: ['a', 'b'] });

describe('figure', () => {
  it('sends Plotly\'s bundle with the finding as text', async () => {
    const [shown] = await inNotebook(() => figure(example));
    assert.deepEqual((shown!.data[PLOTLY] as { data: unknown }).data, example.data);
    assert.match(String(shown!.data['text/plain']), /^\[figure\] Best found: a/);
  });

  it('with an id, clears the place first: JupyterLab draws an output once', async () => {
    const shown = await inNotebook(() => figure(example, 'x'));
    assert.deepEqual(shown.map(({ id, data }) => [id, PLOTLY in data]), [['x', false], ['x', true]]);
  });

  it('prints its finding outside of a notebook', async () => {
    assert.match((await printed(() => figure(example))).join(), /^\[figure\] Best found/);
  });
});

describe('progress', () => {
  it('redraws one bar and always shows the end', async () => {
    const shown = await inNotebook(() => {
      const bar = progress('reading', { unit: 'clips' });
      for (let done = 0; done <= 50; done++) bar.update({ done, total: 50, note: '<ok>' });
      bar.stop();
    });
    assert.equal(new Set(shown.map(({ id }) => id)).size, 1);
    assert.ok(shown.length < 10);
    assert.match(String(shown.at(-1)!.data['text/plain']), /^reading 50\/50 clips/);
    assert.match(String(shown.at(-1)!.data['text/html']), /width:100%.*&lt;ok&gt;/);
  });

  it('counts without knowing the total', async () => {
    const shown = await inNotebook(() => progress('reading').update({ done: 7 }));
    assert.match(String(shown[0]!.data['text/plain']), /^reading 7, /);
  });
});

describe('liveCurves', () => {
  const event = (epoch: number, done: number): StepEvent =>
    ({ epoch, epochs: 2, done, total: 3, losses: { total: 2 - 0.1 * done, crossEntropy: 1, auxiliary: 0, intensityAware: 1 }, trainWar: 0.2, clipsPerSecond: 10 });
  const train = (live: ReturnType<typeof liveCurves>): void => {
    for (const epoch of [1, 2]) {
      for (const done of [1, 2, 3]) live.onStep(event(epoch, done));
      live.onEpoch({ ...event(epoch, 3), step: 3 * epoch, learningRate: 1, seconds: 1 } satisfies EpochEvent, { split: 'test', clips: 7, uar: 0.25, war: 0.3 });
    }
    live.finish();
  };

  it('draws in one place and leaves the interactive figure there', async () => {
    const shown = await inNotebook(() => train(liveCurves('a run')));
    assert.equal(new Set(shown.map(({ id }) => id)).size, 1);
    assert.match(String(shown[0]!.data['text/html']), /<img alt="a run: epoch 1\/2, step 1\/6/);
    const last = shown.at(-1)!.data[PLOTLY] as { data: { x: number[] }[] };
    assert.deepEqual(last.data[0]!.x, [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(last.data[2]!.x, [3, 6]);
  });

  it('shows nothing when not a step was taken', async () => {
    assert.deepEqual(await inNotebook(() => liveCurves('a run').finish()), []);
  });
});

describe('signal', () => {
  it('is undefined outside of a notebook', () => { assert.equal(signal(), undefined); });
});
