// A recording as the graph of a session. What follows from variables that the function never assigns is computed when they
// are set and kept: an inference's weights are then cast, folded and transformed once, not for every batch.
import type { DataType, Variable } from '@tensorflow/tfjs-core';
import { attributeValue, shapeValue, tensorValue, textValue, typeValue, type GraphNode } from './graph.ts';
import { nativeBackend, type Binding } from './kernels.ts';
import type { RecordedConstant, RecordedOp, Recording } from './record.ts';
import type { Graph, InputSpec } from './session.ts';

/** A recorded function: its operations, and the ids of what goes in and comes out. */
export interface Trace {
  readonly recording: Recording;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Ids of the variables' values before and after. */
  readonly before: readonly number[];
  readonly after: readonly number[];
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

export function buildGraph(trace: Trace, inputs: readonly InputSpec[], variables: readonly Variable[]): Graph {
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
  const { before, during, kept } = split(trace);
  before.forEach((op, i) => nodes.push(operationNode(op, `b${i}`, names, binding)));
  kept.forEach((one, i) => nodes.push(...keptNodes(one, i, names)));
  during.forEach((op, i) => nodes.push(operationNode(op, `n${i}`, names, binding)));
  const assigned = variables.map((_, i) => i).filter((i) => trace.before[i] !== trace.after[i]);
  for (const i of assigned) nodes.push({ name: `assign${i}`, op: 'AssignVariableOp', input: [`v${i}`, names.get(trace.after[i]!, 'assign')], attr: { dtype: typeValue(binding.TF_FLOAT) } });
  const after = assigned.map((i) => `^assign${i}`);
  const done = outputNodes(trace.outputs.map((id) => names.get(id, 'output')), after, nodes, binding);
  return { nodes, outputs: done, assigned, kept: kept.map((_, i) => `keep${i}`) };
}

interface Kept { readonly id: number; readonly type: number; readonly shape: readonly number[] }

/** Operations that only unassigned variables and constants decide, the others, and what the others need of the first. */
function split({ recording, outputs, before: ids, after }: Trace): { before: RecordedOp[]; during: RecordedOp[]; kept: Kept[] } {
  const still = new Set(ids.filter((id, i) => id === after[i]));
  const variables = new Set(still);
  const before = recording.ops.filter((op) => {
    const isStill = op.inputs.some((id) => still.has(id)) && op.inputs.every((id) => still.has(id) || recording.constants.has(id));
    if (isStill) for (const id of op.outputs) still.add(id);
    return isStill;
  });
  const isBefore = new Set(before);
  const during = recording.ops.filter((op) => !isBefore.has(op));
  const needed = new Set([...during.flatMap(({ inputs }) => inputs), ...outputs].filter((id) => still.has(id) && !variables.has(id)));
  const kept = before.flatMap(({ outputs, types, shapes }) => outputs.map((id, i) => ({ id, type: types[i]!, shape: shapes[i]! }))).filter(({ id }) => needed.has(id));
  return { before, during, kept };
}

function operationNode({ op, attributes, inputs, outputs }: RecordedOp, name: string, names: Names, binding: Binding): GraphNode {
  const attr = Object.fromEntries(attributes.map((attribute) => [attribute.name, attributeValue(binding, attribute)]));
  const node = { name, op, input: inputs.map((id) => names.get(id, op)), attr };
  outputs.forEach((id, i) => names.set(id, i === 0 ? name : `${name}:${i}`));
  return node;
}

/** A variable of the graph's own; from here on its reading stands for the tensor that it keeps. */
function keptNodes({ id, type, shape }: Kept, i: number, names: Names): GraphNode[] {
  const attr = { dtype: typeValue(type) }, handle = `kept${i}`, value = names.get(id, 'keep');
  names.set(id, `known${i}`);
  return [
    { name: handle, op: 'VarHandleOp', input: [], attr: { ...attr, shape: shapeValue(shape), shared_name: textValue(handle), container: textValue('') } },
    { name: `keep${i}`, op: 'AssignVariableOp', input: [handle, value], attr },
    { name: `known${i}`, op: 'ReadVariableOp', input: [handle], attr },
  ];
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
