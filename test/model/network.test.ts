import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor5D } from '@tensorflow/tfjs-core';
import { framesPerClip, preset, VARIANTS, type ExperimentConfig } from '../../src/config.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { portableOps } from '../../src/engine/portable.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { forward, trainsFused } from '../../src/model/network.ts';
import { featureSize } from '../../src/model/specification.ts';
import { createNetworkState } from '../../src/model/state.ts';
import { initialWeights } from '../../src/model/weights.ts';

const tiny: ExperimentConfig = { ...preset('tiny'), width: [4, 8, 16], imageSize: 32, numSegments: 4, staticMlp: 8, temporalMlp: 16, reduction: 4 };

function images(config: ExperimentConfig, clips: number): Tensor5D {
  return tf.randomUniform([clips, framesPerClip(config), config.imageSize, config.imageSize, 3], 0, 1, 'float32', 5) as Tensor5D;
}

/** Logits and features of fresh weights, and the names that were probed. */
function outputs(ops: Ops, config: ExperimentConfig, isTraining = false, clips = 2): { logits: Float32Array; features: Float32Array; probed: Map<string, number[]>; running: string[] } {
  const state = createNetworkState(config, initialWeights(config));
  const probed = new Map<string, number[]>();
  const result = tf.tidy(() => {
    const output = forward({ ops, config, tensors: state.tensors, isTraining, probe: (name, value) => probed.set(name, value.shape) }, images(config, clips));
    for (const tensor of output.running.values()) tensor.dispose();
    return { logits: output.logits.dataSync<'float32'>().slice(), features: output.features.dataSync<'float32'>().slice(), running: [...output.running.keys()] } as never;
  }) as { logits: Float32Array; features: Float32Array; running: string[] };
  state.dispose();
  return { ...result, probed };
}

const closest = (a: Float32Array, b: Float32Array): number => Math.max(...a.map((x, i) => Math.abs(x - b[i]!))) / Math.max(...a.map(Math.abs));

describe('model/network', () => {
  let native: Ops;
  before(async () => { native = (await loadEngine()).ops; });

  const ABLATIONS: Record<string, Partial<ExperimentConfig>> = {
    ...VARIANTS,
    'layer2 alone': { gca: { layer2: true, layer3: false } },
    'layer3 alone': { gca: { layer2: false, layer3: true }, auxWeight: 0 },
    'no fusion': { fusion: false },
    'temporal mean': { temporal: 'mean' },
    'no fusion, temporal mean': { fusion: false, temporal: 'mean' },
    'U 2 x V 2': { numSegments: 2, framesPerSegment: 2 },
    'five classes': { numClasses: 5 },
    'odd maps': { imageSize: 56 },
  };
  for (const [name, settings] of Object.entries(ABLATIONS)) {
    it(`forward(${name}) gives [clips, classes] logits and [clips, features], the same natively and portably, and leaks nothing`, () => {
      const config = { ...tiny, ...settings };
      const before = tf.memory().numTensors;
      for (const isTraining of [false, true]) {
        const ours = outputs(native, config, isTraining), plain = outputs(portableOps, config, isTraining);
        assert.equal(ours.logits.length, 2 * config.numClasses);
        assert.equal(ours.features.length, 2 * featureSize(config));
        assert.ok(closest(ours.logits, plain.logits) < 1e-4 && closest(ours.features, plain.features) < 1e-4);
        assert.equal(ours.running.length > 0, isTraining);
      }
      assert.equal(tf.memory().numTensors, before);
    });
  }

  it('forward treats the clips of a batch apart when it does not train', () => {
    const two = outputs(native, tiny).logits, one = outputs(native, tiny, false, 1).logits;
    const ofOne = tf.tidy(() => tf.all(tf.equal(tf.slice(images(tiny, 2), [0], [1]), images(tiny, 1))).dataSync()[0]! as never) as number;
    assert.equal(ofOne, 1, 'the first clip is the same in both');
    assert.ok(closest(one, two.slice(0, 7)) < 1e-5);
  });

  it('forward shows the GCA weights of every frame and channel to a probe', () => {
    const { probed } = outputs(native, tiny);
    assert.deepEqual(probed.get('s_former.layer2.0.weights'), [2, 4, 8]);
    assert.deepEqual(probed.get('s_former.layer3.0.frameWeights'), [2, 4, 16]);
  });

  it('initialWeights depends on the seed and the tensor\'s name alone, so variants share what they have in common', () => {
    const both = initialWeights({ ...tiny, ...VARIANTS['gca+ial'] }), baseline = initialWeights({ ...tiny, ...VARIANTS.baseline });
    for (const [name, values] of baseline) assert.deepEqual(values, both.get(name));
    assert.notDeepEqual(initialWeights(tiny, 1).get('fc_f.weight'), initialWeights(tiny, 2).get('fc_f.weight'));
  });

  it('forward trains wide networks and predicts with any by the fused operations; trainsFused tells which train so', () => {
    const fusedCalls = (config: ExperimentConfig, isTraining: boolean): number => {
      let calls = 0;
      outputs({ ...native, fused: { gelu: (x) => { calls++; return native.gelu(x); } } }, config, isTraining);
      return calls;
    };
    const wide = { ...tiny, width: [4, 8, 80] } as const;
    for (const [config, isFused] of [[tiny, false], [wide, true], [{ ...tiny, precision: 'bf16' }, true]] as const) {
      assert.equal(trainsFused(config), isFused);
      assert.equal(fusedCalls(config, true) > 0, isFused);
      assert.ok(fusedCalls(config, false) > 0);
    }
    assert.deepEqual(['tiny', 'small', 'paper'].map((name) => trainsFused(preset(name))), [false, true, true]);
  });
});
