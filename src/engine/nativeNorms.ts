// Batch norm and layer norm on TensorFlow's kernels.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import { differentiable, rectify } from './differentiable.ts';
import { flag, float, real, runMany, text, type Attribute } from './kernels.ts';
import { BATCH_NORM_MOMENTUM, EPSILON, type BatchNormOutput, type RunningStatistics } from './ops.ts';
import { updatedRunning } from './portable.ts';

const batchNormAttributes = (isTraining: boolean): Attribute[] =>
  [float(), float('U'), real('epsilon', EPSILON), text('data_format', 'NHWC'), flag('is_training', isTraining)];

/** Mean over all but the last axis, in three stages: one long float32 sum would lose four digits. x [N, H, W, C] -> [C] */
function channelMean(x: Tensor): Tensor1D {
  const [count, height, width, channels] = x.shape as [number, number, number, number];
  const rows = tf.mean(tf.reshape(x, [count * height, width, channels]), 1);
  return tf.mean(tf.mean(tf.reshape(rows, [count, height, channels]), 1), 0);
}

/**
 * The CPU kernel's own batch statistics are off by up to 2e-4 (one float32 sum over all pixels), enough to flip ReLU
 * decisions against PyTorch, which sums in double. So the statistics are computed here and the kernel only normalises.
 */
export function batchNormTrain(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): BatchNormOutput {
  const count = x.size / x.shape[3];
  let next: RunningStatistics;
  const y = differentiable([x, scale, offset], ([x, scale, offset], save) => {
    const mean = channelMean(x!);
    const variance = channelMean(tf.squaredDifference(x!, mean));
    next = updatedRunning(running, mean, tf.mul(variance, count / (count - 1)));
    const [y] = runMany('FusedBatchNormV3', [...batchNormAttributes(false), real('exponential_avg_factor', 1)], 6, x!, scale!, offset!, mean, variance);
    save([x!, scale!, mean, variance]);
    return { value: y!, gradFunc: (dy, [x, scale, mean, variance]) => runMany('FusedBatchNormGradV3', batchNormAttributes(true), 5, dy, x!, scale!, mean!, variance!, variance!).slice(0, 3) };
  }) as Tensor4D;
  return { y: relu ? rectify(y) : y, running: next! };
}

/** On a GPU the kernel's sums are done in a tree, and its gradient wants the kernel's own saved statistics. */
export function batchNormTrainFused(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): BatchNormOutput {
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

/** Of batch norm with given statistics: of x, scale and offset. */
export const inferGradient = (dy: Tensor, [x, scale, mean, variance]: Tensor[]): Tensor[] =>
  runMany('FusedBatchNormGradV3', batchNormAttributes(false), 5, dy, x!, scale!, mean!, variance!, variance!).slice(0, 3);

export function batchNormInfer(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): Tensor4D {
  const attributes = batchNormAttributes(false);
  const y = differentiable([x, scale, offset], ([x, scale, offset], save) => {
    const [y] = runMany('FusedBatchNormV3', [...attributes, real('exponential_avg_factor', 1)], 6, x!, scale!, offset!, running.mean, running.variance);
    save([x!, scale!, running.mean, running.variance]);
    return { value: y!, gradFunc: inferGradient };
  }) as Tensor4D;
  return relu ? rectify(y) : y;
}

/** Few passes forward, a closed-form gradient. */
export function layerNorm<T extends Tensor>(x: T, scale: Tensor1D, offset: Tensor1D): T {
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
