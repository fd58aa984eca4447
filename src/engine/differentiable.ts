// A value with its own gradient: how kernels of TensorFlow stand in for what tfjs would compose of dozens of small ops.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { float, run } from './kernels.ts';

type Save = (tensors: Tensor[]) => void;
interface Differentiable { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor | Tensor[] }

/** tf.customGrad with types that fit functions of tensors. */
export function differentiable(inputs: readonly Tensor[], f: (inputs: Tensor[], save: Save) => Differentiable): Tensor {
  return tf.customGrad((...args) => f(args.slice(0, -1) as Tensor[], args.at(-1) as unknown as Save))(...inputs);
}

export function rectify<T extends Tensor>(x: T): T {
  return differentiable([x], ([x], save) => {
    const y = run('Relu', [float()], x!);
    save([y]);
    return { value: y, gradFunc: (dy, [y]) => run('ReluGrad', [float()], dy, y!) };
  }) as T;
}
