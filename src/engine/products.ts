// Products of rows with the weights of a dense layer, where the processor multiplies tiles of bfloat16. TensorFlow's leave most of
// what it can do unused, and give bfloat16 where weights are told float32. Where rows are few, the weights from memory are what
// takes time: each is read once to go forward and once to go back, when it takes its step too. This rewrites a recording.
import { float, nativeBackend, type Attribute } from './kernels.ts';
import { SHORTEST_SIDE, type Start } from './precision.ts';
import { attributeOf, shapesOf, type RecordedOp, type Recording } from './record.ts';
import { hasOwn } from './windows.ts';

type Shapes = ReadonlyMap<number, readonly number[]>;

/** Sides of a product are whole tiles' sides (cpu/amx.h). */
const TILE = 32;

/** Half a tile: with fewer rows, nothing is gained. */
const FEWEST = 16;

/** The recording with this project's products wherever they fit, if its kernels are in use. */
export function withProducts(recording: Recording, { shapes, still }: Start): Recording {
  if (!hasOwn(recording)) return recording;
  const known = shapesOf(recording, shapes);
  const products = new Map(recording.ops.filter((op) => fits(op, known)).map((op) => [op.outputs[0]!, op]));
  const steps = stepsOf(recording, known);
  const ops = recording.ops.flatMap((op) => steps.get(op) ?? withBias(op, products) ?? (products.has(op.outputs[0]!) ? own(op) : rounded(op, known, still)));
  return { ...recording, ops }; // a product whose bias is added on the way stays for whoever else asks for it; TensorFlow runs nothing that nobody does
}

const isSet = (op: RecordedOp, name: string): boolean => attributeOf(op, name) === true;

const isWide = (side: number): boolean => side >= SHORTEST_SIDE && side % TILE === 0;

/** Whether a product is one of a dense layer's on many rows: x with weights [outputs, inputs], dy with them, or dy with x. */
function fits(op: RecordedOp, known: Shapes): boolean {
  if (op.op !== 'MatMul' || (isSet(op, 'transpose_a') && isSet(op, 'transpose_b'))) return false;
  const [a, b] = op.inputs.map((id) => known.get(id)) as [readonly number[] | undefined, readonly number[] | undefined];
  if (!a || !b) return false;
  const [rows, first] = a as [number, number], sides = isSet(op, 'transpose_a') ? [first, b[1]!] : b;
  return rows >= SHORTEST_SIDE && sides.every(isWide);
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

/** Whether `rows` [rows, any] are few and their weights [outputs, inputs] suit tiles. */
function areFew(rows: number, weight: number, known: Shapes): boolean {
  const [count = 0] = known.get(rows) ?? [];
  return count >= FEWEST && count < SHORTEST_SIDE && (known.get(weight)?.every(isWide) ?? false);
}

const ROUNDED: Readonly<Record<string, string>> = { IalDense: 'IalDenseRounded', IalProduct: 'IalProductRounded' };

/** A layer of few rows whose weights train: they are rounded where they are read, for a cast would write them down. */
function rounded(op: RecordedOp, known: Shapes, still: ReadonlySet<number>): RecordedOp {
  const name = ROUNDED[op.op], [x, weight] = op.inputs as [number, number];
  return name !== undefined && !still.has(weight) && areFew(x, weight, known) ? { ...op, op: name, attributes: [] } : op;
}

/** What becomes of the gradients dy * weight of few rows, and of the steps of those weights: one operation, where the gradient was, and none. */
function stepsOf({ ops }: Recording, known: Shapes): ReadonlyMap<RecordedOp, readonly RecordedOp[]> {
  const key = (dy: number, weight: number): string => `${dy} ${weight}`;
  const gradients = new Map(ops.filter((op) => op.op === 'MatMul' && !isSet(op, 'transpose_a') && !isSet(op, 'transpose_b')).map((op) => [key(op.inputs[0]!, op.inputs[1]!), op]));
  return new Map(ops.filter(({ op }) => op === 'IalDenseSgd').flatMap((sgd): (readonly [RecordedOp, readonly RecordedOp[]])[] => {
    const [weight, , dy] = sgd.inputs as [number, number, number], gradient = gradients.get(key(dy, weight));
    return gradient && areFew(dy, weight, known) ? [[gradient, [inOne(sgd, gradient)]], [sgd, []]] : [];
  }));
}

const inOne = (sgd: RecordedOp, gradient: RecordedOp): RecordedOp =>
  ({ ...sgd, op: 'IalDenseStep', outputs: [...sgd.outputs, ...gradient.outputs], shapes: [...sgd.shapes, ...gradient.shapes], types: [...sgd.types, ...gradient.types] });
