// Which clips go into a demo, and which must not.
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { framesPerClip } from '../../src/config.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { shippedClips, type ShipOptions } from '../../src/demo/shipped.ts';
import { Interrupted, UserError } from '../../src/errors.ts';
import { createRun, type Run, type RunWriter } from '../../src/runs/run.ts';
import type { RunRecord } from '../../src/runs/types.ts';
import { RECORD } from '../runs/record.ts';

describe('demo/shipped', function () {
  this.timeout(120_000);
  let root: string, run: RunWriter, notes: string[];

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'ial-shipped-'));
    await renderSynthetic({ root: join(root, 'data'), layout: 'dfew', trainClips: 28, testClips: 14, size: 40, seed: 5 });
    const { fingerprint, test, labelNames } = await readDataset({ name: 'dfew', root: join(root, 'data'), fold: 1 });
    run = await createRun(join(root, 'run'), { ...RECORD, dataset: { ...RECORD.dataset, root: join(root, 'data'), fingerprint } });
    await run.writePredictions({ split: 'test', epoch: 2, labelNames, fingerprint, predictions: test.map(({ id, label }) => ({ id, label, logits: [label, 0, 0, 0, 0, 0, 0] })) });
  });
  beforeEach(() => { notes = []; });
  after(async () => {
    await run.close();
    await rm(root, { recursive: true, force: true });
  });

  const ship = (options: ShipOptions = {}, epoch = 2, from: Run = run): ReturnType<typeof shippedClips> => shippedClips(from, epoch, { onWarning: (line) => { notes.push(line); }, ...options });
  const recordedAs = (change: Partial<RunRecord['dataset']>): Run => ({ ...run, record: { ...run.record, dataset: { ...run.record.dataset, ...change } } });

  it('gives one of each class with its intensity, the recorded logits and the frames as the network sees them', async () => {
    const { clips, hasLicensedFrames } = await ship({ clips: 7 });
    assert.deepEqual(clips.map(({ clip }) => clip.label), [0, 1, 2, 3, 4, 5, 6]);
    for (const { clip, png } of clips) {
      assert.equal(clip.logits![0], clip.label);
      assert.equal(clip.intensity!.length, clip.frameCount);
      const { width, height } = await sharp(png).metadata(), { imageSize } = RECORD.experiment;
      assert.deepEqual([width, height], [imageSize, imageSize * framesPerClip(RECORD.experiment)]);
    }
    assert.deepEqual([hasLicensedFrames, notes], [false, []]);
  });

  it('compares with no logits of another epoch', async () => {
    assert.ok((await ship({ clips: 7 }, 3)).clips.every(({ clip }) => clip.logits === undefined));
  });

  it('keeps frames of a licensed set out, unless it is told', async () => {
    const real = join(root, 'real');
    await cp(join(root, 'data'), real, { recursive: true });
    await rm(join(real, 'synthetic.json'));
    assert.deepEqual(await ship({ data: real }), { clips: [], hasLicensedFrames: false });
    assert.match(notes.join(), /frames of a licensed set stay out; --embed-frames puts them in, and the folder must then not be given away/);
    const { clips, hasLicensedFrames } = await ship({ data: real, clips: 7, embedFrames: true });
    assert.deepEqual([clips.length, hasLicensedFrames], [7, true]);
  });

  it('does without clips where their folder has gone, but not where it was asked for', async () => {
    assert.deepEqual((await ship({}, 2, recordedAs({ root: join(root, 'gone') }))).clips, []);
    assert.match(notes.join(), /^no clips: .*gone.*; --data says where they are now$/);
    assert.deepEqual((await ship({}, 2, recordedAs({ root: '' }))).clips, []);
    assert.match(notes.at(-1)!, /knows none; --data says where some are/);
    await assert.rejects(ship({ data: join(root, 'gone') }), UserError);
    assert.deepEqual((await ship({ clips: 0 })).clips, []);
  });

  it('refuses clips of other classes, and stops when asked to', async () => {
    await assert.rejects(ship({}, 2, recordedAs({ labelNames: ['a', 'b'] })), /its classes are happiness, .*, those of \S+run a, b$/);
    await assert.rejects(ship({ signal: AbortSignal.abort() }), Interrupted);
  });
});
