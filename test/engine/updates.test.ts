import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { compile } from '../../src/engine/compile.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { idOf, record } from '../../src/engine/record.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { withUpdates } from '../../src/engine/updates.ts';
import { apart } from './apart.ts';

describe('engine/updates', () => {
  let ops: Ops;
  before(async () => { ({ ops } = await loadEngine()); });

  for (const [rows, inputs, outputs] of [[30, 1040, 528], [3, 48, 20]] as const) {
    it(`a step of SGD on the weights of ${outputs} x ${inputs} that ${rows} rows met is the same in one operation as in two`, () => {
      const [weight, velocity] = [1, 2].map((seed) => tf.variable(tf.randomNormal([outputs, inputs], 0, 1, 'float32', seed))) as [tf.Variable, tf.Variable];
      const x = tf.randomNormal([rows, inputs], 0, 1, 'float32', 3), rate = tf.scalar(0.1), before = [weight, velocity].map((one) => tf.tidy(() => one.clone()));
      const step = ([x, rate]: readonly Tensor[]): Tensor[] => tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => tf.sum(tf.sin(ops.dense(x!, weight as never))) as tf.Scalar, [weight]);
        const [next, nextVelocity] = ops.sgdStep(weight, velocity, grads[weight.name]!, rate as tf.Scalar, { momentum: 0.9, weightDecay: 0.1 });
        weight.assign(next as never);
        velocity.assign(nextVelocity as never);
        return [value];
      });
      const inputsOf = [{ shape: x.shape, dtype: 'float32' }, { shape: [], dtype: 'float32' }] as const;
      const [two, one] = [false, true].map((fused) => {
        [weight, velocity].forEach((variable, i) => variable.assign(before[i]!));
        const compiled = compile(step, inputsOf, [weight, velocity], { fused });
        tf.dispose(compiled.run([x, rate]));
        compiled.pull();
        compiled.dispose();
        return [weight, velocity].map((variable) => variable.dataSync<'float32'>().slice());
      }) as [Float32Array[], Float32Array[]];
      two.forEach((exact, i) => assert.ok(apart(exact, one[i]!) < 1e-6, `${['weights', 'velocity'][i]}: off by ${apart(exact, one[i]!)} of their norm`));
      assert.ok(apart(two[0]!, before[0]!.dataSync<'float32'>()) > 0.01);
      tf.dispose([weight, velocity, x, rate, ...before]);
    });
  }

  it('withUpdates(recording) computes the gradient of weights within the step of SGD where few rows met them, and only there', () => {
    const [few, many] = [16, 64].map((rows) => tf.randomNormal([rows, 32])) as [Tensor, Tensor], weight = tf.randomNormal([48, 32]), rate = tf.scalar(1);
    const recording = record(() => {
      for (const x of [few, many]) {
        const gradient = tf.grad((w) => tf.sum(ops.dense(x, w as never)))(weight);
        tf.dispose([gradient, ...ops.sgdStep(weight, weight, gradient, rate, { momentum: 0, weightDecay: 0 })]);
      }
    });
    const shapes = new Map([few, many, weight, rate].map((tensor) => [idOf(tensor), tensor.shape]));
    assert.deepEqual(withUpdates(recording, shapes).ops.map(({ op }) => op).filter((op) => op.endsWith('Sgd')), ['IalDenseSgd', 'IalSgd']);
    tf.dispose([few, many, weight, rate]);
  });
});
