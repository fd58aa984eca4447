// Whole runs on rendered clips: what is left on disk, resuming, selection, and what is refused.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { preset, type ExperimentConfig } from '../../src/config.ts';
import type { Dataset } from '../../src/data/clip.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { loadEngine, type Engine } from '../../src/engine/tensorflow.ts';
import { ensureRun, planVariants } from '../../src/experiments/reproduce.ts';
import { evaluateAgain } from '../../src/experiments/evaluation.ts';
import { trainRun } from '../../src/experiments/run.ts';
import type { TrainRunOptions } from '../../src/experiments/trainOptions.ts';
import { openRun } from '../../src/runs/run.ts';

const config: ExperimentConfig = { ...preset('tiny'), width: [4, 8, 16], imageSize: 32, numSegments: 4, staticMlp: 8, temporalMlp: 16, reduction: 4, batchSize: 7, epochs: 3 };

describe('experiments/run', function () {
  this.timeout(120_000);
  let engine: Engine, dataset: Dataset, root: string;

  before(async () => {
    engine = await loadEngine();
    root = await mkdtemp(join(tmpdir(), 'ial-run-'));
    await renderSynthetic({ root: join(root, 'data'), layout: 'dfew', trainClips: 28, testClips: 14, size: 32, seed: 3 });
    dataset = await readDataset({ name: 'dfew', root: join(root, 'data'), fold: 1 });
  });
  after(() => rm(root, { recursive: true, force: true }));

  const train = (name: string, options: Partial<TrainRunOptions> = {}): ReturnType<typeof trainRun> =>
    trainRun({ engine, dataset, config, out: join(root, name), ...options });
  const weightsOf = async (name: string): Promise<ReadonlyMap<string, { data: unknown }>> => (await (await openRun(join(root, name))).readCheckpoint('last')).weights;

  it('a run on one scene records it, and is evaluated again on its clips', async () => {
    const data = join(root, 'ferv');
    await renderSynthetic({ root: data, layout: 'ferv39k', trainClips: 160, testClips: 160, size: 32, frames: [4, 6], seed: 3 });
    const all = await readDataset({ name: 'ferv39k', root: data, fold: 1 });
    const name = all.train[0]!.id.split('/')[0]!;
    const scene = await readDataset({ name: 'ferv39k', root: data, fold: 1, scene: name.toUpperCase() });
    const first = await train('scene', { dataset: scene, config: { ...config, batchSize: 2, epochs: 1 } });
    const { record } = await openRun(join(root, 'scene'));
    assert.deepEqual([record.dataset.scene, first.fingerprint], [name, scene.fingerprint]);
    assert.ok(scene.test.length < all.test.length);
    const warnings: string[] = [];
    const again = await evaluateAgain({ engine, dir: join(root, 'scene'), onWarning: (line) => warnings.push(line) });
    assert.deepEqual([again.metrics.confusion, again.fingerprint, warnings], [first.metrics.confusion, first.fingerprint, []]);
  });

  it('trainRun leaves a run folder that says everything of itself', async () => {
    const before = tf.memory().numTensors;
    const evaluation = await train('whole', { evaluateEvery: 1 });
    assert.equal(tf.memory().numTensors, before);
    const run = await openRun(join(root, 'whole'));
    assert.deepEqual(run.record.experiment, config);
    assert.equal(run.record.dataset.isSynthetic, true);
    assert.deepEqual(Object.values(run.record.dataset.counts).map((counts) => counts.reduce((a, b) => a + b, 0)), [28, dataset.test.length]);
    assert.match(run.record.device, /^(cpu|gpu), \d+ threads/);
    const history = await run.readMetrics();
    assert.deepEqual(history.map(({ epoch, step }) => [epoch, step]), [[1, 4], [2, 8], [3, 12]]);
    assert.ok(history.every(({ losses, evaluation }) => losses['total']! > 0 && evaluation?.split === 'test'));
    assert.deepEqual(await run.listCheckpoints(), [2, 3], 'the last two are kept');
    const { predictions } = await run.readPredictions();
    assert.deepEqual(predictions.map(({ id }) => id), dataset.test.map(({ id }) => id));
    const features = await run.readFeatures();
    assert.equal(features.values.length, dataset.test.length * features.width);
    assert.deepEqual(await run.readEvaluation(), evaluation);
    assert.equal(evaluation.metrics.uar, history[2]!.evaluation!.uar, 'the same weights give the same recall');
    assert.equal(evaluation.isLeaky, false);
  });

  it('a run stopped in its second epoch and resumed ends with the weights of the undisturbed one', async () => {
    const controller = new AbortController();
    await assert.rejects(train('stopped', { signal: controller.signal, onStep: ({ epoch, done }) => { if (epoch === 2 && done === 2) controller.abort(); } }), { name: 'Interrupted' });
    assert.deepEqual(await (await openRun(join(root, 'stopped'))).listCheckpoints(), [1]);
    await train('stopped', { resume: true });
    assert.deepEqual(await weightsOf('stopped'), await weightsOf('whole'));
  });

  it('resume starts a run where there is none, goes back behind a broken checkpoint, and refuses another configuration', async () => {
    await train('resumed', { resume: true, config: { ...config, epochs: 2 } });
    await assert.rejects(train('resumed', { resume: true, config: { ...config, epochs: 2, lambda: 0.5 } }), /cannot resume with another configuration: lambda: 0\.1 -> 0\.5/);
    await assert.rejects(train('resumed'), /holds a run already/);
    await writeFile(join(root, 'resumed/checkpoints/0002/weights.safetensors'), 'broken');
    const warnings: string[] = [];
    await train('resumed', { resume: true, config: { ...config, epochs: 2 }, onWarning: (line) => warnings.push(line) });
    assert.ok(warnings.some((line) => /0002/.test(line)), warnings.join('\n'));
    assert.equal((await (await openRun(join(root, 'resumed'))).readMetrics()).length, 2);
  });

  it('best-on-validation holds out training clips and never looks at the test clips; best-on-test is marked leaky', async () => {
    await train('validated', { config: { ...config, epochs: 2, batchSize: 5, selection: 'best-on-validation' } });
    const { record, readMetrics } = await openRun(join(root, 'validated'));
    const counted = (counts: readonly number[] = []): number => counts.reduce((a, b) => a + b, 0);
    assert.equal(counted(record.dataset.counts.train) + counted(record.dataset.counts.validation), 28);
    assert.ok((await readMetrics()).every(({ evaluation }) => evaluation?.split === 'validation'));
    const leaky = await train('leaky', { config: { ...config, epochs: 2, selection: 'best-on-test' } });
    assert.equal(leaky.isLeaky, true);
    const best = (await (await openRun(join(root, 'leaky'))).readMetrics()).map(({ evaluation }) => evaluation!.war);
    assert.equal(leaky.metrics.war, Math.max(...best));
  });

  it('evaluateAgain computes the same numbers anew', async () => {
    const dir = join(root, 'whole'), before = await readFile(join(dir, 'evaluation.json'), 'utf8');
    await rm(join(dir, 'evaluation.json'));
    await evaluateAgain({ engine, dir });
    assert.equal(await readFile(join(dir, 'evaluation.json'), 'utf8'), before);
  });

  it('a broken clip stops the run by its id, or is skipped and told when that is asked for', async () => {
    const frames = dataset.train[5]!.frames.map(() => join(root, 'broken.jpg'));
    await writeFile(join(root, 'broken.jpg'), 'no picture');
    const broken: Dataset = { ...dataset, train: dataset.train.map((clip, i) => i === 5 ? { ...clip, frames } : clip) };
    await assert.rejects(train('broken', { dataset: broken }), (error: Error) => error.name === 'UserError' && error.message.includes(dataset.train[5]!.id));
    const warnings: string[] = [];
    await train('skipping', { dataset: broken, onBadClip: 'skip', config: { ...config, epochs: 1 }, onWarning: (line) => warnings.push(line) });
    assert.ok(warnings.some((line) => line.startsWith(`clip ${dataset.train[5]!.id} is skipped`)), warnings.join('\n'));
  });

  it('ensureRun trains a planned run once, and sets one of another configuration aside', async () => {
    const [plan] = planVariants('tiny', ['baseline'], 1);
    const planned = { ...plan!, config: { ...config, ...plan!.config.gca && { gca: plan!.config.gca, lambda: 0, auxWeight: 0 }, epochs: 1 } };
    const options = { engine, dataset, runs: root };
    assert.equal((await ensureRun(planned, options)).isReused, false);
    assert.equal((await ensureRun(planned, options)).isReused, true);
    const warnings: string[] = [];
    const other = await ensureRun({ ...planned, config: { ...planned.config, seed: 2 } }, { ...options, onWarning: (line) => warnings.push(line) });
    assert.equal(other.isReused, false);
    assert.match(warnings[0]!, /tiny-baseline: was another run \(seed: 1 -> 2\), kept as .*tiny-baseline\.before-/);
    assert.ok(existsSync(warnings[0]!.split('kept as ')[1]!));
  });
});
