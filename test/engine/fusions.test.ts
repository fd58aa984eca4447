import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { CompileOptions } from '../../src/engine/compile.ts';
import { withFusions } from '../../src/engine/fusions.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { idOf, record } from '../../src/engine/record.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { apart } from './apart.ts';
import { compiledOutputs, read } from './compiled.ts';

type F = (inputs: readonly Tensor[]) => Tensor[];

describe('engine/fusions', () => {
  let ops: Ops;
  before(async () => { ({ ops } = await loadEngine()); });

  const filters = (inputs: number, outputs: number): Tensor4D => tf.randomNormal([3, 3, inputs, outputs], 0, 0.2, 'float32', 4);

  function convolve(x: Tensor4D, outputs: number, stride: 1 | 2, relu: boolean): Tensor4D {
    const norm = [1, 2].map((seed) => tf.randomNormal([outputs], 0, 1, 'float32', seed)) as [Tensor1D, Tensor1D];
    return ops.conv2dNormInfer(x, filters(x.shape[3], outputs), stride, ...norm, { mean: tf.fill([outputs], 0.1), variance: tf.fill([outputs], 0.9) }, relu);
  }

  /** Images to the end of the first residual block, and a block that is rescaled. */
  const network = ([images, scales]: readonly Tensor[]): { wide: Tensor4D; pooled: Tensor4D; block: Tensor4D; rescaled: Tensor4D } => {
    const wide = convolve(images as Tensor4D, 32, 2, true), pooled = ops.maxPool(convolve(wide, 64, 1, true));
    const block = ops.addRelu(convolve(convolve(pooled, 64, 1, true), 64, 1, false), pooled);
    return { wide, pooled, block, rescaled: ops.addRelu(pooled, ops.rescale(block, scales as Tensor2D)) };
  };
  const whole: F = (inputs) => { const { pooled, block, rescaled } = network(inputs); return [pooled, block, rescaled]; };

  const images = (): Tensor[] => [tf.randomUniform([5, 30, 26, 3], 0, 1, 'float32', 7), tf.randomUniform([5, 64], 0, 2, 'float32', 8)];

  /** The operations that a function is rewritten to. */
  function names(f: F, inputs: readonly Tensor[], fused: boolean): string[] {
    let outputs: number[] = [];
    const recording = record(() => { outputs = f(inputs).map(idOf); });
    const made = withFusions(recording, outputs, fused).ops.map(({ op }) => op);
    tf.dispose([...inputs]);
    return made.filter((op) => ['IalStem', 'IalMaxPool', 'IalConv3x3Added', 'IalRescaleAdded', 'IalAddRelu'].includes(op)).sort();
  }

  it('withFusions(recording) joins the stem, and additions to what is added', () => {
    assert.deepEqual(names(whole, images(), true), ['IalConv3x3Added', 'IalRescaleAdded', 'IalStem']);
  });

  it('withFusions(recording) leaves rescaling alone where float32 must come out the same', () => {
    assert.deepEqual(names(whole, images(), false), ['IalAddRelu', 'IalConv3x3Added', 'IalStem']);
  });

  it('withFusions(recording) joins nothing of which what is between is read by somebody else', () => {
    const f: F = (inputs) => { const { wide, rescaled } = network(inputs); return [wide, rescaled]; };
    assert.ok(names(f, images(), true).includes('IalMaxPool'));
  });

  /** What a function gives, eagerly and compiled, as numbers. */
  function both(f: F, inputs: Tensor[], options: CompileOptions): [Float32Array[], Float32Array[]] {
    const results: [Float32Array[], Float32Array[]] = [read(tf.tidy(() => f(inputs))), compiledOutputs(f, inputs, options)];
    tf.dispose(inputs);
    return results;
  }

  const WAYS: readonly (readonly [string, CompileOptions, number])[] = [
    ['float32', {}, 1e-6], ['float32, fused', { fused: true }, 1e-5], ['tiles of bfloat16', { precision: 'bf16', support: 'tiles' }, 0.02], ['pairs of bfloat16', { precision: 'bf16', support: 'vectors' }, 0.02],
  ];
  for (const [how, options, tolerance] of WAYS) it(`a network's first layers in one give what they give one after another: ${how}`, () => {
    const [eager, joined] = both(whole, images(), options);
    eager.forEach((values, i) => assert.ok(apart(values, joined[i]!) < tolerance, `output ${i}: off by ${apart(values, joined[i]!)} of its norm`));
  });

  /** Two residual branches of a transformer on [2, rows, 64], whose gradients are asked for as well. */
  const tokens = (fused: Ops): F => ([x, weight, bias, narrow]) => {
    const branch = (x: Tensor3D, w: Tensor, b: Tensor): Tensor3D => fused.gelu(fused.dense(fused.layerNorm(x, tf.fill([64], 1.5), b as Tensor1D), w as Tensor2D, b as Tensor1D));
    const y = (x: Tensor, w: Tensor, b: Tensor): Tensor => tf.add(x, fused.dense(branch(tf.add(x, fused.dense(branch(x as Tensor3D, w, b), w as Tensor2D, b as Tensor1D)), w, b), w as Tensor2D, b as Tensor1D));
    return [y(x!, weight!, bias!), tf.add(narrow!, fused.dense(x!, weight as Tensor2D, bias as Tensor1D)), ...tf.grads((x, w, b) => tf.sum(tf.sin(y(x!, w!, b!))))([x!, weight!, bias!])];
  };

  for (const support of ['tiles', 'vectors'] as const) for (const rows of [16, 70]) it(`tokens that go over to bfloat16 and back on the way are within 2 % of float32, with ${support}: ${2 * rows} rows`, () => {
    const inputs = [[2, rows, 64], [64, 64], [64], [64]].map((shape, i) => tf.randomNormal(shape, 0, i === 1 ? 1 / 8 : 1, 'float32', i + 1));
    const [exact, low] = both(tokens({ ...ops, ...ops.fused }), inputs, { precision: 'bf16', support });
    exact.forEach((values, i) => assert.ok(apart(values, low[i]!) < 0.02, `${['y', 'broadcast', 'dx', 'dw', 'db'][i]}: off by ${apart(values, low[i]!)} of its norm`));
    if (2 * rows >= 64) assert.ok(apart(exact[0]!, low[0]!) > 1e-4, 'y is of float32');
  });
});
