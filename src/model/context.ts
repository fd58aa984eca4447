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

/** Batch norm by the authors' name; ReLU follows when `relu`. x [N, H, W, C]. */
export function batchNorm(context: Context, name: string, x: Tensor4D, relu: boolean): Tensor4D {
  const [scale, offset, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) => context.tensor<Tensor1D>(`${name}.${part}`)) as [Tensor1D, Tensor1D, Tensor1D, Tensor1D];
  if (!context.isTraining) return context.ops.batchNormInfer(x, scale, offset, { mean, variance }, relu);
  const { y, running } = context.ops.batchNormTrain(x, scale, offset, { mean, variance }, relu);
  context.running.set(`${name}.running_mean`, running.mean).set(`${name}.running_var`, running.variance);
  return y;
}
