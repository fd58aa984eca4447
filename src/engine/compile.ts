// The compiled step: a function of tensors is run twice eagerly while its TensorFlow operations are written down, the
// graph they form is loaded into a session, and from then on one call runs it all. TensorFlow's own optimiser then fuses,
// folds and schedules, and thousands of calls a step from JavaScript are gone.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Precision } from '../config.ts';
import { buildGraph, type Trace } from './build.ts';
import { withFusions, withRoundings } from './fusions.ts';
import { lower } from './precision.ts';
import { withProducts } from './products.ts';
import { bfloat16Support, type BFloat16Support } from './processor.ts';
import { firstDifference, idOf, record } from './record.ts';
import { load, type CompiledFunction, type InputSpec } from './session.ts';
import { withUpdates } from './updates.ts';
import { withWindows } from './windows.ts';

export type { CompiledFunction, InputSpec };

export interface CompileOptions {
  /** Of the large maps inside; inputs, variables and outputs are float32 whatever it is. Default: f32. */
  readonly precision?: Precision;
  /** Whether this project's operations take the place of several of TensorFlow's: sums in another order. Default: in bf16 alone. */
  readonly fused?: boolean;
  /** Default: this processor's. */
  readonly support?: BFloat16Support;
}

/**
 * Compiles `f`, which may assign to `variables` and must otherwise depend on its inputs and on them alone. It is called twice
 * on made-up inputs; the variables keep their values.
 * @throws Error with the operation's name when f reads a tensor's value, uses a tensor from elsewhere, or does not do the
 * same twice (a random number, a branch on a value).
 */
export function compile(f: (inputs: readonly Tensor[]) => readonly Tensor[], inputs: readonly InputSpec[], variables: readonly Variable[], options: CompileOptions = {}): CompiledFunction {
  const first = trace(f, inputs, variables, 0), second = trace(f, inputs, variables, 1);
  const difference = firstDifference(first.recording, second.recording);
  if (difference) throw new Error(`a compiled function must do the same whenever it is called: ${difference}`);
  return load(buildGraph(rewritten(first, inputs, variables, options), inputs, variables), inputs, variables);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** Inputs that differ from one recording to the next, so that what depends on their values shows. */
function madeUp({ shape, dtype }: InputSpec, turn: number): Tensor {
  const values = new (dtype === 'int32' ? Int32Array : Float32Array)(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = dtype === 'int32' ? (i + turn) % 2 : ((i * 7 + 3 * turn) % 11) / 11;
  return tf.tensor(values, [...shape], dtype);
}

function trace(f: (inputs: readonly Tensor[]) => readonly Tensor[], specs: readonly InputSpec[], variables: readonly Variable[], turn: number): Trace {
  const kept = variables.map((variable) => tf.tidy(() => variable.clone()));
  const inputs = specs.map((spec) => madeUp(spec, turn));
  const before = variables.map(idOf), inputIds = inputs.map(idOf);
  let outputs: readonly Tensor[] = [];
  try {
    const recording = record(() => { outputs = f(inputs).map((output) => tf.keep(output)); });
    return { recording, inputs: inputIds, outputs: outputs.map(idOf), before, after: variables.map(idOf) };
  } finally {
    variables.forEach((variable, i) => variable.assign(kept[i]!));
    tf.dispose([...kept, ...inputs, ...outputs]);
  }
}

function rewritten(trace: Trace, inputs: readonly InputSpec[], variables: readonly Variable[], { precision = 'f32', fused = precision === 'bf16', support = bfloat16Support() }: CompileOptions): Trace {
  const shapes = new Map([...inputs.map(({ shape }, i) => [trace.inputs[i]!, shape] as const), ...variables.map(({ shape }, i) => [trace.before[i]!, shape] as const)]);
  const recording = withFusions(trace.recording, [...trace.outputs, ...trace.after], fused);
  const own = fused ? withUpdates(withWindows(recording, shapes, precision === 'f32' ? 'f32' : support), shapes) : recording;
  if (precision === 'f32') return { ...trace, recording: own };
  const still = new Set(trace.before.filter((id, i) => id === trace.after[i]));
  const lowered = lower(fused && support === 'tiles' ? withProducts(own, { shapes, still }) : own, { shapes, still });
  const outputs = trace.outputs.map(lowered.exact), after = trace.after.map(lowered.exact);
  return { ...trace, outputs, after, recording: fused ? withRoundings(lowered.recording, [...outputs, ...after], shapes) : lowered.recording };
}
