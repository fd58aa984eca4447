// The operations as fused TensorFlow kernels with TensorFlow's own gradient kernels: tfjs would compose the gradients
// of batch norm, ReLU and max pool from dozens of small ops. Explicit padding is avoided: it drops oneDNN (5x slower).
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { flag, float, int, real, run, runMany, text, type Attribute } from './kernels.ts';
import { BATCH_NORM_MOMENTUM, EPSILON, type BatchNormOutput, type Ops, type RunningStatistics } from './ops.ts';

type Save = (tensors: Tensor[]) => void;
interface Differentiable { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[] }

/** tf.customGrad with types that fit functions of tensors. */
function differentiable(inputs: readonly Tensor[], f: (inputs: Tensor[], save: Save) => Differentiable): Tensor {
  return tf.customGrad((...args) => f(args.slice(0, -1) as Tensor[], args.at(-1) as unknown as Save))(...inputs);
}

const shapeOf = (x: Tensor): Tensor1D => tf.tensor1d(x.shape, 'int32');

// ---- convolution

const convAttributes = (stride: number, padding: 'SAME' | 'VALID'): Attribute[] => [
  float(), int('strides', [1, stride, stride, 1]), text('padding', padding), text('data_format', 'NHWC'),
  flag('use_cudnn_on_gpu', true), int('dilations', [1, 1, 1, 1]),
];

function convolve(x: Tensor4D, filter: Tensor4D, stride: number, padding: 'SAME' | 'VALID'): Tensor4D {
  const attributes = convAttributes(stride, padding);
  return differentiable([x, filter], ([x, filter], save) => {
    save([x!, filter!]);
    return {
      value: run('Conv2D', attributes, x!, filter!),
      gradFunc: (dy, [x, filter]) => [
        run('Conv2DBackpropInput', attributes, shapeOf(x!), filter!, dy),
        run('Conv2DBackpropFilter', attributes, x!, shapeOf(filter!), dy),
      ],
    };
  }) as Tensor4D;
}

/** As convolve, for an input that is data: its gradient is never computed. */
function convolveData(x: Tensor4D, filter: Tensor4D, stride: number, padding: 'SAME' | 'VALID'): Tensor4D {
  const attributes = convAttributes(stride, padding);
  return differentiable([filter], ([filter], save) => {
    save([x, filter!]);
    return {
      value: run('Conv2D', attributes, x, filter!),
      gradFunc: (dy, [x, filter]) => [run('Conv2DBackpropFilter', attributes, x!, shapeOf(filter!), dy)],
    };
  }) as Tensor4D;
}

function conv2d(x: Tensor4D, filter: Tensor4D, stride: 1 | 2, isFirst = false): Tensor4D {
  const apply = isFirst ? convolveData : convolve;
  if (stride === 1) return apply(x, filter, 1, 'SAME');
  const p = Math.floor(filter.shape[0] / 2);
  return apply(p === 0 ? x : tf.pad(x, [[0, 0], [p, p], [p, p], [0, 0]]), filter, stride, 'VALID');
}

// ---- batch norm

const batchNormAttributes = (isTraining: boolean): Attribute[] =>
  [float(), float('U'), real('epsilon', EPSILON), text('data_format', 'NHWC'), flag('is_training', isTraining)];

/** Mean over all but the last axis, in three stages: one long float32 sum would lose four digits. x [N, H, W, C] -> [C] */
function channelMean(x: Tensor): Tensor1D {
  const [count, height, width, channels] = x.shape as [number, number, number, number];
  const rows = tf.mean(tf.reshape(x, [count * height, width, channels]), 1);
  return tf.mean(tf.mean(tf.reshape(rows, [count, height, channels]), 1), 0);
}

/** running * (1 - momentum) + batch * momentum, kept beyond the enclosing tidy. */
const mixed = (running: Tensor1D, batch: Tensor): Tensor1D =>
  tf.keep(tf.tidy(() => tf.add<Tensor1D>(tf.mul(running, 1 - BATCH_NORM_MOMENTUM), tf.mul(batch, BATCH_NORM_MOMENTUM))));

/**
 * The CPU kernel's own batch statistics are off by up to 2e-4 (one float32 sum over all pixels), enough to flip ReLU
 * decisions against PyTorch, which sums in double. So the statistics are computed here and the kernel only normalises.
 */
function batchNormTrain(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): BatchNormOutput {
  const count = x.size / x.shape[3];
  let next: RunningStatistics;
  const y = differentiable([x, scale, offset], ([x, scale, offset], save) => {
    const mean = channelMean(x!);
    const variance = channelMean(tf.squaredDifference(x!, mean));
    next = { mean: mixed(running.mean, mean), variance: mixed(running.variance, tf.mul(variance, count / (count - 1))) };
    const [y] = runMany('FusedBatchNormV3', [...batchNormAttributes(false), real('exponential_avg_factor', 1)], 6, x!, scale!, offset!, mean, variance);
    save([x!, scale!, mean, variance]);
    return { value: y!, gradFunc: (dy, [x, scale, mean, variance]) => runMany('FusedBatchNormGradV3', batchNormAttributes(true), 5, dy, x!, scale!, mean!, variance!, variance!).slice(0, 3) };
  }) as Tensor4D;
  return { y: relu ? rectify(y) : y, running: next! };
}

/** On a GPU the kernel's sums are done in a tree, and its gradient wants the kernel's own saved statistics. */
function batchNormTrainFused(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): BatchNormOutput {
  const attributes = batchNormAttributes(true);
  let next: Tensor[] = [];
  const y = differentiable([x, scale, offset], ([x, scale, offset], save) => {
    const [y, mean, variance, ...reserved] = runMany('FusedBatchNormV3', [...attributes, real('exponential_avg_factor', BATCH_NORM_MOMENTUM)], 6, x!, scale!, offset!, running.mean, running.variance);
    next = [tf.keep(mean!), tf.keep(variance!)];
    save([x!, scale!, ...reserved]);
    return { value: y!, gradFunc: (dy, [x, scale, ...reserved]) => runMany('FusedBatchNormGradV3', attributes, 5, dy, x!, scale!, ...reserved).slice(0, 3) };
  }) as Tensor4D;
  return { y: relu ? rectify(y) : y, running: { mean: next[0] as Tensor1D, variance: next[1] as Tensor1D } };
}

function batchNormInfer(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): Tensor4D {
  const attributes = batchNormAttributes(false);
  const y = differentiable([x, scale, offset], ([x, scale, offset], save) => {
    const [y] = runMany('FusedBatchNormV3', [...attributes, real('exponential_avg_factor', 1)], 6, x!, scale!, offset!, running.mean, running.variance);
    save([x!, scale!, running.mean, running.variance]);
    return { value: y!, gradFunc: (dy, [x, scale, mean, variance]) => runMany('FusedBatchNormGradV3', attributes, 5, dy, x!, scale!, mean!, variance!, variance!).slice(0, 3) };
  }) as Tensor4D;
  return relu ? rectify(y) : y;
}

// ---- ReLU, max pool

function rectify<T extends Tensor>(x: T): T {
  return differentiable([x], ([x], save) => {
    const y = run('Relu', [float()], x!);
    save([y]);
    return { value: y, gradFunc: (dy, [y]) => run('ReluGrad', [float()], dy, y!) };
  }) as T;
}

/** Smaller than any activation, yet finite. */
const LOWEST = -3e38;

function maxPool(x: Tensor4D): Tensor4D {
  const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], LOWEST);
  const attributes = [float(), int('ksize', [1, 3, 3, 1]), int('strides', [1, 2, 2, 1]), text('padding', 'VALID'), text('data_format', 'NHWC')];
  return differentiable([padded], ([x], save) => {
    const y = run('MaxPool', attributes, x!);
    save([x!, y]);
    return { value: y, gradFunc: (dy, [x, y]) => run('MaxPoolGrad', attributes, x!, y!, dy) };
  }) as Tensor4D;
}

// ---- products

const product = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  run('MatMul', [float(), flag('transpose_a', transposeA), flag('transpose_b', transposeB)], a, b);

function dense<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D): T {
  const [outputs, inputs] = weight.shape;
  const flat = tf.reshape(x, [-1, inputs]);
  const y = differentiable(bias ? [flat, weight, bias] : [flat, weight], ([x, weight, bias], save) => {
    save([x!, weight!]);
    const y = product(x!, weight!, false, true);
    const gradients = (dy: Tensor, [x, weight]: Tensor[]): Tensor[] => [product(dy, weight!, false, false), product(dy, x!, true, false)];
    const format = [float(), text('data_format', 'NHWC')];
    return bias
      ? { value: run('BiasAdd', format, y, bias), gradFunc: (dy, saved) => [...gradients(dy, saved), run('BiasAddGrad', format, dy)] }
      : { value: y, gradFunc: gradients };
  });
  return tf.reshape(y, [...x.shape.slice(0, -1), outputs]) as T;
}

const batchProduct = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  run('BatchMatMulV2', [float(), flag('adj_x', transposeA), flag('adj_y', transposeB)], a, b);

function matMul<T extends Tensor>(a: T, b: T, transposeB: boolean): T {
  return differentiable([a, b], ([a, b], save) => {
    save([a!, b!]);
    return {
      value: batchProduct(a!, b!, false, transposeB),
      gradFunc: (dy, [a, b]) => [
        batchProduct(dy, b!, false, !transposeB),
        transposeB ? batchProduct(dy, a!, true, false) : batchProduct(a!, dy, true, false),
      ],
    };
  }) as T;
}

// ---- layer norm, GELU: few passes forward, closed-form gradients

function layerNorm<T extends Tensor>(x: T, scale: Tensor1D, offset: Tensor1D): T {
  return differentiable([x, scale, offset], ([x, scale, offset], save) => {
    const centred = tf.sub(x!, tf.mean(x!, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), EPSILON));
    const normal = tf.mul(centred, inverse);
    save([normal, inverse, scale!]);
    return { value: tf.add(tf.mul(normal, scale!), offset!), gradFunc: layerNormGradient };
  }) as T;
}

function layerNormGradient(dy: Tensor, [normal, inverse, scale]: Tensor[]): Tensor[] {
  const rows = Array.from({ length: dy.rank - 1 }, (_, axis) => axis);
  const scaled = tf.mul(dy, scale!);
  const along = tf.mul(normal!, tf.mean(tf.mul(scaled, normal!), -1, true));
  const dx = tf.mul(tf.sub(tf.sub(scaled, tf.mean(scaled, -1, true)), along), inverse!);
  return [dx, tf.sum(tf.mul(dy, normal!), rows), tf.sum(dy, rows)];
}

const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBIC = 0.044715;

function gelu<T extends Tensor>(x: T): T {
  return differentiable([x], ([x], save) => {
    const inner = tf.mul(tf.mul(x!, GELU_SCALE), tf.add(tf.mul(tf.square(x!), GELU_CUBIC), 1));
    const tanh = tf.tanh(inner);
    save([x!, tanh]);
    return { value: tf.mul(tf.mul(x!, 0.5), tf.add(tanh, 1)), gradFunc: geluGradient };
  }) as T;
}

function geluGradient(dy: Tensor, [x, tanh]: Tensor[]): Tensor {
  const slope = tf.mul(tf.add(tf.mul(tf.square(x!), 3 * GELU_CUBIC), 1), GELU_SCALE);
  const curve = tf.mul(tf.mul(x!, slope), tf.sub(1, tf.square(tanh!)));
  return tf.mul(dy, tf.mul(tf.add(tf.add(tanh!, 1), curve), 0.5));
}

/** @see Ops */
export const nativeOps = (device: 'cpu' | 'gpu'): Ops => ({
  name: 'native', conv2d, batchNormTrain: device === 'gpu' ? batchNormTrainFused : batchNormTrain, batchNormInfer,
  relu: rectify, maxPool, dense, layerNorm, matMul, gelu,
});
