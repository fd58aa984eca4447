import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { preset, type ExperimentConfig } from '../../src/config.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { createInference, type Inference } from '../../src/evaluate/inference.ts';
import { inputShape } from '../../src/model/network.ts';
import { createNetworkState, type NetworkState } from '../../src/model/state.ts';
import { initialWeights } from '../../src/model/weights.ts';
import { random } from '../../src/random.ts';

const config: ExperimentConfig = preset('tiny');

function images(clips: number): Float32Array {
  const draw = random('inference', clips);
  return Float32Array.from({ length: inputShape(clips, config).reduce((a, b) => a * b, 1) }, () => draw.uniform(0, 1));
}

const worst = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - b[i]![j]!))));

describe('evaluate/inference', () => {
  let ops: Ops, state: NetworkState, made: Inference[];
  before(async () => { ({ ops } = await loadEngine()); });
  beforeEach(() => { state = createNetworkState(config, initialWeights(config)); made = []; });
  afterEach(() => { for (const one of made) one.dispose(); state.dispose(); });

  const create = (mode: 'compiled' | 'eager', precision: 'f32' | 'bf16' = 'f32'): Inference => {
    const inference = createInference(ops, { ...state, config: { ...config, precision } }, mode);
    made.push(inference);
    return inference;
  };

  it('compiled logits and features are the eager ones, for every size of batch', () => {
    const compiled = create('compiled'), eager = create('eager');
    for (const clips of [4, 1, 4, 3]) {
      const [ours, plain] = [compiled.run(images(clips), clips), eager.run(images(clips), clips)];
      assert.equal(ours.logits.length, clips);
      assert.ok(worst(ours.logits, plain.logits) < 1e-5, `${worst(ours.logits, plain.logits)}`);
      assert.equal(ours.features.length, plain.features.length);
      assert.ok(worst([[...ours.features]], [[...plain.features]]) < 1e-4);
    }
  });

  it('push brings in weights that changed', () => {
    const inference = create('compiled');
    const before = inference.run(images(2), 2).logits;
    state.setWeights(initialWeights(config, 99), 'test');
    assert.equal(worst(inference.run(images(2), 2).logits, before), 0, 'not before push');
    inference.push();
    assert.ok(worst(inference.run(images(2), 2).logits, before) > 1e-3);
    assert.ok(worst(inference.run(images(2), 2).logits, create('eager').run(images(2), 2).logits) < 1e-5);
  });

  it('bfloat16 moves the logits a little', () => {
    const difference = worst(create('compiled', 'bf16').run(images(4), 4).logits, create('compiled').run(images(4), 4).logits);
    assert.ok(difference > 1e-6 && difference < 0.1, `${difference}`);
  });

  it('leaks no tensors over many batches', () => {
    const inference = create('compiled');
    inference.run(images(2), 2);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) inference.run(images(2), 2);
    assert.equal(tf.memory().numTensors, before);
  });
});
