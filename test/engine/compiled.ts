// What a compiled function gives, as numbers.
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { compile, type CompileOptions } from '../../src/engine/compile.ts';

/** The numbers of tensors, which are disposed. */
export function read(outputs: Tensor[]): Float32Array[] {
  const values = outputs.map((output) => output.dataSync<'float32'>().slice());
  tf.dispose(outputs);
  return values;
}

/** The outputs of a function of float32 alone, compiled, run once and disposed. */
export function compiledOutputs(f: (inputs: readonly Tensor[]) => Tensor[], inputs: readonly Tensor[], options: CompileOptions): Float32Array[] {
  const compiled = compile(f, inputs.map(({ shape }) => ({ shape, dtype: 'float32' })), [], options);
  const values = read(compiled.run(inputs));
  compiled.dispose();
  return values;
}
