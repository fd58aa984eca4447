// On a processor that multiplies matrices of bfloat16 at once, TensorFlow's direct convolution in it is several times faster
// than Winograd's algorithm in float32. This rewrites a recording so.
import { float, nativeBackend, text } from './kernels.ts';
import { convAttributes } from './native.ts';
import type { RecordedConstant, RecordedOp, Recording } from './record.ts';

/** The recording with TensorFlow's convolutions in place of this project's own. */
export function withDirectConvolutions(recording: Recording): Recording {
  const constants = new Map(recording.constants);
  const shapeOf = (shape: readonly number[]): number => {
    const constant: RecordedConstant = { shape: [shape.length], dtype: nativeBackend().binding.TF_INT32, values: Int32Array.from(shape) };
    const id = -1e9 - constants.size; // neither the binding's nor one of a cast
    constants.set(id, constant);
    return id;
  };
  const filters = new Map(recording.ops.filter(({ op }) => op === 'IalFilters').map(({ inputs, outputs }) => [outputs[0]!, inputs[0]!]));
  return { constants, ops: recording.ops.filter(({ op }) => op !== 'IalFilters').flatMap((op) => op.op === 'IalConv3x3Prepared' ? prepared(op, filters) : [direct(op, shapeOf)]) };
}

/** Convolution, bias and ReLU, which TensorFlow joins again. */
function prepared(op: RecordedOp, filters: ReadonlyMap<number, number>): RecordedOp[] {
  const [x, transformed, bias] = op.inputs as [number, number, number], [y] = op.outputs as [number];
  const isRectified = op.attributes.some(({ name, value }) => name === 'relu' && value === true);
  const [convolved, shifted] = [y - 1e10, isRectified ? y - 2e10 : y]; // ids that nothing else has
  const steps = [
    { ...op, op: 'Conv2D', attributes: convAttributes(1, 'SAME'), inputs: [x, filters.get(transformed)!], outputs: [convolved] },
    { ...op, op: 'BiasAdd', attributes: [float(), text('data_format', 'NHWC')], inputs: [convolved, bias], outputs: [shifted] },
  ];
  return isRectified ? [...steps, { ...op, op: 'Relu', attributes: [float()], inputs: [shifted], outputs: [y] }] : steps;
}

function direct(op: RecordedOp, shapeOf: (shape: readonly number[]) => number): RecordedOp {
  const attributes = convAttributes(1, 'SAME'), [a, b] = op.inputs as [number, number];
  switch (op.op) {
    case 'IalConv3x3': return { ...op, op: 'Conv2D', attributes };
    case 'IalConv3x3InputGrad': return { ...op, op: 'Conv2DBackpropInput', attributes, inputs: [shapeOf(op.shapes[0]!), b, a] };
    case 'IalConv3x3FilterGrad': return { ...op, op: 'Conv2DBackpropFilter', attributes, inputs: [a, shapeOf(op.shapes[0]!), b] };
    default: return op;
  }
}
