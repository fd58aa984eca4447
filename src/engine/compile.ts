// The compiled step: a function of tensors is run twice eagerly while its TensorFlow operations are written down, the
// graph they form is loaded into a session, and from then on one call runs it all. TensorFlow's own optimiser then fuses,
// folds and schedules, and thousands of calls a step from JavaScript are gone.
import * as tf from '@tensorflow/tfjs-core';
import type { DataType, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { Precision } from '../config.ts';
import { attributeValue, shapeValue, tensorValue, textValue, typeValue, type GraphNode } from './graph.ts';
import { nativeBackend, type Binding } from './kernels.ts';
import { lower } from './precision.ts';
import { firstDifference, idOf, record, type RecordedConstant, type Recording } from './record.ts';
import { load, type CompiledFunction, type Graph, type InputSpec } from './session.ts';

export type { CompiledFunction, InputSpec };

/**
 * Compiles `f`, which may assign to `variables` and must otherwise depend on its inputs and on them alone. It is called twice
 * on made-up inputs; the variables keep their values. Outputs are float32.
 * @throws Error with the operation's name when f reads a tensor's value, uses a tensor from elsewhere, or does not do the
 * same twice (a random number, a branch on a value).
 */
export function compile(f: (inputs: readonly Tensor[]) => readonly Tensor[], inputs: readonly InputSpec[], variables: readonly Variable[], precision: Precision = 'f32'): CompiledFunction {
  const first = trace(f, inputs, variables, 0), second = trace(f, inputs, variables, 1);
  const difference = firstDifference(first.recording, second.recording);
  if (difference) throw new Error(`a compiled function must do the same whenever it is called: ${difference}`);
  return load(buildGraph(precision === 'bf16' ? lowered(first, inputs, variables) : first, inputs, variables), inputs, variables);
}

interface Trace {
  readonly recording: Recording;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Ids of the variables' values before and after. */
  readonly before: readonly number[];
  readonly after: readonly number[];
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

function lowered(trace: Trace, inputs: readonly InputSpec[], variables: readonly Variable[]): Trace {
  const sizes = new Map([...inputs.map(({ shape }, i) => [trace.inputs[i]!, sizeOf(shape)] as const), ...variables.map(({ size }, i) => [trace.before[i]!, size] as const)]);
  const { recording, exact } = lower(trace.recording, sizes);
  return { ...trace, outputs: trace.outputs.map(exact), after: trace.after.map(exact), recording };
}

/** Names of the tensors in the graph by the ids they had while it was recorded; constants become nodes when they are first used. */
class Names {
  private readonly names = new Map<number, string>();
  private readonly constants: ReadonlyMap<number, RecordedConstant>;
  private readonly nodes: GraphNode[];
  private count = 0;

  constructor(constants: ReadonlyMap<number, RecordedConstant>, nodes: GraphNode[]) {
    this.constants = constants;
    this.nodes = nodes;
  }

  set(id: number, name: string): void { this.names.set(id, name); }

  get(id: number, wanted: string): string {
    const known = this.names.get(id);
    if (known) return known;
    const constant = this.constants.get(id);
    if (!constant) throw new Error(`a compiled function must not use tensors that are neither its inputs nor its variables: "${wanted}" does`);
    const name = constantNode(constant, `c${this.count++}`, this.nodes);
    this.names.set(id, name);
    return name;
  }
}

const bytesOf = ({ dtype, values }: RecordedConstant, binding: Binding): Uint8Array => {
  if (dtype === binding.TF_BOOL) return Uint8Array.from(values);
  const typed = dtype === binding.TF_FLOAT ? Float32Array.from(values) : Int32Array.from(values);
  return new Uint8Array(typed.buffer);
};

/** Constants of one repeated number, such as the ones of a mean's gradient, are stated as that: megabytes otherwise. */
function constantNode(constant: RecordedConstant, name: string, nodes: GraphNode[]): string {
  const { binding } = nativeBackend();
  const { shape, dtype, values } = constant;
  const constantOf = (node: string, { shape, dtype, values }: RecordedConstant): void => {
    nodes.push({ name: node, op: 'Const', input: [], attr: { dtype: typeValue(dtype), value: tensorValue(dtype, shape, bytesOf({ shape, dtype, values }, binding)) } });
  };
  const isUniform = values.length > 16 && Array.prototype.every.call(values, (value) => Object.is(value, values[0]));
  if (!isUniform) { constantOf(name, constant); return name; }
  constantOf(`${name}/dims`, { shape: [shape.length], dtype: binding.TF_INT32, values: shape });
  constantOf(`${name}/value`, { shape: [], dtype, values: [values[0]!] });
  nodes.push({ name, op: 'Fill', input: [`${name}/dims`, `${name}/value`], attr: { T: typeValue(dtype), index_type: typeValue(binding.TF_INT32) } });
  return name;
}

const dtypeOf = ({ dtype }: { readonly dtype: DataType }, binding: Binding): number => dtype === 'int32' ? binding.TF_INT32 : dtype === 'bool' ? binding.TF_BOOL : binding.TF_FLOAT;

function buildGraph(trace: Trace, inputs: readonly InputSpec[], variables: readonly Variable[]): Graph {
  const { binding } = nativeBackend();
  const nodes: GraphNode[] = [];
  const names = new Names(trace.recording.constants, nodes);
  inputs.forEach((spec, i) => {
    nodes.push({ name: `x${i}`, op: 'Placeholder', input: [], attr: { dtype: typeValue(dtypeOf(spec, binding)), shape: shapeValue(spec.shape) } });
    names.set(trace.inputs[i]!, `x${i}`);
  });
  variables.forEach((variable, i) => {
    nodes.push(...variableNodes(variable, i, binding));
    names.set(trace.before[i]!, `read${i}`);
  });
  trace.recording.ops.forEach(({ op, attributes, inputs, outputs }, i) => {
    const attr = Object.fromEntries(attributes.map((attribute) => [attribute.name, attributeValue(binding, attribute)]));
    nodes.push({ name: `n${i}`, op, input: inputs.map((id) => names.get(id, op)), attr });
    outputs.forEach((id, j) => names.set(id, j === 0 ? `n${i}` : `n${i}:${j}`));
  });
  const assigned = variables.map((_, i) => i).filter((i) => trace.before[i] !== trace.after[i]);
  for (const i of assigned) nodes.push({ name: `assign${i}`, op: 'AssignVariableOp', input: [`v${i}`, names.get(trace.after[i]!, 'assign')], attr: { dtype: typeValue(binding.TF_FLOAT) } });
  const after = assigned.map((i) => `^assign${i}`);
  const done = outputNodes(trace.outputs.map((id) => names.get(id, 'output')), after, nodes, binding);
  return { nodes, outputs: done, assigned };
}

/** A variable with its reading, and a placeholder by which it is set. */
function variableNodes({ shape }: Variable, i: number, binding: Binding): GraphNode[] {
  const dtype = typeValue(binding.TF_FLOAT), attr = { dtype };
  return [
    { name: `v${i}`, op: 'VarHandleOp', input: [], attr: { dtype, shape: shapeValue(shape), shared_name: textValue(`v${i}`), container: textValue('') } },
    { name: `read${i}`, op: 'ReadVariableOp', input: [`v${i}`], attr },
    { name: `new${i}`, op: 'Placeholder', input: [], attr: { dtype, shape: shapeValue(shape) } },
    { name: `set${i}`, op: 'AssignVariableOp', input: [`v${i}`, `new${i}`], attr },
  ];
}

/** Outputs wait for the assignments. `one` is a number for what has no other input. */
function outputNodes(outputs: readonly string[], after: readonly string[], nodes: GraphNode[], binding: Binding): string[] {
  const attr = { T: typeValue(binding.TF_FLOAT) };
  const names = outputs.map((name, i) => {
    nodes.push({ name: `out${i}`, op: 'Identity', input: [name, ...after], attr });
    return `out${i}:0`;
  });
  nodes.push({ name: 'one', op: 'Const', input: [], attr: { dtype: attr.T, value: tensorValue(binding.TF_FLOAT, [], new Uint8Array(Float32Array.of(1).buffer)) } });
  return names;
}
