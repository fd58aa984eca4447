// TensorFlow's convolutions in bfloat16, where they stay behind the processor: the gradient of filters runs at a fifth of
// what it can do where maps are small, and gives bfloat16, which is cast to float32 again; where the processor multiplies
// tiles, the others leave half of it unused. This rewrites a recording to this project's own.
import { float, int, nativeBackend, type Attribute } from './kernels.ts';
import type { BFloat16Support } from './processor.ts';
import type { RecordedOp, Recording } from './record.ts';
import { isWhole } from './vectors.ts';

type Shapes = ReadonlyMap<number, readonly number[]>;

/** What is taken over; of processors without tiles, TensorFlow's way forward is the faster one. */
const TAKEN: Readonly<Record<BFloat16Support, readonly string[]>> = {
  tiles: ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'], vectors: ['Conv2DBackpropFilter'], none: [],
};

/**
 * The recording with this project's convolutions wherever they fit, if its kernels are there: others of them are in the recording then.
 * @param shapes of what the recording starts from
 */
export function withWindows(recording: Recording, shapes: Shapes, support: BFloat16Support): Recording {
  if (!recording.ops.some(({ op }) => op.startsWith('Ial'))) return recording;
  const all = new Map([...shapes, ...[...recording.constants].map(([id, { shape }]) => [id, shape] as const), ...recording.ops.flatMap(({ outputs, shapes }) => outputs.map((id, i) => [id, shapes[i]!] as const))]);
  return { ...recording, ops: recording.ops.map((op) => TAKEN[support].includes(op.op) ? own(op, all) ?? op : op) };
}

/** @returns undefined where channels are no whole vectors */
function own(op: RecordedOp, shapes: Shapes): RecordedOp | undefined {
  const [a, b, c] = op.inputs as [number, number, number];
  const filter = op.op === 'Conv2DBackpropFilter' ? op.shapes[0]! : shapes.get(b);
  if (filter === undefined || filter[0] !== filter[1] || !isWhole(filter[2]!, filter[3]!)) return undefined;
  const attributes = windowOf(op.attributes, filter[0]!);
  switch (op.op) {
    case 'Conv2D': return { ...op, op: 'IalConv', attributes };
    case 'Conv2DBackpropInput': return { ...op, op: 'IalConvInputGrad', inputs: [c, b], attributes: [...attributes, int('height', op.shapes[0]![1]), int('width', op.shapes[0]![2])] };
    default: return { ...op, op: 'IalFilterGrad', inputs: [a, c], attributes, types: [nativeBackend().binding.TF_FLOAT] };
  }
}

function windowOf(attributes: readonly Attribute[], size: number): Attribute[] {
  const margin = valueOf(attributes, 'padding') === 'SAME' ? (size - 1) / 2 : 0; // of stride 1 only: conv2d pads by itself before any other
  const stride = (valueOf(attributes, 'strides') as readonly number[])[1]!;
  return [float(), int('size', size), int('stride', stride), int('margin', margin)];
}

const valueOf = (attributes: readonly Attribute[], name: string): unknown => attributes.find((one) => one.name === name)!.value;
