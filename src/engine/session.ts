// A graph in a TensorFlow session: its variables live there, and one call runs it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { encodeSavedModel, TAG, typeValue, type GraphNode } from './graph.ts';
import { nativeBackend, type Binding } from './kernels.ts';
import { idOf } from './record.ts';

export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
}

export interface CompiledFunction {
  /** Runs the function on inputs of the compiled shapes. The outputs are the caller's to dispose. */
  run(inputs: readonly Tensor[]): Tensor[];
  /** Brings the session's variables into the tf.Variables that the function was compiled over. */
  pull(): void;
  /** Brings the tf.Variables' values into the session. */
  push(): void;
  /** Operations in the graph before TensorFlow optimises it. */
  readonly nodes: number;
  dispose(): void;
}

/** What runs in the session, by names in the graph. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly outputs: readonly string[];
  /** Indices of the variables that the function changes. */
  readonly assigned: readonly number[];
  /** Operations that keep what follows from the variables, to be run whenever these are set. */
  readonly kept: readonly string[];
}

interface Sessions extends Binding {
  loadSavedModel(folder: string, tags: string): number;
  runSavedModel(session: number, inputs: readonly number[], inputNames: string, outputNames: string): { id: number; shape: number[]; dtype: number }[];
  deleteSavedModel(session: number): void;
  deleteTensor(id: number): void;
}

/** Opens a session on the graph and brings the variables' values into it. */
export function load(graph: Graph, inputs: readonly InputSpec[], variables: readonly Variable[]): CompiledFunction {
  const backend = nativeBackend() as unknown as { binding: Sessions; createOutputTensor(info: object): Tensor };
  const { binding } = backend;
  const setters = variables.map((_, i) => `^set${i}`);
  const waiting = (name: string, operations: readonly string[]): GraphNode => ({ name, op: 'Identity', input: ['one', ...operations], attr: { T: typeValue(binding.TF_FLOAT) } });
  const session = openSession(binding, [...graph.nodes, waiting('ready', setters), waiting('prepared', graph.kept.map((name) => `^${name}`))]);
  const inputNames = inputs.map((_, i) => `x${i}:0`).join(',');
  const setNames = [...variables.map((_, i) => `new${i}:0`), 'one:0'].join(',');
  const one = tf.keep(tf.scalar(1)); // fed to what has no other input: the binding cannot run a session on none
  const push = (): void => {
    const [done] = binding.runSavedModel(session, [...variables.map(idOf), idOf(one)], setNames, 'ready:0');
    binding.deleteTensor(done!.id);
    if (graph.kept.length > 0) binding.deleteTensor(binding.runSavedModel(session, [idOf(one)], 'one:0', 'prepared:0')[0]!.id);
  };
  push();
  return {
    nodes: graph.nodes.length,
    push,
    run(tensors) {
      checkInputs(tensors, inputs);
      return binding.runSavedModel(session, tensors.map(idOf), inputNames, graph.outputs.join(',')).map((info) => backend.createOutputTensor(info));
    },
    pull() {
      if (graph.assigned.length === 0) return;
      const values = binding.runSavedModel(session, [idOf(one)], 'one:0', graph.assigned.map((i) => `read${i}:0`).join(','));
      graph.assigned.forEach((i, j) => {
        const value = backend.createOutputTensor(values[j]!);
        variables[i]!.assign(value);
        value.dispose();
      });
    },
    dispose() { one.dispose(); binding.deleteSavedModel(session); },
  };
}

function openSession(binding: Sessions, nodes: readonly GraphNode[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'ial-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
    return binding.loadSavedModel(folder, TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkInputs(tensors: readonly Tensor[], inputs: readonly InputSpec[]): void {
  inputs.forEach(({ shape, dtype }, i) => {
    const tensor = tensors[i];
    if (!tensor || String(tensor.shape) !== String(shape) || tensor.dtype !== dtype) throw new Error(`input ${i} of a compiled function: expected ${dtype} [${shape.join(', ')}], found ${tensor ? `${tensor.dtype} [${tensor.shape.join(', ')}]` : 'none'}`);
  });
}
