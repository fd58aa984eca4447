// TensorFlow kernels called by name through tfjs-node's backend, and the attributes they take.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What tfjs-node's binding calls TF_ATTR_* and TF_FLOAT, numbers of its own. */
export interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_Version: string;
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** The part of tfjs-node's backend that runs any TensorFlow operation by name. */
export interface NativeBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice?: boolean;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
  executeMultipleOutputs(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[], outputs: number): Tensor[];
}

/** @throws Error when another backend than TensorFlow is the current one. */
export function nativeBackend(): NativeBackend {
  if (tf.getBackend() !== 'tensorflow') throw new Error(`the native operations need the backend "tensorflow", found "${tf.getBackend()}": call loadEngine() first`);
  return tf.backend() as unknown as NativeBackend;
}

export const run = (name: string, attributes: readonly Attribute[], ...inputs: readonly Tensor[]): Tensor =>
  nativeBackend().executeSingleOutput(name, attributes, inputs);

export const runMany = (name: string, attributes: readonly Attribute[], outputs: number, ...inputs: readonly Tensor[]): Tensor[] =>
  nativeBackend().executeMultipleOutputs(name, attributes, inputs, outputs);

const attribute = (kind: 'TF_ATTR_INT' | 'TF_ATTR_FLOAT' | 'TF_ATTR_STRING' | 'TF_ATTR_BOOL') => (name: string, value: unknown): Attribute =>
  ({ name, type: nativeBackend().binding[kind], value });

/** The element type of a kernel: always float32 here. */
export const float = (name = 'T'): Attribute => {
  const { binding } = nativeBackend();
  return { name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
};
export const int = attribute('TF_ATTR_INT');
export const real = attribute('TF_ATTR_FLOAT');
export const text = attribute('TF_ATTR_STRING');
export const flag = attribute('TF_ATTR_BOOL');
