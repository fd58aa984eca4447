import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { compile } from '../../src/engine/compile.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';

const float = (...shape: number[]): { shape: number[]; dtype: 'float32' } => ({ shape, dtype: 'float32' });
const numbers = (tensors: readonly Tensor[]): number[][] => tensors.map((tensor) => { const values = [...tensor.dataSync()]; tensor.dispose(); return values; });

/** Calls with numbers, returns numbers, leaks nothing. */
function call(compiled: ReturnType<typeof compile>, ...inputs: Tensor[]): number[][] {
  const result = numbers(compiled.run(inputs));
  tf.dispose(inputs);
  return result;
}

describe('engine/compile', () => {
  before(loadEngine);

  it('compile(f) computes what f computes, gradients included, for every call', () => {
    const f = ([x]: readonly Tensor[]): Tensor[] => {
      const y = tf.grad((x) => tf.sum(tf.square(tf.sigmoid(x))))(x!);
      return [y, tf.mean(x!), tf.softmax(x as Tensor2D)];
    };
    const compiled = compile(f, [float(2, 3)], []);
    for (const values of [[1, 2, 3, 4, 5, 6], [-1, 0, 1, 0.5, 2, -3]]) {
      const eager = numbers(tf.tidy(() => f([tf.tensor2d(values, [2, 3])])));
      call(compiled, tf.tensor2d(values, [2, 3])).forEach((row, i) => row.forEach((x, j) => assert.ok(Math.abs(x - eager[i]![j]!) < 1e-6)));
    }
    compiled.dispose();
  });

  it('compile(f) keeps the variables that f assigns to in the session: push sets them, pull reads them', () => {
    const total = tf.variable(tf.scalar(10)), rate = tf.variable(tf.scalar(2));
    const compiled = compile(([x]) => { total.assign(tf.add(total, tf.mul(x!, rate))); return [tf.mul(total, 1)]; }, [float()], [total, rate]);
    assert.equal(total.dataSync()[0], 10, 'compiling leaves the variables as they were');
    assert.deepEqual(call(compiled, tf.scalar(3)), [[16]]);
    assert.deepEqual(call(compiled, tf.scalar(1)), [[18]]);
    assert.equal(total.dataSync()[0], 10);
    compiled.pull();
    assert.equal(total.dataSync()[0], 18);
    rate.assign(tf.scalar(100));
    compiled.push();
    assert.deepEqual(call(compiled, tf.scalar(1)), [[118]]);
    compiled.dispose();
    tf.dispose([total, rate]);
  });

  it('compile(f) refuses a function that reads a tensor\'s value, naming the operation before', () => {
    assert.throws(() => compile(([x]) => [tf.mul(x!, tf.exp(x!).dataSync()[0]!)], [float()], []), /must not read a tensor's value: it did after the operation "Exp"/);
    assert.throws(() => compile(([x]) => { tf.sqrt(x!).array().catch(() => {}); return [x!]; }, [float()], []), /must not read/);
  });

  it('compile(f) refuses randomness, clocks and counters that would be frozen into constants', () => {
    assert.throws(() => compile(([x]) => [tf.mul(x!, tf.randomNormal([3]))], [float(3)], []), /a constant that goes into "Mul" \(operation 0\) has other numbers the second time/);
    let calls = 0;
    assert.throws(() => compile(([x]) => [tf.add(x!, calls++)], [float(3)], []), /a constant that goes into "Add(V2)?"/);
    let turn = 0;
    assert.throws(() => compile(([x]) => [turn++ === 0 ? tf.sin(x!) : tf.cos(x!)], [float(3)], []), /is "Sin" the first time and "Cos" the second/);
  });

  it('compile(f) refuses tensors that are neither inputs nor variables', () => {
    const outside = tf.tidy(() => tf.keep(tf.sqrt(tf.tensor1d([1, 2, 3]))));
    assert.throws(() => compile(([x]) => [tf.mul(x!, outside)], [float(3)], []), /neither its inputs nor its variables: "Mul" does/);
    outside.dispose();
  });

  it('a compiled function refuses inputs of another shape or type', () => {
    const compiled = compile(([x]) => [tf.neg(x!)], [float(2)], []);
    const wrong = tf.tensor1d([1, 2, 3]);
    assert.throws(() => compiled.run([wrong]), /input 0 of a compiled function: expected float32 \[2\], found float32 \[3\]/);
    wrong.dispose();
    compiled.dispose();
  });

  it('memory and tensors stay flat over 1,000 calls, and dispose frees the session', () => {
    const before = tf.memory().numTensors;
    const weight = tf.variable(tf.fill([256, 256], 0.001));
    const compiled = compile(([x]) => {
      const y = tf.matMul(x as Tensor2D, weight as unknown as Tensor2D);
      weight.assign(tf.sub(weight, tf.mul(tf.matMul(x as Tensor2D, y, true), 1e-6)));
      return [tf.mean(y)];
    }, [float(64, 256)], [weight]);
    const x = tf.ones([64, 256]);
    const step = (): void => tf.dispose(compiled.run([x]));
    for (let i = 0; i < 100; i++) step();
    const tensors = tf.memory().numTensors, bytes = process.memoryUsage().rss;
    for (let i = 0; i < 1000; i++) step();
    assert.equal(tf.memory().numTensors, tensors);
    assert.ok(process.memoryUsage().rss - bytes < 64e6, `${(process.memoryUsage().rss - bytes) / 1e6} MB more`);
    compiled.dispose();
    tf.dispose([x, weight]);
    assert.equal(tf.memory().numTensors, before + 1, 'the initial value of the variable, made by the test');
  });
});
