import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preset, type ExperimentConfig } from '../../src/config.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { loadEngine, type Engine } from '../../src/engine/tensorflow.ts';
import { epochFeatures, readEpochFeatures, writeEpochFeatures } from '../../src/experiments/epochFeatures.ts';
import { trainRun } from '../../src/experiments/run.ts';
import { openRun } from '../../src/runs/run.ts';
import { writeSafetensors } from '../../src/runs/safetensors.ts';
import { inOneLine } from '../refusal.ts';

const config: ExperimentConfig = { ...preset('tiny'), width: [4, 8, 16], imageSize: 32, numSegments: 4, staticMlp: 8, temporalMlp: 16, reduction: 4, epochs: 2, batchSize: 8 };

describe('experiments/epochFeatures', function () {
  this.timeout(120_000);
  let engine: Engine, root: string, dir: string;

  before(async () => {
    engine = await loadEngine();
    root = await mkdtemp(join(tmpdir(), 'ial-epochs-'));
    dir = join(root, 'run');
    await renderSynthetic({ root: join(root, 'data'), layout: 'dfew', trainClips: 28, testClips: 14, size: 40, seed: 3 });
    await trainRun({ engine, dataset: await readDataset({ name: 'dfew', root: join(root, 'data'), fold: 1 }), config, out: dir, keepEpochs: 5 });
  });
  after(async () => { await rm(root, { recursive: true, force: true }); });

  it('gives the same clips at each epoch; the last epoch\'s features and UAR are the evaluation\'s', async () => {
    const { ids, epochs, width } = await epochFeatures({ engine, dir, epochs: [0, 1, 2] });
    const run = await openRun(dir), features = await run.readFeatures(), { metrics } = await run.readEvaluation();
    assert.deepEqual([ids, width, epochs.map(({ epoch }) => epoch)], [features.ids, features.width, [0, 1, 2]]);
    epochs[2]!.values.forEach((value, i) => { assert.ok(Math.abs(value - features.values[i]!) < 1e-4); });
    assert.equal(epochs[2]!.uar, metrics.uar);
    assert.ok(epochs[0]!.values.some((value, i) => Math.abs(value - epochs[1]!.values[i]!) > 1e-3));
  });

  it('writes half the bytes and reads the same back to half precision', async () => {
    const found = await epochFeatures({ engine, dir, epochs: [1, 2] }), file = join(root, 'epochs.safetensors');
    await writeEpochFeatures(file, found);
    const read = await readEpochFeatures(file);
    assert.deepEqual({ ...read, epochs: read.epochs.map(({ epoch, uar }) => ({ epoch, uar })) }, { ...found, epochs: found.epochs.map(({ epoch, uar }) => ({ epoch, uar })) });
    read.epochs.forEach(({ values }, e) => values.forEach((value, i) => { const exact = found.epochs[e]!.values[i]!; assert.ok(Math.abs(value - exact) <= 1e-3 * Math.max(1, Math.abs(exact))); }));
    await writeSafetensors(file, new Map());
    await assert.rejects(readEpochFeatures(file), inOneLine(/epochs\.safetensors: expected what "ial features --epochs" writes/));
  });

  it('refuses an epoch without a checkpoint', async () => {
    await assert.rejects(epochFeatures({ engine, dir, epochs: [1, 7] }), inOneLine(/run: has no checkpoint of epoch 7, only of 1, 2; train with --keep-epochs/));
  });
});
