// GCA weights out of a network: those of its definition, the clips' intensity beside them, and the network without them.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preset, type ExperimentConfig } from '../../src/config.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { loadEngine, type Engine } from '../../src/engine/tensorflow.ts';
import { Interrupted, UserError } from '../../src/errors.ts';
import { scales } from '../../src/evaluate/attention.ts';
import { readAttention, writeAttention } from '../../src/experiments/attentionFile.ts';
import { readGca } from '../../src/experiments/attentionRun.ts';
import { evaluateAgain } from '../../src/experiments/evaluation.ts';
import { importRun } from '../../src/experiments/importRun.ts';
import { specification } from '../../src/model/specification.ts';
import { initialWeights } from '../../src/model/weights.ts';
import { openRun } from '../../src/runs/run.ts';
import { writeSafetensors } from '../../src/runs/safetensors.ts';

const config: ExperimentConfig = { ...preset('tiny'), width: [4, 8, 16], imageSize: 32, numSegments: 4, staticMlp: 8, temporalMlp: 16, reduction: 4 };
const plain: ExperimentConfig = { ...config, gca: { layer2: false, layer3: false }, auxWeight: 0 };

describe('experiments/attentionRun', function () {
  this.timeout(120_000);
  let engine: Engine, root: string, data: string;

  /** A run whose GCA layers are large enough to matter. */
  async function imported(name: string, experiment: ExperimentConfig): Promise<string> {
    const weights = initialWeights(experiment), dir = join(root, name);
    const tensors = new Map(specification(experiment).map(({ name: tensor, shape }) => [tensor, { dtype: 'F32', shape, data: weights.get(tensor)!.map((value) => (tensor.includes('.fc2.') ? 4 * value : value)) }] as const));
    await writeSafetensors(join(root, `${name}.safetensors`), tensors, { experiment: JSON.stringify(experiment), isSynthetic: 'true' });
    await importRun({ file: join(root, `${name}.safetensors`), out: dir });
    return dir;
  }

  before(async () => {
    engine = await loadEngine();
    root = await mkdtemp(join(tmpdir(), 'ial-attention-'));
    data = join(root, 'data');
    await renderSynthetic({ root: data, layout: 'dfew', trainClips: 28, testClips: 14, size: 40, seed: 3 });
  });
  after(async () => { await rm(root, { recursive: true, force: true }); });

  it('gives the weights of every frame, the clips\' intensity, and the evaluation\'s own logits', async () => {
    const dir = await imported('run', config);
    await evaluateAgain({ engine, dir, data });
    const evaluated = await (await openRun(dir)).readPredictions();
    const { weights: { clips, frames, layers }, predictions } = await readGca({ engine, dir, data });
    assert.deepEqual([clips.length, frames, layers.map(({ name, channels }) => [name, channels])], [evaluated.predictions.length, 4, [['layer2', 8], ['layer3', 16]]]);
    for (const { frameWeights, channels } of layers) {
      assert.equal(frameWeights.length, clips.length * 4 * channels);
      assert.ok(frameWeights.every((weight) => weight > 0 && weight < 2) && new Set(frameWeights).size > 50);
    }
    for (const { person, intensity } of clips) assert.ok(person !== undefined && intensity!.length === 4 && intensity!.every((value) => value >= 0 && value <= 1));
    predictions['as trained'].forEach(({ id, logits }, i) => {
      assert.equal(id, evaluated.predictions[i]!.id);
      logits.forEach((logit, c) => { assert.ok(Math.abs(logit - evaluated.predictions[i]!.logits[c]!) < 1e-4); });
    });
  });

  it('the network without its weights predicts otherwise, and with a constant in their place exactly as the definition says', async () => {
    const dir = await imported('constant', config);
    const record = await readGca({ engine, dir, data });
    const difference = (mode: 'frozen at the mean' | 'all weights 1'): number => Math.max(...record.predictions[mode].flatMap(({ logits }, i) => logits.map((logit, c) => Math.abs(logit - record.predictions['as trained'][i]!.logits[c]!))));
    assert.ok(difference('frozen at the mean') > 1e-4 && difference('all weights 1') > 1e-4);
    // where the weights are 1 already nothing changes, but for the epsilon inside the root
    const untouched = await readGca({ engine, dir: await allOnes(), data });
    assert.ok(untouched.weights.layers.every((layer) => scales(layer, 4).every((scale) => Math.abs(scale - 1) < 1e-4)));
    for (const mode of ['frozen at the mean', 'all weights 1'] as const) untouched.predictions[mode].forEach(({ logits }, i) => { logits.forEach((logit, c) => { assert.ok(Math.abs(logit - untouched.predictions['as trained'][i]!.logits[c]!) < 1e-3); }); });
  });

  async function allOnes(): Promise<string> {
    const weights = initialWeights(config);
    const tensors = new Map(specification(config).map(({ name, shape }) => [name, { dtype: 'F32', shape, data: name.includes('.fc2.') ? new Float32Array(weights.get(name)!.length) : weights.get(name)! }] as const));
    await writeSafetensors(join(root, 'ones.safetensors'), tensors, { experiment: JSON.stringify(config), isSynthetic: 'true' });
    await importRun({ file: join(root, 'ones.safetensors'), out: join(root, 'ones') });
    return join(root, 'ones');
  }

  it('writes a small file and reads the same back, to half precision', async () => {
    const record = await readGca({ engine, dir: await imported('file', config), data, untrained: true });
    assert.equal(record.epoch, 0);
    const file = join(root, 'gca.safetensors');
    await writeAttention(file, record);
    const { weights, predictions, ...head } = await readAttention(file);
    assert.deepEqual(head, { labelNames: record.labelNames, isSynthetic: true, epoch: 0, run: 'file' });
    assert.deepEqual(weights.clips, record.weights.clips);
    weights.layers.forEach(({ name, frameWeights }, l) => {
      assert.equal(name, record.weights.layers[l]!.name);
      frameWeights.forEach((weight, i) => { assert.ok(Math.abs(weight - record.weights.layers[l]!.frameWeights[i]!) < 1e-3); });
    });
    assert.deepEqual(predictions['frozen at the mean'].map(({ logits }) => logits), record.predictions['frozen at the mean'].map(({ logits }) => logits.map(Math.fround)));
    await writeSafetensors(file, new Map());
    await assert.rejects(readAttention(file), (error) => error instanceof UserError && /gca\.safetensors: expected what "ial attention" writes/.test(error.message));
  });

  it('refuses a network without GCA, and stops when interrupted', async () => {
    await assert.rejects(readGca({ engine, dir: await imported('plain', plain), data }), (error) => error instanceof UserError && /plain: its network has no GCA block; train one with --variant gca\+ial/.test(error.message));
    await assert.rejects(readGca({ engine, dir: join(root, 'run'), data, signal: AbortSignal.abort() }), (error) => error instanceof Interrupted || (error as Error).name === 'AbortError');
  });
});
