import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { preset } from '../../src/config.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { adamW, learningRate, sgd, type Optimizer } from '../../src/train/optimizer.ts';

/** Three steps with gradients 0.5, -1, 2 on a parameter that starts at 1; a second parameter never has a gradient. */
function trajectory(make: (parameters: ReadonlyMap<string, tf.Variable>) => Optimizer, rate: number): { moved: number[]; untouched: number } {
  const parameters = new Map([['a', tf.variable(tf.scalar(1))], ['b', tf.variable(tf.scalar(1))]]);
  const optimizer = make(parameters);
  const moved = [0.5, -1, 2].map((gradient, i) => tf.tidy(() => {
    optimizer.apply(new Map<string, Tensor>([['a', tf.scalar(gradient)]]), tf.scalar(rate), tf.scalar(i + 1));
    return parameters.get('a')!.dataSync()[0]! as never;
  }) as number);
  const untouched = parameters.get('b')!.dataSync()[0]!;
  optimizer.dispose();
  for (const parameter of parameters.values()) parameter.dispose();
  return { moved, untouched };
}

const near = (actual: readonly number[], expected: readonly number[]): void =>
  actual.forEach((x, i) => assert.ok(Math.abs(x - expected[i]!) < 1e-6, `${actual.join(' ')}, expected ${expected.join(' ')}`));

describe('train/optimizer', () => {
  let ops: Ops;
  before(async () => { ({ ops } = await loadEngine()); });

  it('sgd adds weight decay before momentum, as torch.optim.SGD, and leaves a tensor without gradient alone', () => {
    const expected: number[] = [];
    for (let p = 1, m = 0, i = 0; i < 3; i++) {
      m = 0.9 * m + ([0.5, -1, 2][i]! + 0.1 * p);
      p -= 0.01 * m;
      expected.push(p);
    }
    const { moved, untouched } = trajectory((parameters) => sgd(ops, parameters, { momentum: 0.9, weightDecay: 0.1 }), 0.01);
    near(moved, expected);
    assert.equal(untouched, 1);
  });

  it('adamW decays apart from the gradient and corrects its moments, as torch.optim.AdamW', () => {
    const expected: number[] = [];
    for (let p = 1, m = 0, v = 0, t = 1; t <= 3; t++) {
      const g = [0.5, -1, 2][t - 1]!;
      p *= 1 - 0.01 * 0.1;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      p -= 0.01 * (m / (1 - 0.9 ** t)) / (Math.sqrt(v / (1 - 0.999 ** t)) + 1e-8);
      expected.push(p);
    }
    const { moved, untouched } = trajectory((parameters) => adamW(ops, parameters, { weightDecay: 0.1 }), 0.01);
    near(moved, expected);
    assert.equal(untouched, 1);
  });

  it('apply leaks no tensors', () => {
    const before = tf.memory().numTensors;
    trajectory((parameters) => sgd(ops, parameters, { momentum: 0.9, weightDecay: 0.1 }), 0.01);
    trajectory((parameters) => adamW(ops, parameters, { weightDecay: 0.1 }), 0.01);
    assert.equal(tf.memory().numTensors, before + 4, 'the four initial scalars of the test itself');
  });

  it('learningRate halves every 7 epochs under "step" and follows half a cosine under "cosine"', () => {
    const paper = preset('paper');
    assert.deepEqual([0, 6, 7, 13, 14].map((epoch) => learningRate(paper, epoch)), [1e-3, 1e-3, 5e-4, 5e-4, 2.5e-4]);
    const cosine = { ...paper, schedule: 'cosine' as const, epochs: 10 };
    near([0, 5, 10].map((epoch) => learningRate(cosine, epoch)), [1e-3, 5e-4, 0]);
  });
});
