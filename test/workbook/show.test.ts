import assert from 'node:assert/strict';
import { confusionFigure } from '../../src/figures/confusion.ts';
import type { EpochEvent, StepEvent } from '../../src/train/fit.ts';
import { closeFigures } from '../../src/figures/png.ts';
import { figure, liveCurves, note, progress, signal } from '../../src/workbook/index.ts';
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
    const shown = await inNotebook(() => figure(example, { id: 'x' }));
    assert.deepEqual(shown.map(({ id, data }) => [id, PLOTLY in data]), [['x', false], ['x', true]]);
  });

  it('puts a PNG beside it where nobody looks on', async () => {
    const [first, last, ...more] = await inNotebook(() => figure(example), { isAttended: false });
    assert.equal(more.length, 0);
    assert.equal(first!.data['image/png'], undefined);
    assert.equal(last!.id, first!.id);
    assert.match(String(last!.data['image/png']), /^iVBOR/);
    assert.deepEqual({ ...last!.data, 'image/png': undefined }, { ...first!.data, 'image/png': undefined });
  });

  const withFrame = { data: [], layout: { ...example.layout, images: [{ source: 'data:image/jpeg;base64,AAAA' }] } };

  it('marks pictures of clips, and keeps those of a licensed set out', async () => {
    const [shown] = await inNotebook(() => figure(withFrame, { frames: { isSynthetic: true } }));
    assert.deepEqual(shown!.metadata, { workbook: { frames: 'synthetic' } });
    await assert.rejects(inNotebook(() => figure(withFrame)), /say of which data/);
    await assert.rejects(inNotebook(() => figure(withFrame, { frames: { isSynthetic: false } })), /unless embedFrames is set/);
  });

  it('says which pictures must not be passed on', async () => {
    const shown = await inNotebook(() => figure(withFrame, { frames: { isSynthetic: false, embedFrames: true } }));
    assert.deepEqual(shown[0]!.metadata, { workbook: { frames: 'licensed' } });
    assert.match(String(shown[1]!.data['text/markdown']), /DO NOT DISTRIBUTE/);
  });

  it('prints its finding outside of a notebook', async () => {
    assert.match((await printed(() => figure(example))).join(), /^\[figure\] Best found/);
  });

  it('does without where there is no Chromium', async () => {
    const { CHROMIUM } = process.env;
    await closeFigures();                                 // it stays without from here on
    process.env['CHROMIUM'] = '/nowhere/chromium';
    try {
      assert.equal((await inNotebook(() => figure(example), { isAttended: false })).length, 1);
    } finally {
      if (CHROMIUM === undefined) delete process.env['CHROMIUM']; else process.env['CHROMIUM'] = CHROMIUM;
    }
  });
});

describe('note', () => {
  it('is Markdown in a notebook and text elsewhere', async () => {
    const [shown] = await inNotebook(() => note('**a**'));
    assert.deepEqual(shown!.data, { 'text/markdown': '**a**', 'text/plain': '**a**' });
    assert.deepEqual(await printed(() => note('**a**')), ['**a**']);
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
