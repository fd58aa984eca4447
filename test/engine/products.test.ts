import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { CompileOptions } from '../../src/engine/compile.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { withProducts } from '../../src/engine/products.ts';
import { idOf, record } from '../../src/engine/record.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { apart } from './apart.ts';
import { compiledOutputs } from './compiled.ts';

describe('engine/products', () => {
  let ops: Ops;
  before(async () => { ({ ops } = await loadEngine()); });

  /** A layer's outputs and gradients. */
  const layer = (isBiased: boolean) => ([x, weight, bias]: readonly Tensor[]): Tensor[] => {
    const y = (x: Tensor, w: Tensor, b: Tensor): Tensor => ops.dense(x, w as Tensor2D, isBiased ? b as Tensor1D : undefined);
    const gradients = tf.grads((x, w, b) => tf.sum(tf.sin(tf.add(y(x!, w!, b!), b!))))([x!, weight!, bias!]);
    return [y(x!, weight!, bias!), ...gradients];
  };

  const inputsOf = (rows: number, inputs: number, outputs: number): Tensor[] =>
    [[rows, inputs], [outputs, inputs], [outputs]].map((shape, i) => tf.randomNormal(shape, 0, i === 1 ? 1 / Math.sqrt(inputs) : 1, 'float32', i + 1));

  function names(rows: number, inputs: number, outputs: number, isBiased = true): string[] {
    const tensors = inputsOf(rows, inputs, outputs);
    const recording = record(() => { tf.dispose(layer(isBiased)(tensors)); });
    const rewritten = withProducts(recording, { shapes: new Map(tensors.map((tensor) => [idOf(tensor), tensor.shape])), still: new Set() });
    tf.dispose(tensors);
    return [...new Set(rewritten.ops.map(({ op }) => op).filter((op) => /MatMul|Dense|Product/.test(op)))].sort();
  }

  it('withProducts(recording) takes the three products of a layer, its bias with the first', () => {
    assert.deepEqual(names(96, 64, 128), ['IalDense', 'IalDenseInputGrad', 'IalDenseWeightGrad', 'IalProduct']);
    assert.deepEqual(names(96, 64, 128, false), ['IalDenseInputGrad', 'IalDenseWeightGrad', 'IalProduct']);
  });

  it('withProducts(recording) leaves products of few rows, of a short side, and of what is no whole tile to TensorFlow', () => {
    for (const [rows, inputs, outputs] of [[63, 64, 64], [96, 32, 128], [96, 128, 32], [96, 80, 128]] as const) assert.deepEqual(names(rows, inputs, outputs), ['MatMul'], `${rows} rows, ${inputs} -> ${outputs}`);
  });

  const WAYS: readonly (readonly [string, CompileOptions])[] = [['in tiles', { precision: 'bf16', support: 'tiles' }], ['in pairs', { precision: 'bf16', support: 'vectors' }]];
  for (const [how, options] of WAYS) for (const [rows, inputs, outputs, isBiased] of [[64, 64, 96, true], [97, 256, 64, false], [500, 96, 160, true]] as const) {
    it(`a layer ${how} of ${inputs} -> ${outputs} on ${rows} rows, ${isBiased ? 'with' : 'without'} a bias, and its gradients are within 2 % of float32`, () => {
      const values = inputsOf(rows, inputs, outputs), before = tf.memory().numTensors;
      // the last output is an operation of this project's own: it says that its kernels are in use
      const f = (inputs: readonly Tensor[]): Tensor[] => [...layer(isBiased)(inputs), ops.addRelu(tf.zeros([1, 1, 1, 16]), tf.reshape(tf.slice(inputs[2]!, 0, 16), [1, 1, 1, 16]))];
      const [exact, low] = [{}, options].map((options) => compiledOutputs(f, values, options));
      exact!.forEach((of, i) => assert.ok(apart(of, low![i]!) < 0.02, `${['y', 'dx', 'dw', 'db', 'sum'][i]}: off by ${apart(of, low![i]!)} of its norm`));
      assert.ok(apart(exact![0]!, low![0]!) > 1e-4, 'y is of float32');
      assert.equal(tf.memory().numTensors, before, 'tensors leak');
      tf.dispose(values);
    });
  }
});
