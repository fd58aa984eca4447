// Writes down the TensorFlow operations that a function of tensors issues while it runs eagerly.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { nativeBackend, type Attribute, type Binding } from './kernels.ts';

export interface RecordedOp {
  readonly op: string;
  readonly attributes: readonly Attribute[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly shapes: readonly (readonly number[])[];
  /** Element types of the outputs, as the binding numbers them. */
  readonly types: readonly number[];
}

/** The value of an operation's attribute; undefined where it has none of the name. */
export const attributeOf = ({ attributes }: RecordedOp, name: string): unknown => attributes.find((one) => one.name === name)?.value;

/** An operation's attributes with another element type "T". */
export const retyped = ({ attributes }: RecordedOp, type: number): readonly Attribute[] => attributes.map((one) => one.name === 'T' ? { ...one, value: type } : one);

/** A tensor that the function made of plain numbers. */
export interface RecordedConstant {
  readonly shape: readonly number[];
  readonly dtype: number;
  readonly values: ArrayLike<number>;
}

export interface Recording {
  readonly ops: readonly RecordedOp[];
  /** By the binding's tensor id. */
  readonly constants: ReadonlyMap<number, RecordedConstant>;
}

/** Shapes of all tensors of a recording by their ids; `start`: of those that it starts from. */
export const shapesOf = ({ ops, constants }: Recording, start: ReadonlyMap<number, readonly number[]>): Map<number, readonly number[]> =>
  new Map([...start, ...[...constants].map(([id, { shape }]) => [id, shape] as const), ...ops.flatMap(({ outputs, shapes }) => outputs.map((id, i) => [id, shapes[i]!] as const))]);

/** How often each tensor of a recording is read; `outputs`: ids of those that leave it, which are read once more. */
export function usesOf({ ops }: Recording, outputs: readonly number[] = []): Map<number, number> {
  const uses = new Map<number, number>();
  for (const id of [...ops.flatMap(({ inputs }) => [...inputs]), ...outputs]) uses.set(id, (uses.get(id) ?? 0) + 1);
  return uses;
}

interface OutputInfo { readonly id: number; readonly shape: readonly number[]; readonly dtype: number }

/** What of the binding a recording listens to; all of them own properties of the addon that cannot be replaced in place. */
interface Tappable extends Binding {
  executeOp(op: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): OutputInfo[];
  createTensor(shape: readonly number[], dtype: number, values: ArrayLike<number>): number;
  tensorDataSync(id: number): ArrayLike<number>;
}

interface Replaceable {
  binding: Tappable;
  readSync(dataId: object): unknown;
  read(dataId: object): Promise<unknown>;
}

/** The binding's id of a tensor's data. */
export const idOf = (tensor: Tensor): number =>
  (nativeBackend() as unknown as { getInputTensorIds(tensors: readonly Tensor[]): number[] }).getInputTensorIds([tensor])[0]!;

/**
 * Runs `f` once and returns what it did.
 * @throws Error when f reads a tensor's value: a graph could only freeze what it read.
 */
export function record(f: () => void): Recording {
  const backend = nativeBackend() as unknown as Replaceable;
  const { binding, readSync, read } = backend;
  const ops: RecordedOp[] = [];
  const constants = new Map<number, RecordedConstant>();
  let refusal: Error | undefined; // thrown again at the end: an asynchronous read would swallow it
  const refuse = (): never => {
    throw refusal ??= new Error(`a compiled function must not read a tensor's value: it did after the operation "${ops.at(-1)?.op ?? 'none'}"`);
  };
  backend.binding = tapped(binding, ops, constants, refuse);
  backend.readSync = backend.read = refuse;
  try {
    tf.tidy(f);
  } finally {
    Object.assign(backend, { binding, readSync, read });
  }
  if (refusal) throw refusal;
  return { ops, constants };
}

/** The binding with ears: an object behind which the real one stands as prototype. */
function tapped(binding: Tappable, ops: RecordedOp[], constants: Map<number, RecordedConstant>, refuse: () => never): Tappable {
  const own = {
    executeOp(op: string, attributes: readonly Attribute[], inputs: readonly number[], count: number): OutputInfo[] {
      const outputs = binding.executeOp(op, attributes, inputs, count);
      ops.push({ op, attributes, inputs: [...inputs], outputs: outputs.map(({ id }) => id), shapes: outputs.map(({ shape }) => shape), types: outputs.map(({ dtype }) => dtype) });
      return outputs;
    },
    createTensor(shape: readonly number[], dtype: number, values: ArrayLike<number>): number {
      const id = binding.createTensor(shape, dtype, values);
      constants.set(id, { shape: [...shape], dtype, values: Array.isArray(values) ? [...values as number[]] : (values as Float32Array).slice() });
      return id;
    },
    tensorDataSync: refuse,
  };
  const descriptors = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, { value }]));
  const deleting = { deleteTensor: { value: (id: number) => (binding as unknown as { deleteTensor(id: number): void }).deleteTensor(id) } };
  return Object.create(binding, { ...descriptors, ...deleting }) as Tappable;
}

/**
 * Says where two recordings of one function differ, or undefined where they are the same work. A difference is something
 * that the function took from elsewhere than its tensors: a random number, a clock, a branch on a value.
 */
export function firstDifference(a: Recording, b: Recording): string | undefined {
  const names = [new Map<number, string>(), new Map<number, string>()];
  for (const [i, one] of a.ops.entries()) {
    const other = b.ops[i];
    if (one.op !== other?.op) return `operation ${i} is "${one.op}" the first time and "${other?.op ?? 'none'}" the second`;
    if (JSON.stringify(one.attributes) !== JSON.stringify(other.attributes)) return `"${one.op}" (operation ${i}) has other attributes the second time`;
    for (const [j, id] of one.inputs.entries()) {
      const first = a.constants.get(id), second = b.constants.get(other.inputs[j]!);
      if (first && second && !sameConstant(first, second)) return `a constant that goes into "${one.op}" (operation ${i}) has other numbers the second time`;
      if (names[0]!.get(id) !== names[1]!.get(other.inputs[j]!)) return `"${one.op}" (operation ${i}) has another input the second time`;
    }
    one.outputs.forEach((id, j) => names[0]!.set(id, `${i}:${j}`));
    other.outputs.forEach((id, j) => names[1]!.set(id, `${i}:${j}`));
  }
  return b.ops.length > a.ops.length ? `operation ${a.ops.length}, "${b.ops[a.ops.length]!.op}", is there the second time only` : undefined;
}

function sameConstant(a: RecordedConstant, b: RecordedConstant): boolean {
  if (a.dtype !== b.dtype || String(a.shape) !== String(b.shape)) return false;
  for (let i = 0; i < a.values.length; i++) if (!Object.is(a.values[i], b.values[i])) return false;
  return true;
}
