import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { CompileOptions } from '../../src/engine/compile.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { idOf, record } from '../../src/engine/record.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { withWindows, type Multiplied } from '../../src/engine/windows.ts';
import { apart } from './apart.ts';
import { compiledOutputs } from './compiled.ts';

describe('engine/windows', () => {
  let ops: Ops;
  before(async () => { ({ ops } = await loadEngine()); });

  /** The convolutions, as rewritten, of one whose channels are whole vectors and of one whose are not, with an operation of this project's own or without. */
  function names(multiplied: Multiplied, hasOwn = true): string[] {
    const x = tf.randomNormal([2, 8, 8, 16]) as Tensor4D, whole = tf.randomNormal([3, 3, 16, 32]) as Tensor4D, other = tf.randomNormal([3, 3, 16, 8]) as Tensor4D;
    const gradient = (filter: Tensor4D): Tensor[] => tf.grads((x, w) => tf.sum(ops.conv2d(x as Tensor4D, w as Tensor4D, 2)))([x, filter]);
    const recording = record(() => { tf.dispose([...gradient(whole), ...gradient(other), ...hasOwn ? [ops.maxPool(x)] : []]); });
    const shapes = new Map([x, whole, other].map((tensor) => [idOf(tensor), tensor.shape]));
    tf.dispose([x, whole, other]);
    return withWindows(recording, shapes, multiplied).ops.map(({ op }) => op).filter((op) => /Conv|FilterGrad/.test(op));
  }

  const OTHER = ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'];

  for (const multiplied of ['f32', 'tiles', 'vectors'] as const) it(`withWindows(recording) takes convolutions of whole vectors of channels, of any stride: ${multiplied}`, () => {
    assert.deepEqual([...new Set(names(multiplied))], ['IalConv', 'IalConvInputGrad', 'IalFilterGrad', ...OTHER]);
  });

  it('withWindows(recording) leaves a recording alone where the processor has nothing for bfloat16', () => {
    assert.deepEqual(names('none'), [...OTHER, ...OTHER]);
  });

  it('withWindows(recording) crops no gradient of padded maps that it can give without the margins', () => {
    const x = tf.randomNormal([2, 8, 8, 16]) as Tensor4D, filter = tf.randomNormal([3, 3, 16, 16]) as Tensor4D;
    const recording = record(() => { tf.dispose([tf.grad((x) => tf.sum(ops.maxPool(ops.conv2d(x as Tensor4D, filter, 2))))(x)]); });
    const rewritten = withWindows(recording, new Map([x, filter].map((tensor) => [idOf(tensor), tensor.shape])), 'f32').ops;
    assert.ok(recording.ops.some(({ op }) => op === 'Slice') && !rewritten.some(({ op }) => op === 'Slice'));
    assert.deepEqual(rewritten.filter(({ op }) => op === 'IalConvInputGrad').at(-1)?.shapes, [[2, 8, 8, 16]]);
    tf.dispose([x, filter]);
  });

  it('withWindows(recording) takes the gradient of the images\' filters', () => {
    const x = tf.randomNormal([2, 8, 8, 3]) as Tensor4D, filter = tf.randomNormal([3, 3, 3, 16]) as Tensor4D;
    const recording = record(() => { tf.dispose([tf.grad((w) => tf.sum(ops.maxPool(ops.conv2d(x, w as Tensor4D, 2, true))))(filter)]); });
    const taken = withWindows(recording, new Map([x, filter].map((tensor) => [idOf(tensor), tensor.shape])), 'f32').ops.map(({ op }) => op);
    assert.ok(taken.includes('IalFilterGrad') && taken.includes('Conv2D') && !taken.includes('Conv2DBackpropFilter'), taken.join());
    tf.dispose([x, filter]);
  });

  it('withWindows(recording) leaves a recording alone in which no operation is this project\'s: its kernels are not in use', () => {
    assert.deepEqual(names('f32', false), [...OTHER, ...OTHER]);
  });

  const WINDOWS: readonly (readonly [string, 1 | 2, readonly [number, number, number, number], number, number])[] = [
    ['3x3', 1, [5, 13, 11, 64], 3, 96], ['3x3 of stride 2', 2, [5, 14, 12, 64], 3, 32], ['3x3 of stride 2 on odd maps', 2, [6, 7, 9, 32], 3, 64],
    ['1x1 of stride 2', 2, [5, 9, 6, 64], 1, 32], ['3x3 on maps of 2x2', 1, [3, 2, 2, 32], 3, 32], ['5x5', 1, [2, 9, 8, 32], 5, 32],
    ['3x3, channels of half a tile', 2, [3, 8, 8, 16], 3, 48], ['5x5 of stride 2 on few places', 2, [1, 3, 2, 16], 5, 16],
    ['3x3 of stride 2 on maps of 1x1', 2, [20, 1, 1, 16], 3, 16], ['1x1 of stride 2 on lines', 2, [3, 1, 5, 16], 1, 16],
    ['3x3 of stride 2 on colours', 2, [19, 12, 11, 3], 3, 64], ['3x3 on five inputs', 1, [2, 7, 9, 5], 3, 16],
  ];
  const WAYS: readonly (readonly [string, CompileOptions, number])[] = [
    ['in float32', { fused: true }, 1e-5], ['in tiles of bfloat16', { precision: 'bf16', support: 'tiles' }, 0.02], ['in pairs of bfloat16', { precision: 'bf16', support: 'vectors' }, 0.02],
  ];
  for (const [how, options, tolerance] of WAYS) for (const [name, stride, shape, size, outputs] of WINDOWS) {
    it(`a convolution and its gradients ${how} are near TensorFlow's: ${name}`, () => {
      const filter: [number, number, number, number] = [size, size, shape[3], outputs];
      const convolve = ([x, w]: readonly Tensor[]): Tensor[] => {
        const y = (x: Tensor, w: Tensor): Tensor4D => ops.conv2d(x as Tensor4D, w as Tensor4D, stride);
        const loss = tf.grads((x, w) => tf.sum(tf.sin(y(x!, w!))));
        return [y(x!, w!), ...loss([x!, w!]), ops.addRelu(y(x!, w!), y(x!, w!))]; // the last one: an operation of this project's own
      };
      const values = [tf.randomNormal([...shape], 0, 1, 'float32', 1), tf.randomNormal(filter, 0, 1 / Math.sqrt(size * size * shape[3]), 'float32', 2)];
      const [exact, own] = [{}, options].map((options) => compiledOutputs(convolve, values, options));
      exact!.forEach((of, i) => assert.ok(apart(of, own![i]!) < tolerance, `${['y', 'dx', 'dw', 'sum'][i]}: off by ${apart(of, own![i]!)} of its norm`));
      tf.dispose(values);
    });
  }
});
