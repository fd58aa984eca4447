// What every part of the network is handed: the operations, the tensors by name, and whether it trains.
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core';
import type { ExperimentConfig } from '../config.ts';
import type { Ops } from '../engine/ops.ts';

export interface Context {
  readonly ops: Ops;
  readonly config: ExperimentConfig;
  readonly isTraining: boolean;
  /** A tensor of the network in the engine's layout, by the authors' name. */
  tensor<T extends Tensor = Tensor>(name: string): T;
  /** Filled while training: the running statistics after this batch, by the authors' names; the caller disposes them. */
  readonly running: Map<string, Tensor1D>;
  /** Told of inner tensors by name (the parity check, the notebook on GCA). */
  readonly probe?: (name: string, value: Tensor) => void;
}

/** A convolution and the batch norm after it, by the authors' names. */
export interface ConvolutionNames {
  readonly filter: string;
  readonly norm: string;
}

export interface ConvolutionOptions {
  readonly stride: 1 | 2;
  readonly relu: boolean;
  /** The input is the images: nobody needs its gradient. */
  readonly isFirst?: boolean;
  /** Name under which the convolution's own result is told to the probe. */
  readonly probed?: string;
}

/** Convolution, batch norm, and ReLU if `relu`. x [N, H, W, I] -> [N, ceil(H / stride), ceil(W / stride), O] */
export function convolution(context: Context, names: ConvolutionNames, x: Tensor4D, { stride, relu, isFirst = false, probed }: ConvolutionOptions): Tensor4D {
  const { ops, isTraining, probe } = context;
  const filter = context.tensor<Tensor4D>(`${names.filter}.weight`);
  const [scale, offset, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => context.tensor<Tensor1D>(`${names.norm}.${part}`)) as [Tensor1D, Tensor1D, Tensor1D, Tensor1D];
  const isProbed = probed !== undefined && probe !== undefined;
  if (!isTraining && !isProbed) return ops.conv2dNormInfer(x, filter, stride, scale, offset, { mean, variance }, relu);
  const maps = ops.conv2d(x, filter, stride, isFirst);
  if (isProbed) probe(probed, maps);
  if (!isTraining) return ops.batchNormInfer(maps, scale, offset, { mean, variance }, relu);
  const { y, running } = ops.batchNormTrain(maps, scale, offset, { mean, variance }, relu);
  context.running.set(`${names.norm}.running_mean`, running.mean).set(`${names.norm}.running_var`, running.variance);
  return y;
}
