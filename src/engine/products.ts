// TensorFlow's products of a transformer's rows with weights, where the processor multiplies tiles of bfloat16: they leave most
// of what it can do unused, and give bfloat16 where weights are told float32. This rewrites a recording to this project's own.
import { float, nativeBackend, type Attribute } from './kernels.ts';
import { SHORTEST_SIDE } from './precision.ts';
import { shapesOf, type RecordedOp, type Recording } from './record.ts';

/** Sides of a product are whole tiles' sides (cpu/amx.h). */
const TILE = 32;

/** The recording with this project's products wherever they fit. @param shapes of what the recording starts from */
export function withProducts(recording: Recording, shapes: ReadonlyMap<number, readonly number[]>): Recording {
  const known = shapesOf(recording, shapes);
  const products = new Map(recording.ops.filter((op) => fits(op, known)).map((op) => [op.outputs[0]!, op]));
  const ops = recording.ops.map((op) => withBias(op, products) ?? (products.has(op.outputs[0]!) ? own(op) : op));
  return { ...recording, ops }; // a product whose bias is added on the way stays for whoever else asks for it; TensorFlow runs nothing that nobody does
}

const isSet = ({ attributes }: RecordedOp, name: string): boolean => attributes.some((one) => one.name === name && one.value === true);

/** Whether a product is one of a dense layer's on many rows: x with weights [outputs, inputs], dy with them, or dy with x. */
function fits(op: RecordedOp, known: ReadonlyMap<number, readonly number[]>): boolean {
  if (op.op !== 'MatMul' || (isSet(op, 'transpose_a') && isSet(op, 'transpose_b'))) return false;
  const [a, b] = op.inputs.map((id) => known.get(id)) as [readonly number[] | undefined, readonly number[] | undefined];
  if (!a || !b) return false;
  const [rows, first] = a as [number, number], sides = isSet(op, 'transpose_a') ? [first, b[1]!] : b;
  return rows >= SHORTEST_SIDE && sides.every((side) => side >= SHORTEST_SIDE && side % TILE === 0);
}

const typed = (): Attribute[] => [float()];

function own(op: RecordedOp): RecordedOp {
  if (isSet(op, 'transpose_a')) return { ...op, op: 'IalDenseWeightGrad', attributes: typed(), types: [nativeBackend().binding.TF_FLOAT] };
  return { ...op, op: isSet(op, 'transpose_b') ? 'IalProduct' : 'IalDenseInputGrad', attributes: typed() };
}

/** @returns undefined for what adds no bias to a product of x with weights */
function withBias(op: RecordedOp, products: ReadonlyMap<number, RecordedOp>): RecordedOp | undefined {
  const product = op.op === 'BiasAdd' ? products.get(op.inputs[0]!) : undefined;
  return product && isSet(product, 'transpose_b') ? { ...op, op: 'IalDense', inputs: [...product.inputs, op.inputs[1]!], attributes: typed() } : undefined;
}
