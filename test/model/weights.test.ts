import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { preset } from '../../src/config.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { specification, type TensorSpec } from '../../src/model/specification.ts';
import { createNetworkState } from '../../src/model/state.ts';
import { checkWeights, fromEngine, initialWeights, toEngine } from '../../src/model/weights.ts';

const tiny = preset('tiny');
const deviation = (values: Float32Array): number => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

describe('model/weights', () => {
  before(loadEngine);

  it('toEngine brings [out, in, h, w] to [h, w, in, out] and fromEngine back', () => {
    const spec: TensorSpec = { name: 'w', shape: [2, 3, 1, 2], kind: 'convolution', isUsed: true };
    const values = Float32Array.from({ length: 12 }, (_, i) => i);
    const engine = toEngine(spec, values);
    const expected = tf.tidy(() => tf.transpose(tf.tensor(values, [2, 3, 1, 2]), [2, 3, 1, 0]).dataSync<'float32'>() as never) as Float32Array;
    assert.deepEqual(engine, expected);
    assert.deepEqual(fromEngine(spec, engine), values);
  });

  it('initialWeights(paper) has the deviations of the authors\' initialisation, fan-out counted without groups', () => {
    const weights = initialWeights(preset('paper'));
    const near = (name: string, expected: number): void => {
      const ratio = deviation(weights.get(name)!) / expected;
      assert.ok(ratio > 0.95 && ratio < 1.05, `${name}: ${ratio}`);
    };
    near('s_former.layer2.0.conv2.weight', Math.sqrt(2 / (128 * 9)));
    near('s_former.layer2.0.gc.0.weight', 0.0089);
    near('s_former.layer3.0.gc.0.weight', 0.0126);
    near('s_former.pos_embedding', 1);
    near('fc_f.weight', 1 / Math.sqrt(3 * 4096));
    assert.ok(weights.get('s_former.bn1.weight')!.every((x) => x === 1));
  });

  it('a network state gives back the weights it was made of, and counts batches', async () => {
    const weights = initialWeights(tiny), before = tf.memory().numTensors;
    const state = createNetworkState(tiny, weights);
    assert.deepEqual(await state.weights(), weights);
    const name = 's_former.bn1.running_mean';
    state.updateRunning(new Map([[name, tf.fill([16], 0.5)]]));
    state.countBatch();
    const after = await state.weights();
    assert.equal(after.get('s_former.bn1.num_batches_tracked')![0], 1);
    assert.ok(after.get(name)!.every((x) => x === 0.5));
    state.setWeights(weights, 'test');
    assert.deepEqual(await state.weights(), weights);
    state.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it('checkWeights names the tensor that is missing, unknown or of another size', () => {
    const weights = new Map(initialWeights(tiny));
    const message = (change: (weights: Map<string, Float32Array>) => void): string => {
      const copy = new Map(weights);
      change(copy);
      try { checkWeights(tiny, copy, 'x.safetensors'); return ''; } catch (error) { return (error as Error).message; }
    };
    assert.match(message((w) => w.delete('fc_f.bias')), /^x\.safetensors: the tensor "fc_f\.bias" is missing/);
    assert.match(message((w) => w.set('fc_g.bias', new Float32Array(1))), /there is no tensor "fc_g\.bias"/);
    assert.match(message((w) => w.set('fc_f.bias', new Float32Array(5))), /"fc_f\.bias" has 5 numbers, expected 7/);
    assert.equal(message(() => {}), '');
    assert.equal(specification(tiny).length, weights.size);
  });
});
