import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Precision } from '../../src/config.ts';
import { compile } from '../../src/engine/compile.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { lower, type Start } from '../../src/engine/precision.ts';
import { idOf, record, type Recording } from '../../src/engine/record.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { apart } from './apart.ts';

const BFLOAT16 = 14;

const startOf = (tensors: readonly Tensor[]): Start => ({ shapes: new Map(tensors.map((tensor) => [idOf(tensor), tensor.shape])), still: new Set() });

describe('engine/precision', () => {
  let ops: Ops;
  before(async () => { ({ ops } = await loadEngine()); });

  /** conv - batch norm - ReLU - max pool - conv - mean of squares, and its gradient. */
  const f = (weight: Tensor4D) => ([x]: readonly Tensor[]): Tensor[] => {
    const loss = (w: Tensor): Tensor => {
      const { y, running } = ops.batchNormTrain(ops.conv2d(x as Tensor4D, w as Tensor4D, 1), tf.ones([32]) as Tensor1D, tf.zeros([32]) as Tensor1D, { mean: tf.zeros([32]), variance: tf.ones([32]) }, true);
      tf.dispose([running.mean, running.variance]);
      return tf.mean(tf.square(ops.conv2d(ops.maxPool(y), tf.ones([3, 3, 32, 32]), 1)));
    };
    return [loss(weight), tf.grad((w) => loss(w))(weight)];
  };

  /** The recording of f, what it starts from, and its outputs' ids. */
  function recorded(): { recording: Recording; start: Start; outputs: number[] } {
    const x = tf.randomNormal([8, 16, 16, 16], 0, 1, 'float32', 1), weight = tf.randomNormal([3, 3, 16, 32], 0, 0.1, 'float32', 2) as Tensor4D;
    let outputs: number[] = [];
    const recording = record(() => { outputs = f(weight)([x]).map(idOf); });
    const start = startOf([x, weight]);
    tf.dispose([x, weight]);
    return { recording, start, outputs };
  }

  const typeOf = (op: { readonly attributes: readonly { readonly name: string; readonly value: unknown }[] }): unknown => op.attributes.find(({ name }) => name === 'T')?.value;

  it('lower(recording) keeps the maps of convolution, batch norm and pool in bfloat16, and means and outputs in float32', () => {
    const { recording, start, outputs } = recorded();
    const lowered = lower(recording, start);
    const types = (name: string): unknown[] => lowered.recording.ops.filter(({ op }) => op === name).map(typeOf);
    for (const name of ['IalConv3x3', 'IalConv3x3FilterGrad', 'IalBatchNorm', 'IalBatchNormGrad', 'IalMaxPool']) {
      assert.ok(types(name).length > 0, name);
      assert.deepEqual([...new Set(types(name))], [BFLOAT16], name);
    }
    for (const name of ['Mean', 'Square']) assert.ok(types(name).every((type) => type !== BFLOAT16), name);
    const made = new Set(lowered.recording.ops.flatMap((op) => [...op.outputs]));
    for (const id of outputs) assert.ok(made.has(lowered.exact(id)));
  });

  it('lower(recording) casts a tensor once, however many operations read it', () => {
    const { recording, start } = recorded();
    const casts = lower(recording, start).recording.ops.filter(({ op }) => op === 'Cast').map(({ inputs, attributes }) => `${inputs[0]} ${String(attributes[0]!.value)}`);
    assert.equal(new Set(casts).size, casts.length);
  });

  it('lower(recording) leaves a product with a short side alone: the network\'s head stays exact', () => {
    const x = tf.randomNormal([128, 256]), head = tf.randomNormal([7, 256]), wide = tf.randomNormal([128, 256]);
    const recording = record(() => { ops.dense(x, head as never); ops.dense(x, wide as never); });
    const products = lower(recording, startOf([x, head, wide])).recording.ops.filter(({ op }) => op === 'MatMul');
    assert.deepEqual(products.map((op) => typeOf(op) === BFLOAT16), [false, true]);
    tf.dispose([x, head, wide]);
  });

  it('a function compiled in bfloat16 gives float32 near those of float32, and not the same', () => {
    const weight = tf.variable(tf.randomNormal([3, 3, 16, 32], 0, 0.1, 'float32', 2) as Tensor4D), x = tf.randomNormal([8, 16, 16, 16], 0, 1, 'float32', 1);
    const [exact, low] = (['f32', 'bf16'] as const).map((precision) => {
      const compiled = compile(f(weight as unknown as Tensor4D), [{ shape: x.shape, dtype: 'float32' }], [weight], { precision });
      const outputs = compiled.run([x]);
      const values = outputs.map((output) => output.dataSync<'float32'>().slice());
      tf.dispose(outputs);
      compiled.dispose();
      return values;
    }) as [Float32Array[], Float32Array[]];
    assert.ok(Math.abs(low[0]![0]! / exact[0]![0]! - 1) < 0.01, `${low[0]![0]} and ${exact[0]![0]}`);
    const difference = apart(exact[1]!, low[1]!);
    assert.ok(difference > 0 && difference < 0.15, `gradient off by ${difference} of its norm`);
    tf.dispose([weight, x]);
  });

  /** A convolution of x and the gradients of a projection of it, compiled. */
  function convolved(x: Tensor4D, filter: Tensor4D, stride: 1 | 2, precision: Precision): Float32Array[] {
    const variables = [tf.variable(x), tf.variable(filter)] as const;
    const projection = tf.variable(tf.randomNormal(ops.conv2d(x, filter, stride).shape, 0, 1, 'float32', 5));
    const f = (x: Tensor, filter: Tensor): Tensor => ops.conv2d(x as Tensor4D, filter as Tensor4D, stride);
    const compiled = compile(() => [f(...variables), ...tf.grads((x, filter) => tf.sum(tf.mul(f(x, filter), projection)))([...variables])], [{ shape: [1], dtype: 'float32' }], [...variables, projection], { precision });
    const one = tf.ones([1]), outputs = compiled.run([one]);
    const values = outputs.map((output) => output.dataSync<'float32'>().slice());
    tf.dispose([...outputs, one, projection, ...variables]);
    compiled.dispose();
    return values;
  }

  // half of the maps is zero after ReLU: where two numbers are multiplied as a pair, one of them alone is often zero
  for (const [what, stride, shape, filter] of [
    ['by Winograd', 1, [8, 16, 16, 32], [3, 3, 32, 16]], ['on few small maps', 1, [5, 4, 4, 32], [3, 3, 32, 48]],
    ['of stride 2', 2, [3, 9, 7, 64], [3, 3, 64, 16]], ['of single places', 2, [3, 8, 8, 16], [1, 1, 16, 32]],
  ] as const) {
    it(`a convolution ${what} and its gradients in bfloat16 are within 2 % of float32 on rectified maps, and not the same`, () => {
      const x = tf.relu(tf.randomNormal([...shape], 0, 1, 'float32', 3)) as Tensor4D, weight = tf.randomNormal([...filter], 0, 0.1, 'float32', 4) as Tensor4D;
      const [exact, low] = [convolved(x, weight, stride, 'f32'), convolved(x, weight, stride, 'bf16')];
      for (const [i, name] of ['output', 'gradient of the maps', 'gradient of the filters'].entries()) {
        const difference = apart(exact[i]!, low[i]!);
        assert.ok(difference > 1e-4 && difference < 0.02, `${name}: off by ${difference} of its norm`);
      }
      tf.dispose([x, weight]);
    });
  }

  for (const [what, stride, size] of [['by Winograd', 1, 3], ['of stride 2', 2, 3], ['of single places', 2, 1]] as const) {
    it(`a prepared convolution ${what} in bfloat16 is within 2 % of float32, and follows weights that change`, () => {
      const x = tf.relu(tf.randomNormal([3, 9, 7, 32], 0, 1, 'float32', 3)) as Tensor4D, filter = tf.variable(tf.randomNormal([size, size, 32, 48], 0, 0.1, 'float32', 4) as Tensor4D);
      const [one, zero] = [tf.variable(tf.ones([48])), tf.variable(tf.zeros([48]))] as unknown as [Tensor1D, Tensor1D];
      const f = ([x]: readonly Tensor[]): Tensor[] => [ops.conv2dNormInfer(x as Tensor4D, filter as unknown as Tensor4D, stride, one, zero, { mean: zero, variance: one }, true)];
      const compiled = (['f32', 'bf16'] as const).map((precision) => compile(f, [{ shape: x.shape, dtype: 'float32' }], [filter, one, zero] as never, { precision }));
      const values = (): Float32Array[] => compiled.map((each) => { const [y] = each.run([x]), data = y!.dataSync<'float32'>().slice(); y!.dispose(); return data; });
      const [exact, low] = values() as [Float32Array, Float32Array];
      assert.ok(apart(exact, low) > 1e-4 && apart(exact, low) < 0.02, String(apart(exact, low)));
      filter.assign(tf.tidy(() => tf.mul(filter, 2)) as never);
      for (const each of compiled) each.push();
      const [twice] = values() as [Float32Array];
      assert.ok(apart(twice, exact.map((value) => 2 * value)) < 1e-3);
      for (const each of compiled) each.dispose();
      tf.dispose([x, filter, one, zero]);
    });
  }

  for (const [rows, outputs, bias] of [[5, 112, true], [30, 112, false], [50, 112, true], [7, 128, true], [45, 96, false]] as const) {
    it(`a dense layer of ${outputs} outputs on ${rows} rows in bfloat16 is within 1 % of float32 and follows weights that change; where they do so in every call, and not in tiles, it stays in float32`, () => {
      const x = tf.randomNormal([rows, 640], 0, 1, 'float32', 3), weight = tf.variable(tf.randomNormal([outputs, 640], 0, 0.1, 'float32', 4)), offset = tf.variable(tf.randomNormal([outputs], 0, 1, 'float32', 5));
      const f = ([x]: readonly Tensor[]): Tensor[] => [{ ...ops, ...ops.fused }.dense(x!, weight as never, bias ? offset as never : undefined)];
      const changing = (inputs: readonly Tensor[]): Tensor[] => { const y = f(inputs); weight.assign(tf.mul(weight, 1) as never); return y; };
      const ways = [[f, { precision: 'f32' }], [f, { precision: 'bf16' }], [changing, { precision: 'bf16', support: 'vectors' }]] as const;
      const compiled = ways.map(([f, options]) => compile(f, [{ shape: [rows, 640], dtype: 'float32' }], [weight, offset] as never, options));
      const values = (): Float32Array[] => compiled.map((each) => { const [y] = each.run([x]), data = y!.dataSync<'float32'>().slice(); y!.dispose(); return data; });
      for (const factor of [1, 3]) {
        weight.assign(tf.tidy(() => tf.mul(weight, factor)) as never);
        for (const each of compiled) each.push();
        const [exact, low, changed] = values() as [Float32Array, Float32Array, Float32Array];
        assert.ok(apart(exact, low) > 1e-4 && apart(exact, low) < 0.01, `off by ${apart(exact, low)}`);
        assert.deepEqual(changed, exact);
      }
      for (const each of compiled) each.dispose();
      tf.dispose([x, weight, offset]);
    });
  }

  it('sums and the gradient of ReLU in bfloat16 are those of float32, rounded; what broadcasts is left to TensorFlow', () => {
    const shape = [4, 8, 8, 16] as const, [a, b] = [1, 2].map((seed) => tf.randomNormal([...shape], 0, 1, 'float32', seed)) as [Tensor4D, Tensor4D];
    const f = ([a, b]: readonly Tensor[]): Tensor[] => {
      const [x, y] = [a, b].map((one) => ops.maxPool(one as Tensor4D)) as [Tensor4D, Tensor4D];
      return [tf.add(x, y), tf.add(x, tf.slice(y, [0, 0, 0, 0], [1, 4, 4, 16])), tf.grad((x) => tf.sum(tf.square(tf.relu(ops.maxPool(x as Tensor4D)))))(a!)];
    };
    const inputs = [a, b].map(({ shape }) => ({ shape, dtype: 'float32' as const }));
    const [exact, low] = (['f32', 'bf16'] as const).map((precision) => {
      const compiled = compile(f, inputs, [], { precision }), outputs = compiled.run([a, b]);
      const values = outputs.map((output) => output.dataSync<'float32'>().slice());
      tf.dispose(outputs);
      compiled.dispose();
      return values;
    }) as [Float32Array[], Float32Array[]];
    exact.forEach((values, i) => assert.ok(apart(values, low[i]!) < 0.01, `${i}: off by ${apart(values, low[i]!)}`));
    tf.dispose([a, b]);
  });

  it('a single number among zeros is not lost, in whichever channel', () => {
    const weight = tf.randomNormal([3, 3, 16, 16], 0, 0.1, 'float32', 4) as Tensor4D;
    for (const channel of [0, 1, 6, 15]) {
      const x = tf.buffer([8, 16, 16, 16]);
      x.set(1, 3, 5, 6, channel);
      const maps = x.toTensor() as Tensor4D;
      const [exact, low] = [convolved(maps, weight, 1, 'f32'), convolved(maps, weight, 1, 'bf16')];
      assert.ok(apart(exact[0]!, low[0]!) < 0.05, `channel ${channel}: output off by ${apart(exact[0]!, low[0]!)}`);
      assert.ok(apart(exact[2]!, low[2]!) < 0.05, `channel ${channel}: gradient of the filters off by ${apart(exact[2]!, low[2]!)}`);
      maps.dispose();
    }
    weight.dispose();
  });
});
