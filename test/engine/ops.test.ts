// Every operation of the native engine against plain tfjs and against finite differences.
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from '../../src/engine/ops.ts';
import { portableOps } from '../../src/engine/portable.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { random } from '../../src/random.ts';

type Apply = (ops: Ops, inputs: Tensor[]) => Tensor;
interface Case { readonly name: string; readonly shapes: number[][]; readonly apply: Apply }

const values = (key: string, shape: readonly number[]): Tensor => {
  const draw = random('ops', key);
  return tf.tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draw.normal()), [...shape]);
};

const running = (channels: number): { mean: Tensor1D; variance: Tensor1D } => ({ mean: tf.fill([channels], 0.3), variance: tf.fill([channels], 1.7) });
const trainNorm = (relu: boolean): Apply => (ops, [x, scale, offset]) => {
  const output = ops.batchNormTrain(x as Tensor4D, scale as Tensor1D, offset as Tensor1D, running(x!.shape[3]!), relu);
  tf.dispose([output.running.mean, output.running.variance]);
  return output.y;
};

const conv = (stride: 1 | 2): Apply => (ops, [x, filter]) => ops.conv2d(x as Tensor4D, filter as Tensor4D, stride);
const CASES: readonly Case[] = [
  { name: 'conv2d 3x3 by Winograd, tiles that hang over', shapes: [[3, 22, 23, 16], [3, 3, 16, 48]], apply: conv(1) },
  { name: 'conv2d 3x3 by Winograd, whole tiles', shapes: [[6, 16, 16, 32], [3, 3, 32, 16]], apply: conv(1) },
  { name: 'conv2d 3x3 by Winograd, maps smaller than a tile', shapes: [[100, 3, 2, 16], [3, 3, 16, 16]], apply: conv(1) },
  { name: 'batchNormTrain of vectors', shapes: [[5, 9, 7, 32], [32], [32]], apply: trainNorm(false) },
  { name: 'batchNormTrain of vectors with ReLU', shapes: [[3, 5, 7, 16], [16], [16]], apply: trainNorm(true) },
  { name: 'batchNormInfer of vectors', shapes: [[2, 5, 5, 16], [16], [16]], apply: (ops, [x, s, o]) => ops.batchNormInfer(x as Tensor4D, s as Tensor1D, o as Tensor1D, running(16), false) },
  { name: 'batchNormInfer of vectors with ReLU', shapes: [[2, 5, 5, 16], [16], [16]], apply: (ops, [x, s, o]) => ops.batchNormInfer(x as Tensor4D, s as Tensor1D, o as Tensor1D, running(16), true) },
  { name: 'batchNormTrain of more channels than are read together', shapes: [[3, 9, 7, 144], [144], [144]], apply: trainNorm(true) },
  { name: 'maxPool of vectors, even map', shapes: [[3, 6, 8, 16]], apply: (ops, [x]) => ops.maxPool(x as Tensor4D) },
  { name: 'maxPool of vectors, odd map', shapes: [[2, 7, 5, 32]], apply: (ops, [x]) => ops.maxPool(x as Tensor4D) },
  ...[3, 16].flatMap((channels): Case[] => [
    { name: `addRelu, ${channels} channels`, shapes: [[2, 3, 5, channels], [2, 3, 5, channels]], apply: (ops, [a, b]) => ops.addRelu(a as Tensor4D, b as Tensor4D) },
    { name: `globalConvolution, ${channels} channels`, shapes: [[4, 3, 5, channels], [3, 5, channels]], apply: (ops, [x, k]) => ops.globalConvolution(x as Tensor4D, k as Tensor3D) },
    { name: `rescale, ${channels} channels`, shapes: [[4, 3, 5, channels], [4, channels]], apply: (ops, [x, s]) => ops.rescale(x as Tensor4D, s as Tensor2D) },
  ]),
  { name: 'conv2d 3x3, stride 1', shapes: [[2, 6, 7, 3], [3, 3, 3, 4]], apply: conv(1) },
  { name: 'conv2d 3x3, stride 2, odd map', shapes: [[2, 7, 5, 3], [3, 3, 3, 4]], apply: conv(2) },
  { name: 'conv2d 3x3, stride 2, even map', shapes: [[1, 8, 6, 2], [3, 3, 2, 3]], apply: conv(2) },
  { name: 'conv2d 1x1, stride 2, odd map', shapes: [[2, 7, 7, 3], [1, 1, 3, 5]], apply: conv(2) },
  { name: 'conv2d of a 1x1 map', shapes: [[2, 1, 1, 3], [3, 3, 3, 2]], apply: conv(1) },
  { name: 'batchNormTrain', shapes: [[3, 5, 4, 6], [6], [6]], apply: trainNorm(false) },
  { name: 'batchNormTrain with ReLU', shapes: [[2, 3, 3, 5], [5], [5]], apply: trainNorm(true) },
  { name: 'batchNormInfer', shapes: [[2, 3, 5, 4], [4], [4]], apply: (ops, [x, s, o]) => ops.batchNormInfer(x as Tensor4D, s as Tensor1D, o as Tensor1D, running(4), false) },
  { name: 'batchNormInfer with ReLU', shapes: [[1, 3, 5, 4], [4], [4]], apply: (ops, [x, s, o]) => ops.batchNormInfer(x as Tensor4D, s as Tensor1D, o as Tensor1D, running(4), true) },
  { name: 'relu', shapes: [[3, 7]], apply: (ops, [x]) => ops.relu(x!) },
  { name: 'maxPool, even map', shapes: [[2, 6, 8, 3]], apply: (ops, [x]) => ops.maxPool(x as Tensor4D) },
  { name: 'maxPool, odd map', shapes: [[1, 7, 5, 2]], apply: (ops, [x]) => ops.maxPool(x as Tensor4D) },
  { name: 'dense with bias', shapes: [[2, 3, 5], [4, 5], [4]], apply: (ops, [x, w, b]) => ops.dense(x!, w as Tensor2D, b as Tensor1D) },
  { name: 'dense without bias', shapes: [[3, 5], [2, 5]], apply: (ops, [x, w]) => ops.dense(x!, w as Tensor2D) },
  { name: 'layerNorm', shapes: [[2, 3, 7], [7], [7]], apply: (ops, [x, s, o]) => ops.layerNorm(x!, s as Tensor1D, o as Tensor1D) },
  { name: 'matMul', shapes: [[2, 3, 4, 5], [2, 3, 5, 2]], apply: (ops, [a, b]) => ops.matMul(a!, b!, false) },
  { name: 'matMul, second transposed', shapes: [[2, 3, 4, 5], [2, 3, 6, 5]], apply: (ops, [a, b]) => ops.matMul(a!, b!, true) },
  { name: 'gelu', shapes: [[4, 9]], apply: (ops, [x]) => ops.gelu(x!) },
  { name: 'attention', shapes: [[2, 5, 18]], apply: (ops, [qkv]) => ops.attention(qkv as Tensor3D, 2) },
  ...[3, 17, 45].map((rows): Case => ({ name: `dense, fused, of ${rows} rows`, shapes: [[rows, 48], [32, 48], [32]], apply: (ops, [x, w, b]) => ({ ...ops, ...ops.fused }).dense(x!, w as Tensor2D, b as Tensor1D) })),
  { name: 'dense, fused, deep and without bias', shapes: [[2, 2, 544], [16, 544]], apply: (ops, [x, w]) => ({ ...ops, ...ops.fused }).dense(x!, w as Tensor2D) },
  { name: 'layerNorm, fused', shapes: [[2, 3, 48], [48], [48]], apply: (ops, [x, s, o]) => ({ ...ops, ...ops.fused }).layerNorm(x!, s as Tensor1D, o as Tensor1D) },
  { name: 'gelu, fused', shapes: [[4, 48]], apply: (ops, [x]) => ({ ...ops, ...ops.fused }).gelu(x!) },
  { name: 'attention, fused, fewer tokens than a vector', shapes: [[2, 5, 96]], apply: (ops, [qkv]) => ({ ...ops, ...ops.fused }).attention(qkv as Tensor3D, 2) },
  { name: 'attention, fused, more tokens than a vector', shapes: [[1, 21, 48]], apply: (ops, [qkv]) => ({ ...ops, ...ops.fused }).attention(qkv as Tensor3D, 1) },
];

/** A scalar with a gradient everywhere: a fixed random projection of the output. */
const projected = (ops: Ops, { name, apply }: Case) => (...inputs: Tensor[]): Scalar => {
  const y = apply(ops, inputs);
  return tf.sum(tf.mul(y, values(`${name}/projection`, y.shape)));
};

const inputsOf = ({ name, shapes }: Case): Tensor[] => shapes.map((shape, i) => values(`${name}/${i}`, shape));

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, what);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  for (let i = 0; i < actual.length; i++) assert.ok(Math.abs(actual[i]! - expected[i]!) <= tolerance * scale, `${what}[${i}]: ${actual[i]} and ${expected[i]}`);
}

function gradients(ops: Ops, one: Case): { y: Float32Array; gradients: Float32Array[] } {
  return tf.tidy(() => {
    const inputs = inputsOf(one);
    const y = one.apply(ops, inputs).dataSync<'float32'>().slice();
    return { y, gradients: tf.grads(projected(ops, one))(inputs).map((gradient) => gradient.dataSync<'float32'>().slice()) } as never;
  });
}

/** Central differences at a few places of an input. */
function assertFiniteDifferences(ops: Ops, one: Case, expected: readonly Float32Array[]): void {
  const h = 1e-2, evaluate = projected(ops, one);
  for (const [which, shape] of one.shapes.entries()) {
    const size = shape.reduce((a, b) => a * b, 1);
    for (let i = 0; i < size; i += Math.max(1, Math.floor(size / 5))) {
      const at = (delta: number): number => tf.tidy(() => {
        const inputs = inputsOf(one);
        const moved = inputs[which]!.dataSync().slice();
        moved[i]! += delta;
        inputs[which] = tf.tensor(moved, shape);
        return evaluate(...inputs).dataSync()[0]! as never;
      });
      const difference = (at(h) - at(-h)) / (2 * h), gradient = expected[which]![i]!;
      const isKinked = Math.abs((at(h) + at(-h) - 2 * at(0)) / h) > 0.05; // a ReLU or a maximum changes its mind within h
      if (!isKinked) assert.ok(Math.abs(difference - gradient) <= 0.02 * Math.max(1, Math.abs(gradient)), `input ${which}[${i}]: ${gradient}, by differences ${difference}`);
    }
  }
}

describe('engine/ops', () => {
  let native: Ops;
  before(async () => { native = (await loadEngine()).ops; });

  for (const one of CASES) {
    it(`${one.name}: native and portable agree, and their gradients with finite differences`, () => {
      const before = tf.memory().numTensors;
      const ours = gradients(native, one), plain = gradients(portableOps, one);
      assertClose(ours.y, plain.y, 2e-5, 'output');
      ours.gradients.forEach((gradient, i) => assertClose(gradient, plain.gradients[i]!, 1e-4, `gradient ${i}`));
      assertFiniteDifferences(native, one, ours.gradients);
      assert.equal(tf.memory().numTensors, before, 'tensors leak');
    });
  }

  it('conv2d of the images gives the filter\'s gradient and none for the images', () => {
    tf.tidy(() => {
      const [x, filter] = inputsOf(CASES[1]!) as [Tensor4D, Tensor4D];
      const gradient = (isFirst: boolean): ArrayLike<number> => tf.grad((f) => tf.sum(tf.square(native.conv2d(x, f as Tensor4D, 2, isFirst))))(filter).dataSync();
      assertClose(gradient(true), gradient(false), 1e-6, 'filter gradient');
    });
  });

  for (const [shape, filter, stride] of [[[3, 22, 38, 3], [3, 3, 3, 64], 2], [[2, 7, 9, 5], [5, 5, 5, 16], 1]] as const) {
    it(`conv2d, fused, of images of ${shape[3]} channels: native and portable agree, and the filter's gradients`, () => {
      tf.tidy(() => {
        const x = values('images', shape) as Tensor4D, weights = values('images/filter', filter) as Tensor4D, fused: Ops = { ...native, ...native.fused };
        const [ours, plain] = [fused, portableOps].map((ops) => (w: Tensor) => ops.conv2d(x, w as Tensor4D, stride, true)) as [(w: Tensor) => Tensor, (w: Tensor) => Tensor];
        assertClose(ours(weights).dataSync(), plain(weights).dataSync(), 1e-5, 'output');
        const [gradient, expected] = [ours, plain].map((f) => tf.grad((w) => tf.sum(tf.sin(f(w))))(weights).dataSync()) as [Float32Array, Float32Array];
        assertClose(gradient, expected, 1e-4, 'gradient of the filter');
      });
    });
  }

  for (const [what, stride, shape, filter] of [
    ['3x3 by Winograd', 1, [6, 9, 8, 32], [3, 3, 32, 48]], ['3x3 on few tiles', 1, [1, 4, 4, 16], [3, 3, 16, 16]], ['3x3 of stride 2, odd map', 2, [3, 9, 7, 32], [3, 3, 32, 48]],
    ['3x3 of stride 2, even map', 2, [2, 8, 8, 16], [3, 3, 16, 32]], ['1x1 of stride 2', 2, [3, 7, 8, 16], [1, 1, 16, 16]], ['of no whole vectors', 2, [2, 6, 6, 17], [3, 3, 17, 16]],
    ['of images', 2, [5, 22, 38, 3], [3, 3, 3, 64]], ['of images, odd', 2, [3, 9, 7, 3], [3, 3, 3, 48]], ['of images of one row', 1, [2, 1, 40, 5], [5, 5, 5, 32]], ['of images, 1x1', 1, [1, 5, 4, 15], [1, 1, 15, 16]],
  ] as const) {
    for (const relu of [false, true]) it(`conv2dNormInfer ${what}${relu ? ' with ReLU' : ''}: as convolution and batch norm apart`, () => {
      tf.tidy(() => {
        const channels = filter[3], x = values(what, shape) as Tensor4D, weights = values(`${what}/filter`, filter) as Tensor4D;
        const [scale, offset] = [values(`${what}/scale`, [channels]), values(`${what}/offset`, [channels])] as [Tensor1D, Tensor1D];
        const joined = native.conv2dNormInfer(x, weights, stride, scale, offset, running(channels), relu);
        const apart = portableOps.batchNormInfer(portableOps.conv2d(x, weights, stride), scale, offset, running(channels), relu);
        assert.deepEqual(joined.shape, apart.shape);
        assertClose(joined.dataSync(), apart.dataSync(), 1e-5, what);
      });
    });
  }

  it('batchNormTrain moves the running statistics by a tenth towards the batch, its variance unbiased', () => {
    for (const ops of [native, portableOps]) {
      tf.tidy(() => {
        const x = tf.tensor4d([1, 2, 3, 6], [4, 1, 1, 1]);
        const output = ops.batchNormTrain(x, tf.ones([1]), tf.zeros([1]), { mean: tf.zeros([1]), variance: tf.ones([1]) }, false);
        assertClose(output.running.mean.dataSync(), [0.3], 1e-6, 'mean');
        assertClose(output.running.variance.dataSync(), [0.9 + 0.1 * 14 / 3], 1e-6, 'variance');
        tf.dispose([output.running.mean, output.running.variance]);
      });
    }
  });

  it('maxPool never takes its padding, however negative the map is', () => {
    tf.tidy(() => {
      for (const ops of [native, portableOps]) assert.deepEqual([...ops.maxPool(tf.fill([1, 3, 3, 1], -1e4)).dataSync()], [-1e4, -1e4, -1e4, -1e4]);
    });
  });

  it('what is not a number stays so through batch norm, ReLU and max pool', function () {
    if (process.env['IAL_CPU_KERNELS'] === 'none') this.skip(); // TensorFlow's kernels lose it
    tf.tidy(() => {
      const x = tf.fill([2, 4, 4, 16], NaN) as Tensor4D, one = tf.ones([16]) as Tensor1D;
      assert.ok(native.batchNormInfer(x, one, one, running(16), true).dataSync().every(Number.isNaN));
      assert.ok(native.addRelu(x, x).dataSync().every(Number.isNaN));
      assert.ok(native.maxPool(x).dataSync().every(Number.isNaN));
    });
  });

  it('maxPool\'s gradient goes to the first of equal numbers, as in PyTorch', () => {
    tf.tidy(() => {
      const gradient = tf.grad((x) => native.maxPool(x as Tensor4D))(tf.ones([1, 3, 3, 16])) as Tensor4D;
      assert.deepEqual(tf.unstack(gradient, 3)[5]!.arraySync(), [[[1, 1, 0], [1, 1, 0], [0, 0, 0]]]);
    });
  });

  it('convolutions, batch norm and their gradients are the same bit for bit whenever they are computed', () => {
    for (const one of CASES.slice(0, 5)) {
      const [first, second] = [gradients(native, one), gradients(native, one)];
      assert.deepEqual(first.y, second.y);
      assert.deepEqual(first.gradients, second.gradients);
    }
  });

  for (const channels of [8, 16]) it(`batch statistics of ${channels} channels keep six digits over 100,000 pixels`, () => {
    tf.tidy(() => {
      const x = tf.relu(tf.randomNormal([32, 56, 56, channels], 0.5, 1, 'float32', 3)) as Tensor4D;
      const data = x.dataSync(), count = data.length / channels;
      let mean = 0, variance = 0;
      for (let i = 0; i < data.length; i += channels) mean += data[i]! / count;
      for (let i = 0; i < data.length; i += channels) variance += (data[i]! - mean) ** 2 / (count - 1);
      const zero = tf.zeros([channels]) as Tensor1D;
      const output = native.batchNormTrain(x, tf.ones([channels]), zero, { mean: zero, variance: zero }, false);
      assert.ok(Math.abs(output.running.mean.dataSync()[0]! / 0.1 / mean - 1) < 1e-6);
      assert.ok(Math.abs(output.running.variance.dataSync()[0]! / 0.1 / variance - 1) < 1e-6);
      tf.dispose([output.running.mean, output.running.variance]);
    });
  });
});
