// The operations that the network and the losses are written against. Two implementations: native.ts (fused TensorFlow
// kernels) and portable.ts (plain tfjs on any backend, a browser's too). Layout NHWC, PyTorch's arithmetic.
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

/** Batch norm and layer norm add this to the variance (PyTorch's default). */
export const EPSILON = 1e-5;

export interface BatchNormStatistics {
  /** [C] */
  readonly mean: Tensor1D;
  /** [C] */
  readonly variance: Tensor1D;
}

export interface BatchNormOutput {
  /** Same shape as the input. */
  readonly y: Tensor4D;
  /** The batch's own mean and unbiased variance (divisor n - 1), without gradient; they update the running statistics. Kept: the caller disposes them. */
  readonly statistics: BatchNormStatistics;
}

/** Every function is pure and differentiable with tf.grads / tf.variableGrads. */
export interface Ops {
  readonly name: 'native' | 'portable';

  /** 2-D convolution with symmetric zero padding floor(k / 2), as PyTorch's Conv2d(k, stride, padding = k // 2, bias = False). x [N, H, W, I], filter [k, k, I, O] -> [N, ceil(H / s), ceil(W / s), O]. */
  conv2d(x: Tensor4D, filter: Tensor4D, stride: 1 | 2): Tensor4D;

  /** Batch norm over N, H, W with the batch's own statistics, then ReLU if `relu`. scale, offset [C]. */
  batchNormTrain(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, relu: boolean): BatchNormOutput;

  /** Batch norm with running statistics, then ReLU if `relu`. */
  batchNormInfer(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: BatchNormStatistics, relu: boolean): Tensor4D;

  relu<T extends Tensor>(x: T): T;

  /** 3x3 max pool, stride 2, padding 1 (padding never wins). [N, H, W, C] -> [N, ceil(H / 2), ceil(W / 2), C]. */
  maxPool(x: Tensor4D): Tensor4D;

  /** x [..., I], weight [O, I] as PyTorch's Linear, bias [O] -> [..., O]. */
  dense<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D): T;

  /** Over the last axis; scale, offset [D]. */
  layerNorm<T extends Tensor>(x: T, scale: Tensor1D, offset: Tensor1D): T;

  /** Batched matrix product over the last two axes: a [..., M, K] times b [..., K, N], or b [..., N, K] when transposeB. */
  matMul(a: Tensor, b: Tensor, transposeB: boolean): Tensor;

  /** GELU's tanh approximation. */
  gelu<T extends Tensor>(x: T): T;
}
