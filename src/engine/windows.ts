// TensorFlow's convolutions, where they stay behind the processor. In float32 those of stride 2 reach half of what it does with
// those of stride 1. In bfloat16 the gradient of filters runs at a fifth of what it can do where maps are small, and gives
// bfloat16, which is cast to float32 again; where the processor multiplies tiles, the others leave half of it unused. This
// rewrites a recording to this project's own.
import { float, int, nativeBackend, type Attribute } from './kernels.ts';
import type { BFloat16Support } from './processor.ts';
import { shapesOf, type RecordedOp, type Recording } from './record.ts';
import { isWhole } from './vectors.ts';

const CONVOLUTIONS: readonly string[] = ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'];

/** What convolutions multiply: float32, or bfloat16 as far as the processor supports it. */
export type Multiplied = 'f32' | BFloat16Support;

/** What is taken over, by the size of the filters; in pairs of bfloat16 most of TensorFlow's others are the faster ones. */
const TAKEN: Readonly<Record<Multiplied, (op: string, size: number) => boolean>> = {
  f32: () => true,
  tiles: () => true,
  vectors: (op, size) => op === 'Conv2DBackpropFilter' || op === 'Conv2DBackpropInput' && size === 1,
  none: () => false,
};

/** Whether this project's kernels are in use: others of them may be put in then. */
export const hasOwn = ({ ops }: Recording): boolean => ops.some(({ op }) => op.startsWith('Ial'));

/**
 * The recording with this project's convolutions wherever they fit, if its kernels are in use.
 * @param shapes of what the recording starts from
 */
export function withWindows(recording: Recording, shapes: ReadonlyMap<number, readonly number[]>, multiplied: Multiplied): Recording {
  if (!hasOwn(recording)) return recording;
  const known = new Known(recording, shapes);
  return { ...recording, ops: recording.ops.map((op) => CONVOLUTIONS.includes(op.op) ? own(op, known, multiplied) ?? op : op) };
}

/** What a recording says of its tensors. */
class Known {
  private readonly shapes: Map<number, readonly number[]>;
  private readonly pads: Map<number, number>;

  constructor(recording: Recording, start: ReadonlyMap<number, readonly number[]>) {
    this.shapes = shapesOf(recording, start);
    this.pads = new Map(recording.ops.filter(({ op }) => op === 'PadV2').map(({ inputs, outputs }) => [outputs[0]!, inputs[0]!]));
  }

  shape(id: number): readonly number[] | undefined { return this.shapes.get(id); }

  /** What was padded to give this input of a convolution, and by how much: conv2d pads by half of the filter (native.ts). */
  unpadded(id: number, margin: number): { readonly id: number; readonly margin: number } | undefined {
    const source = this.pads.get(id);
    if (source === undefined) return undefined;
    const [from, to] = [this.shapes.get(source)!, this.shapes.get(id)!];
    return [1, 2].every((axis) => to[axis] === from[axis]! + 2 * margin) ? { id: source, margin } : undefined;
  }
}

/** @returns undefined where TensorFlow's stays */
function own(op: RecordedOp, known: Known, multiplied: Multiplied): RecordedOp | undefined {
  const [a, b, c] = op.inputs as [number, number, number];
  const filter = op.op === 'Conv2DBackpropFilter' ? op.shapes[0]! : known.shape(b);
  if (filter === undefined || filter[0] !== filter[1]) return undefined;
  const [size, , inputs, outputs] = filter as readonly [number, number, number, number];
  if (!isWhole(outputs) || !isWhole(inputs) && op.op !== 'Conv2DBackpropFilter' || !TAKEN[multiplied](op.op, size)) return undefined;
  const isSame = valueOf(op.attributes, 'padding') === 'SAME'; // of stride 1 only: conv2d pads by itself before any other
  const half = (size - 1) / 2, padded = isSame ? half : 0;
  const x = (isSame ? undefined : known.unpadded(a, half)) ?? { id: a, margin: padded };
  const attributes = (margin: number): Attribute[] => [float(), int('size', size), int('stride', (valueOf(op.attributes, 'strides') as readonly number[])[1]!), int('margin', margin)];
  switch (op.op) {
    case 'Conv2D': return { ...op, op: 'IalConv', inputs: [x.id, b], attributes: attributes(x.margin) };
    case 'Conv2DBackpropFilter': return { ...op, op: 'IalFilterGrad', inputs: [x.id, c], attributes: attributes(x.margin), types: [nativeBackend().binding.TF_FLOAT] };
    default: return { ...op, op: 'IalConvInputGrad', inputs: [c, b], attributes: [...attributes(padded), int('height', op.shapes[0]![1]), int('width', op.shapes[0]![2])] };
  }
}

const valueOf = (attributes: readonly Attribute[], name: string): unknown => attributes.find((one) => one.name === name)!.value;
