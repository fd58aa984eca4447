// TensorFlow's convolutions, where they stay behind the processor. In float32 those of stride 2 reach half of what it does with
// those of stride 1. In bfloat16 the gradient of filters runs at a fifth of what it can do where maps are small, and gives
// bfloat16, which is cast to float32 again; where the processor multiplies tiles, the others leave half of it unused. And all want
// maps padded before, and their gradients cropped after. This rewrites a recording to this project's own.
import { float, int, nativeBackend, type Attribute } from './kernels.ts';
import type { BFloat16Support } from './processor.ts';
import { attributeOf, shapesOf, type RecordedOp, type Recording } from './record.ts';
import { isWhole } from './vectors.ts';

/** What convolutions multiply: float32, or bfloat16 as far as the processor supports it. */
export type Multiplied = 'f32' | BFloat16Support;

/** Whether this project's kernels are in use: others of them may be put in then. */
export const hasOwn = ({ ops }: Recording): boolean => ops.some(({ op }) => op.startsWith('Ial'));

/**
 * The recording with this project's convolutions wherever they fit, if its kernels are in use.
 * @param shapes of what the recording starts from
 */
export function withWindows(recording: Recording, shapes: ReadonlyMap<number, readonly number[]>, multiplied: Multiplied): Recording {
  if (!hasOwn(recording) || multiplied === 'none') return recording;
  const known = new Known(recording, shapes);
  return { ...recording, ops: recording.ops.map((op) => (op.op === 'Slice' ? croppedGradient(op, known) : own(op, known)) ?? op) };
}

/** What a recording says of its tensors. */
class Known {
  private readonly shapes: Map<number, readonly number[]>;
  private readonly makers: Map<number, RecordedOp>;
  private readonly constants: Recording['constants'];

  constructor(recording: Recording, start: ReadonlyMap<number, readonly number[]>) {
    this.shapes = shapesOf(recording, start);
    this.makers = new Map(recording.ops.flatMap((op) => op.outputs.map((id) => [id, op])));
    this.constants = recording.constants;
  }

  shape(id: number): readonly number[] | undefined { return this.shapes.get(id); }

  maker(id: number, name: string): RecordedOp | undefined {
    const maker = this.makers.get(id);
    return maker?.op === name ? maker : undefined;
  }

  /** What was padded to give this input of a convolution, if by so much: conv2d pads by half of the filter (native.ts). */
  unpadded(id: number, margin: number): number | undefined {
    const source = this.maker(id, 'PadV2')?.inputs[0];
    if (source === undefined) return undefined;
    const [from, to] = [this.shapes.get(source)!, this.shapes.get(id)!];
    return [1, 2].every((axis) => to[axis] === from[axis]! + 2 * margin) ? source : undefined;
  }

  /** Whether the operation takes margins off maps, as the gradient of padding does. */
  isCropping(slice: RecordedOp, margin: number): boolean {
    const begin = this.constants.get(slice.inputs[1]!)?.values, from = this.shapes.get(slice.inputs[0]!)!;
    return begin !== undefined && [0, margin, margin, 0].every((first, axis) => begin[axis] === first && slice.shapes[0]![axis] === from[axis]! - 2 * first);
  }
}

/** Of a convolution of this project's. */
interface Fit { readonly size: number; readonly stride: number; readonly isSame: boolean; readonly hasWholeInputs: boolean }

const CONVOLUTIONS: ReadonlySet<string> = new Set(['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput']);

/** @returns undefined where TensorFlow's stays, and for what is no convolution */
function fitOf(op: RecordedOp, known: Known): Fit | undefined {
  if (!CONVOLUTIONS.has(op.op)) return undefined;
  const filter = op.op === 'Conv2DBackpropFilter' ? op.shapes[0]! : known.shape(op.inputs[1]!);
  if (filter === undefined || filter[0] !== filter[1] || !isWhole(filter[3]!)) return undefined;
  const isSame = attributeOf(op, 'padding') === 'SAME'; // of stride 1 only: conv2d pads by itself before any other
  return { size: filter[0]!, stride: (attributeOf(op, 'strides') as readonly number[])[1]!, isSame, hasWholeInputs: isWhole(filter[2]!) };
}

const half = ({ size }: Fit): number => (size - 1) / 2;

const attributesOf = ({ size, stride }: Fit, margin: number): Attribute[] => [float(), int('size', size), int('stride', stride), int('margin', margin)];

/** @returns undefined where TensorFlow's stays */
function own(op: RecordedOp, known: Known): RecordedOp | undefined {
  const fit = fitOf(op, known), [a, b, c] = op.inputs as [number, number, number];
  if (!fit) return undefined;
  if (op.op === 'Conv2DBackpropInput') return inputGradient(op, fit, op);
  if (op.op === 'Conv2DBackpropFilter') return { ...op, op: 'IalFilterGrad', ...looking(a, fit, known, c), types: [nativeBackend().binding.TF_FLOAT] };
  return fit.hasWholeInputs ? { ...op, op: 'IalConv', ...looking(a, fit, known, b) } : undefined;
}

/** Inputs and attributes of an operation that looks at x, without the margins that it was padded by; padded images are there anyway, for the convolution. */
function looking(x: number, fit: Fit, known: Known, other: number): Pick<RecordedOp, 'inputs' | 'attributes'> {
  const source = fit.isSame || !fit.hasWholeInputs ? undefined : known.unpadded(x, half(fit));
  return { inputs: [source ?? x, other], attributes: attributesOf(fit, fit.isSame || source !== undefined ? half(fit) : 0) };
}

/** In place of `made`: the gradient itself, or what takes the margins off it. */
function inputGradient(gradient: RecordedOp, fit: Fit, made: RecordedOp): RecordedOp | undefined {
  const [, filter, dy] = gradient.inputs as [number, number, number], [, height, width] = made.shapes[0]!;
  if (!fit.hasWholeInputs) return undefined;
  return { ...made, op: 'IalConvInputGrad', inputs: [dy, filter], attributes: [...attributesOf(fit, fit.isSame || made !== gradient ? half(fit) : 0), int('height', height!), int('width', width!)] };
}

/** The gradient of maps that were padded for a convolution; the one with margins stays for whoever else asks for it: TensorFlow runs nothing that nobody does. */
function croppedGradient(slice: RecordedOp, known: Known): RecordedOp | undefined {
  const gradient = known.maker(slice.inputs[0]!, 'Conv2DBackpropInput'), fit = gradient && fitOf(gradient, known);
  return fit && !fit.isSame && known.isCropping(slice, half(fit)) ? inputGradient(gradient, fit, slice) : undefined;
}
