// Where a layer saw few rows, the gradient of its weights is a product so shallow that writing it down and reading it again
// takes longer than the product itself. This rewrites a recording so that the optimiser's step computes it on the way.
import { attributeOf, shapesOf, usesOf, type RecordedOp, type Recording } from './record.ts';
import { isWhole } from './vectors.ts';
import { FEW } from './tokenOps.ts';

/** The recording with the two steps in one wherever they fit. @param shapes of what the recording starts from */
export function withUpdates(recording: Recording, shapes: ReadonlyMap<number, readonly number[]>): Recording {
  const known = shapesOf(recording, shapes), uses = usesOf(recording);
  const products = new Map(recording.ops.filter((op) => isOfFewRows(op, known) && uses.get(op.outputs[0]!) === 1).map((op) => [op.outputs[0]!, op]));
  const ops = recording.ops.map((op): RecordedOp => {
    const product = op.op === 'IalSgd' ? products.get(op.inputs[2]!) : undefined;
    if (!product) return op;
    const [parameter, velocity, , rate] = op.inputs as [number, number, number, number], [dy, x] = product.inputs as [number, number];
    return { ...op, op: 'IalDenseSgd', inputs: [parameter, velocity, dy, x, rate] };
  });
  return { ...recording, ops }; // the product stays for whoever else asks for it; TensorFlow runs nothing that nobody does
}

/** dy [rows, outputs], transposed, times x [rows, inputs] */
function isOfFewRows(op: RecordedOp, known: ReadonlyMap<number, readonly number[]>): boolean {
  if (op.op !== 'MatMul' || attributeOf(op, 'transpose_a') !== true || attributeOf(op, 'transpose_b') === true) return false;
  const [rows] = known.get(op.inputs[1]!) ?? [];
  return rows !== undefined && rows < FEW && isWhole(op.shapes[0]![1]!);
}
