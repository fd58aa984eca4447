// The operations in plain tfjs: correct on every backend, the browser's included; gradients are tfjs' own.
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { composedAttention } from './attention.ts';
import { ADAM, BATCH_NORM_MOMENTUM, EPSILON, GELU_CUBIC, GELU_SCALE, LOWEST, type BatchNormOutput, type Ops, type RunningStatistics, type SgdSettings } from './ops.ts';

function conv2d(x: Tensor4D, filter: Tensor4D, stride: 1 | 2): Tensor4D {
  const padding = Math.floor(filter.shape[0] / 2);
  const padded = padding === 0 ? x : tf.pad(x, [[0, 0], [padding, padding], [padding, padding], [0, 0]]);
  return tf.conv2d(padded, filter, stride, 'valid');
}

/** Batch norm with fixed statistics after a convolution is a convolution with other filters and a bias. */
export function fold(filter: Tensor4D, scale: Tensor1D, offset: Tensor1D, { mean, variance }: RunningStatistics): { filter: Tensor4D; bias: Tensor1D } {
  const factor = tf.mul<Tensor1D>(scale, tf.rsqrt(tf.add(variance, EPSILON)));
  return { filter: tf.mul<Tensor4D>(filter, factor), bias: tf.sub<Tensor1D>(offset, tf.mul(mean, factor)) };
}

const activate = (x: Tensor4D, relu: boolean): Tensor4D => relu ? tf.relu(x) : x;

/** running * (1 - momentum) + batch * momentum, kept beyond the enclosing tidy. */
export function updatedRunning(running: RunningStatistics, mean: Tensor1D, variance: Tensor1D): RunningStatistics {
  const mix = (old: Tensor1D, now: Tensor1D): Tensor1D =>
    tf.keep(tf.tidy(() => tf.add(tf.mul(old, 1 - BATCH_NORM_MOMENTUM), tf.mul(now, BATCH_NORM_MOMENTUM)) as Tensor1D));
  return { mean: mix(running.mean, mean), variance: mix(running.variance, variance) };
}

function batchNormTrain(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): BatchNormOutput {
  const count = x.size / x.shape[3];
  const mean = tf.mean<Tensor1D>(x, [0, 1, 2]);
  const centred = tf.sub<Tensor4D>(x, mean);
  const variance = tf.mean<Tensor1D>(tf.square(centred), [0, 1, 2]);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON)));
  const y = activate(tf.add<Tensor4D>(tf.mul(normal, scale), offset), relu);
  return { y, running: updatedRunning(running, mean, tf.mul(variance, count / (count - 1))) };
}

function batchNormInfer(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): Tensor4D {
  const factor = tf.mul(scale, tf.rsqrt(tf.add(running.variance, EPSILON)));
  return activate(tf.add<Tensor4D>(tf.mul(tf.sub(x, running.mean), factor), offset), relu);
}

export const addRelu = (a: Tensor4D, b: Tensor4D): Tensor4D => tf.relu(tf.add<Tensor4D>(a, b));

export const globalConvolution = (x: Tensor4D, kernel: Tensor3D): Tensor2D => tf.sum<Tensor2D>(tf.mul(x, kernel), [1, 2]);

export function rescale(x: Tensor4D, scales: Tensor2D): Tensor4D {
  const [count, channels] = scales.shape;
  return tf.mul<Tensor4D>(x, tf.reshape(scales, [count, 1, 1, channels]));
}

const conv2dNormInfer: Ops['conv2dNormInfer'] = (x, filter, stride, scale, offset, running, relu) =>
  batchNormInfer(conv2d(x, filter, stride), scale, offset, running, relu);

function maxPool(x: Tensor4D): Tensor4D {
  return tf.maxPool(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], LOWEST), 3, 2, 'valid');
}

function dense<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D): T {
  const [outputs, inputs] = weight.shape;
  const flat = tf.matMul(tf.reshape(x, [-1, inputs]), weight, false, true);
  return tf.reshape(bias ? tf.add(flat, bias) : flat, [...x.shape.slice(0, -1), outputs]) as T;
}

function layerNorm<T extends Tensor>(x: T, scale: Tensor1D, offset: Tensor1D): T {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, EPSILON))), scale), offset) as T;
}

function gelu<T extends Tensor>(x: T): T {
  const inner = tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), GELU_CUBIC)), GELU_SCALE);
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1)) as T;
}

export function sgdStep(parameter: Tensor, velocity: Tensor, gradient: Tensor, rate: Scalar, { momentum, weightDecay }: SgdSettings): [Tensor, Tensor] {
  const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
  const next = tf.add(tf.mul(velocity, momentum), decayed);
  return [tf.sub(parameter, tf.mul(next, rate)), next];
}

export function adamWStep(parameter: Tensor, mean: Tensor, square: Tensor, gradient: Tensor, rate: Scalar, step: Scalar, { weightDecay }: Pick<SgdSettings, 'weightDecay'>): [Tensor, Tensor, Tensor] {
  const { beta1, beta2, epsilon } = ADAM;
  const correction = (beta: number): Tensor => tf.sub(1, tf.pow(tf.scalar(beta), step));
  const nextMean = tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1));
  const nextSquare = tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const deviation = tf.mul(tf.sqrt(nextSquare), tf.rsqrt(correction(beta2)));
  const change = tf.div(tf.mul(nextMean, tf.div(rate, correction(beta1))), tf.add(deviation, epsilon));
  return [tf.sub(tf.mul(parameter, tf.sub(1, tf.mul(rate, weightDecay))), change), nextMean, nextSquare];
}

const matMul: Ops['matMul'] = (a, b, transposeB) => tf.matMul(a, b, false, transposeB) as typeof a;

/** @see Ops */
export const portableOps: Ops = {
  name: 'portable',
  conv2d, conv2dNormInfer, batchNormTrain, batchNormInfer, maxPool, dense, layerNorm, gelu, addRelu, globalConvolution, rescale, sgdStep, adamWStep,
  relu: (x) => tf.relu(x),
  matMul, attention: composedAttention(matMul),
};
