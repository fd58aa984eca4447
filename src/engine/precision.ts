// Rewrites a recorded function so that the large maps between its layers are kept in bfloat16, and the products on them
// done in it. Weights, statistics, softmax, losses and the optimiser stay in float32: only the operations named here are
// touched, and what any other operation reads is cast back.
import { withDirectConvolutions } from './direct.ts';
import { nativeBackend, type Attribute, type Binding } from './kernels.ts';
import { bfloat16Support, type BFloat16Support } from './processor.ts';
import type { RecordedOp, Recording } from './record.ts';

/** TensorFlow's number for the type; tfjs-node's binding has no name for it. */
const BFLOAT16 = 14;

/** Which inputs and outputs of an operation are of its type "T"; the others are float32 or integers whatever T is. */
interface Slots { readonly inputs: readonly number[]; readonly outputs: readonly number[] }

const slots = (inputs: readonly number[], outputs: readonly number[] = [0]): Slots => ({ inputs, outputs });

/** Always in bfloat16: where the time goes. */
const PRODUCTS: Readonly<Record<string, Slots>> = {
  Conv2D: slots([0, 1]), Conv2DBackpropInput: slots([1, 2]), Conv2DBackpropFilter: slots([0, 2]), MatMul: slots([0, 1]),
  IalConv3x3: slots([0]), IalConv3x3InputGrad: slots([0]), IalConv3x3FilterGrad: slots([0, 1], []),
};

/** In bfloat16 where all that they read of type T is: as exact in it as their input was. */
const FOLLOWERS: Readonly<Record<string, Slots>> = {
  IalBatchNorm: slots([0]), IalBatchNormWith: slots([0]), IalBatchNormGrad: slots([0, 1]),
  IalMaxPool: slots([0]), IalMaxPoolGrad: slots([0, 1]),
  IalGlobalConv: slots([0], []), IalGlobalConvGrad: slots([1]), IalRescale: slots([0]), IalRescaleGrad: slots([0, 1]), IalAddRelu: slots([0, 1]),
  Relu: slots([0]), ReluGrad: slots([0, 1]), Add: slots([0, 1]), AddV2: slots([0, 1]), Sub: slots([0, 1]),
  Reshape: slots([0]), Slice: slots([0]), Transpose: slots([0]), PadV2: slots([0]), Neg: slots([0]), Identity: slots([0]),
};

/** A product with a shorter side gains nothing: the network's head and GCA's bottleneck stay exact. */
const SHORTEST_SIDE = 64;

/** Rows, columns and depth are known only from the operands' sizes: product of M x K and K x N with M x N out. */
function shortestSide({ inputs, shapes }: RecordedOp, sizes: ReadonlyMap<number, number>): number {
  const [a = 0, b = 0] = inputs.map((id) => sizes.get(id) ?? 0);
  const [rows = 1, columns = 1] = shapes[0]!;
  return Math.min(rows, columns, a / rows, b / columns);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

export interface Lowered {
  readonly recording: Recording;
  /** A tensor of the recording as float32, by its id there. */
  exact(id: number): number;
}

/** @param sizes of tensors that the recording starts from: inputs, variables */
export function lower(recording: Recording, sizes: ReadonlyMap<number, number>, support: BFloat16Support = bfloat16Support()): Lowered {
  return new Lowering(support === 'tiles' ? withDirectConvolutions(recording) : recording, sizes).run();
}

class Lowering {
  private readonly recording: Recording;
  private readonly sizes: Map<number, number>;
  private readonly binding: Binding;
  private readonly ops: RecordedOp[] = [];
  /** Tensors whose operation now gives bfloat16. */
  private readonly low = new Set<number>();
  /** Casts there are already, by what they cast. */
  private readonly toLow = new Map<number, number>();
  private readonly toExact = new Map<number, number>();
  private lastId = 0;

  constructor(recording: Recording, sizes: ReadonlyMap<number, number>) {
    this.recording = recording;
    this.sizes = new Map([...sizes, ...[...recording.constants].map(([id, { shape }]) => [id, sizeOf(shape)] as const)]);
    this.binding = nativeBackend().binding;
  }

  run(): Lowered {
    for (const op of this.recording.ops) {
      this.add(op);
      op.outputs.forEach((id, i) => this.sizes.set(id, sizeOf(op.shapes[i]!)));
    }
    return { recording: { ...this.recording, ops: this.ops }, exact: (id) => this.low.has(id) ? this.exact(id) : id };
  }

  private add(op: RecordedOp): void {
    const slots = this.isProduct(op) ? PRODUCTS[op.op] : this.follows(op) ? FOLLOWERS[op.op] : undefined;
    if (!slots) {
      this.ops.push({ ...op, inputs: op.inputs.map((id) => this.low.has(id) ? this.exact(id) : id) });
      return;
    }
    const inputs = op.inputs.map((id, i) => slots.inputs.includes(i) ? this.lowered(id) : this.low.has(id) ? this.exact(id) : id);
    this.ops.push({ ...op, inputs: op.op === 'PadV2' ? [inputs[0]!, inputs[1]!, this.lowered(inputs[2]!)] : inputs, attributes: op.attributes.map((attribute) => this.typed(attribute)) });
    for (const i of slots.outputs) this.low.add(op.outputs[i]!);
  }

  private isProduct(op: RecordedOp): boolean {
    return op.op in PRODUCTS && (op.op !== 'MatMul' || shortestSide(op, this.sizes) >= SHORTEST_SIDE);
  }

  private follows(op: RecordedOp): boolean {
    const slots = FOLLOWERS[op.op];
    return slots !== undefined && slots.inputs.every((i) => this.low.has(op.inputs[i]!));
  }

  private typed(attribute: Attribute): Attribute {
    return attribute.name === 'T' ? { ...attribute, value: BFLOAT16 } : attribute;
  }

  private lowered(id: number): number {
    if (this.low.has(id)) return id;
    return this.cast(id, this.binding.TF_FLOAT, BFLOAT16, this.toLow);
  }

  private exact(id: number): number { return this.cast(id, BFLOAT16, this.binding.TF_FLOAT, this.toExact); }

  private cast(id: number, from: number, to: number, done: Map<number, number>): number {
    const known = done.get(id);
    if (known !== undefined) return known;
    const cast = --this.lastId; // the binding's own ids are positive
    const type = (name: string, value: number): Attribute => ({ name, type: this.binding.TF_ATTR_TYPE, value });
    const attributes = [type('SrcT', from), type('DstT', to), { name: 'Truncate', type: this.binding.TF_ATTR_BOOL, value: false }];
    this.ops.push({ op: 'Cast', attributes, inputs: [id], outputs: [cast], shapes: [[]] });
    done.set(id, cast);
    return cast;
  }
}
