// TensorFlow's gradient of a convolution's filters in bfloat16 runs at a fifth of what the processor can do where maps are
// small, and gives bfloat16, which is cast to float32 again. This rewrites a recording to this project's own.
import { float, int, nativeBackend, type Attribute } from './kernels.ts';
import type { RecordedOp, Recording } from './record.ts';
import { isWhole } from './vectors.ts';

/** The recording with this project's gradients of filters wherever they fit, if its kernels are there: others of them are in the recording then. */
export function withFilterGradients(recording: Recording): Recording {
  if (!recording.ops.some(({ op }) => op.startsWith('Ial'))) return recording;
  return { ...recording, ops: recording.ops.map((op) => op.op === 'Conv2DBackpropFilter' && fits(op) ? own(op) : op) };
}

const fits = ({ shapes: [filter] }: RecordedOp): boolean => filter![0] === filter![1] && isWhole(filter![2]!, filter![3]!);

function own(op: RecordedOp): RecordedOp {
  const [x, , dy] = op.inputs as [number, number, number], size = op.shapes[0]![0]!;
  const margin = valueOf(op.attributes, 'padding') === 'SAME' ? (size - 1) / 2 : 0; // of stride 1 only: conv2d pads by itself before any other
  const stride = (valueOf(op.attributes, 'strides') as readonly number[])[1]!;
  return { ...op, op: 'IalFilterGrad', inputs: [x, dy], attributes: [float(), int('size', size), int('stride', stride), int('margin', margin)], types: [nativeBackend().binding.TF_FLOAT] };
}

const valueOf = (attributes: readonly Attribute[], name: string): unknown => attributes.find((one) => one.name === name)!.value;
