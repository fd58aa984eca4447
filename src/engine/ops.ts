// The operations that the network and the losses are written against. Two implementations: native.ts (fused TensorFlow
// kernels) and portable.ts (plain tfjs on any backend, a browser's too). Layout NHWC, PyTorch's arithmetic.
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

/** Batch norm and layer norm add this to the variance (PyTorch's default). */
export const EPSILON = 1e-5;

/** Share of the new batch in the running statistics (PyTorch's momentum). */
export const BATCH_NORM_MOMENTUM = 0.1;

/** Below any activation or logit, yet finite: some backends turn -Infinity into NaN. */
export const LOWEST = -3e38;

/** GELU's tanh approximation: 0.5 x (1 + tanh(GELU_SCALE (x + GELU_CUBIC x^3))). */
export const GELU_SCALE = Math.sqrt(2 / Math.PI);
export const GELU_CUBIC = 0.044715;

/** PyTorch's defaults. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** Running statistics of a batch norm; the variance is the unbiased one (divisor n - 1). Both [C]. */
export interface RunningStatistics {
  readonly mean: Tensor1D;
  readonly variance: Tensor1D;
}

export interface BatchNormOutput {
  /** Same shape as the input. */
  readonly y: Tensor4D;
  /** The running statistics after this batch, without gradient. They outlive any tidy: the caller disposes them. */
  readonly running: RunningStatistics;
}

/** Every function is pure; all but the optimisers' steps are differentiable with tf.grads / tf.variableGrads. */
export interface Ops {
  readonly name: 'native' | 'portable';

  /**
   * 2-D convolution with symmetric zero padding floor(k / 2), as PyTorch's Conv2d(k, stride, padding = k // 2, bias = False).
   * x [N, H, W, I], filter [k, k, I, O] -> [N, ceil(H / stride), ceil(W / stride), O].
   * `isFirst` says that nobody needs the gradient of x (the images), which saves a tenth of a step.
   */
  conv2d(x: Tensor4D, filter: Tensor4D, stride: 1 | 2, isFirst?: boolean): Tensor4D;

  /** Batch norm over N, H, W with the batch's own statistics, then ReLU if `relu`. x [N, H, W, C]; scale, offset [C]. */
  batchNormTrain(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): BatchNormOutput;

  /** Batch norm with the running statistics, then ReLU if `relu`. */
  batchNormInfer(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): Tensor4D;

  /** conv2d and batchNormInfer in one, for networks that no longer train: no gradient is promised. */
  conv2dNormInfer(x: Tensor4D, filter: Tensor4D, stride: 1 | 2, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): Tensor4D;

  relu<T extends Tensor>(x: T): T;

  /** relu(a + b), of equal shapes. */
  addRelu(a: Tensor4D, b: Tensor4D): Tensor4D;

  /** A depthwise convolution whose kernel is as large as the map. x [N, H, W, C], kernel [H, W, C] -> [N, C]. */
  globalConvolution(x: Tensor4D, kernel: Tensor3D): Tensor2D;

  /** Each image's channels times its own scales. x [N, H, W, C], scales [N, C] -> [N, H, W, C]. */
  rescale(x: Tensor4D, scales: Tensor2D): Tensor4D;

  /** 3x3 max pool, stride 2, padding 1 (padding never wins). [N, H, W, C] -> [N, ceil(H / 2), ceil(W / 2), C]. */
  maxPool(x: Tensor4D): Tensor4D;

  /** x [..., I], weight [O, I] as PyTorch's Linear, bias [O] -> [..., O]. */
  dense<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D): T;

  /** Over the last axis, biased variance; scale, offset [D]. */
  layerNorm<T extends Tensor>(x: T, scale: Tensor1D, offset: Tensor1D): T;

  /** Batched matrix product over the last two axes: a [..., M, K] times b [..., K, N], or b [..., N, K] when transposeB. */
  matMul<T extends Tensor>(a: T, b: T, transposeB: boolean): T;

  /** GELU's tanh approximation. */
  gelu<T extends Tensor>(x: T): T;

  /** Self-attention: softmax(q k^T / sqrt(size)) v of each head. qkv [B, N, 3 * heads * size], heads within each of the three -> [B, N, heads * size]. */
  attention(qkv: Tensor3D, heads: number): Tensor3D;

  /** Faster ones of the operations above, whose sums are in another order. */
  readonly fused?: Partial<Pick<Ops, 'conv2d' | 'dense' | 'layerNorm' | 'gelu' | 'attention'>>;

  /** torch.optim.SGD(lr, momentum, weight_decay), no dampening, no Nesterov: g += decay * p; v = momentum * v + g; p -= rate * v. @returns p, v */
  sgdStep(parameter: Tensor, velocity: Tensor, gradient: Tensor, rate: Scalar, settings: SgdSettings): [Tensor, Tensor];

  /** torch.optim.AdamW(lr, weight_decay) with its default betas and epsilon; decay is apart from the gradient. `step` counts from 1. @returns p, mean, square */
  adamWStep(parameter: Tensor, mean: Tensor, square: Tensor, gradient: Tensor, rate: Scalar, step: Scalar, settings: Pick<SgdSettings, 'weightDecay'>): [Tensor, Tensor, Tensor];
}

export interface SgdSettings {
  readonly momentum: number;
  readonly weightDecay: number;
}
