// Rewrites a recorded function so that the large maps between its layers are kept in bfloat16, and the products on them
// done in it. Weights, statistics, softmax, losses and the optimiser stay in float32: only the operations named here are
// touched, and what any other operation reads is cast back.
import { nativeBackend, type Attribute, type Binding } from './kernels.ts';
import { retyped, shapesOf, type RecordedOp, type Recording } from './record.ts';
import { isWhole } from './vectors.ts';
import { hasOwn } from './windows.ts';

/** TensorFlow's number for the type; tfjs-node's binding has no name for it. */
export const BFLOAT16 = 14;

/** Which inputs and outputs of an operation are of its type "T"; the others are float32 or integers whatever T is. */
interface Slots {
  /** The maps. */
  readonly inputs: readonly number[];
  /** Those of them whose type decides where an operation follows. */
  readonly deciding: readonly number[];
  readonly outputs: readonly number[];
  /** Small inputs of type T beside them. */
  readonly small: readonly number[];
}

const slots = (inputs: readonly number[], outputs: readonly number[] = [0], small: readonly number[] = []): Slots => ({ inputs, deciding: inputs, outputs, small });

/** Of a gradient: in bfloat16 where what it is the gradient of is, wherever dy comes from. */
const gradient = (dy: number, of: number): Slots => ({ ...slots([dy, of]), deciding: [of] });

/** Always in bfloat16: where the time goes. */
const PRODUCTS: Readonly<Record<string, Slots>> = {
  Conv2D: slots([0, 1]), Conv2DBackpropInput: slots([1, 2]), Conv2DBackpropFilter: slots([0, 2]), MatMul: slots([0, 1]),
  IalConv3x3: slots([0]), IalConv3x3InputGrad: slots([0]), IalConv3x3FilterGrad: slots([0, 1], []), IalFilters: slots([], []), IalConv3x3Prepared: slots([0]), IalConv3x3Added: slots([0, 3]),
  IalConv: slots([0]), IalConvInputGrad: slots([0]), IalFilterGrad: slots([0, 1], []), IalPanels: slots([], []), IalConvPrepared: slots([0]),
  IalImageConv: slots([]), IalImageFilters: slots([], []), IalImageConvPrepared: slots([]), IalStem: slots([]),
  IalDense: slots([0, 1]), IalProduct: slots([0, 1]), IalDenseInputGrad: slots([0]), IalDenseWeightGrad: slots([0, 1], []),
};

/** In bfloat16 where what decides is: as exact in it as their input was. */
const FOLLOWERS: Readonly<Record<string, Slots>> = {
  IalBatchNorm: slots([0]), IalBatchNormWith: slots([0]), IalBatchNormGrad: gradient(0, 1),
  IalMaxPool: slots([0]), IalMaxPoolGrad: gradient(1, 0),
  IalGlobalConv: slots([0], []), IalGlobalConvGrad: slots([1]), IalRescale: slots([0]), IalRescaleAdded: slots([0, 2]), IalRescaleGrad: gradient(0, 1), IalAddRelu: slots([0, 1]), IalSum: slots([0, 1]), IalReluGrad: gradient(0, 1),
  IalLayerNorm: slots([0]), IalLayerNormGrad: gradient(0, 1), IalGelu: slots([0]), IalGeluGrad: gradient(0, 1), IalAttention: slots([0]), IalAttentionGrad: gradient(0, 1),
  Relu: slots([0]), ReluGrad: gradient(0, 1), Add: slots([0, 1]), AddV2: slots([0, 1]), Sub: slots([0, 1]),
  Reshape: slots([0]), Slice: slots([0]), Transpose: slots([0]), PadV2: slots([0], [0], [2]), BiasAdd: slots([0], [0], [1]), Neg: slots([0]), Identity: slots([0]),
};

/** This project's in place of TensorFlow's, which add up bfloat16 number by number. */
const OWN: Readonly<Record<string, string>> = { Add: 'IalSum', AddV2: 'IalSum', ReluGrad: 'IalReluGrad' };

/** Products of rows with the weights of a layer. */
const DENSE = ['MatMul', 'IalDense', 'IalProduct'];

/** A product with a shorter side gains nothing: the network's head and GCA's bottleneck stay exact. */
export const SHORTEST_SIDE = 64;

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

export interface Lowered {
  readonly recording: Recording;
  /** A tensor of the recording as float32, by its id there. */
  exact(id: number): number;
}

/** What a recording starts from. */
export interface Start {
  /** Shapes of inputs and variables by their ids. */
  readonly shapes: ReadonlyMap<number, readonly number[]>;
  /** Variables that the function does not assign: their casts are made once, not for every call. */
  readonly still: ReadonlySet<number>;
}

export const lower = (recording: Recording, start: Start): Lowered => new Lowering(recording, start).run();

class Lowering {
  private readonly recording: Recording;
  private readonly shapes: ReadonlyMap<number, readonly number[]>;
  private readonly still: ReadonlySet<number>;
  private readonly binding: Binding;
  private readonly hasOwn: boolean;
  private readonly ops: RecordedOp[] = [];
  /** Tensors whose operation now gives bfloat16. */
  private readonly low = new Set<number>();
  /** Casts there are already, by what they cast. */
  private readonly toLow = new Map<number, number>();
  private readonly toExact = new Map<number, number>();
  private lastId = 0;

  constructor(recording: Recording, { shapes, still }: Start) {
    this.recording = recording;
    this.still = still;
    this.hasOwn = hasOwn(recording);
    this.shapes = shapesOf(recording, shapes);
    this.binding = nativeBackend().binding;
  }

  run(): Lowered {
    for (const op of this.recording.ops) this.add(op);
    return { recording: { ...this.recording, ops: this.ops }, exact: (id) => this.low.has(id) ? this.exact(id) : id };
  }

  private add(op: RecordedOp): void {
    const slots = this.isProduct(op) ? PRODUCTS[op.op] : this.follows(op) ? FOLLOWERS[op.op] : undefined;
    if (!slots) {
      this.ops.push({ ...op, inputs: op.inputs.map((id) => this.low.has(id) ? this.exact(id) : id) });
      return;
    }
    const inputs = op.inputs.map((id, i) => slots.inputs.includes(i) || slots.small.includes(i) ? this.lowered(id) : this.low.has(id) ? this.exact(id) : id);
    const types = op.types.map((type, i) => slots.outputs.includes(i) ? BFLOAT16 : type);
    this.ops.push({ ...op, op: this.ownNameOf(op), inputs, types, attributes: retyped(op, BFLOAT16) });
    for (const i of slots.outputs) this.low.add(op.outputs[i]!);
  }

  private isProduct(op: RecordedOp): boolean {
    return op.op in PRODUCTS && (!DENSE.includes(op.op) || this.isWorthwhile(op));
  }

  /** Rows, columns and depth follow from the sizes: a product of M x K and K x N is M x N. */
  private isWorthwhile({ inputs, shapes }: RecordedOp): boolean {
    const [a, b] = inputs.map((id) => sizeOf(this.shapes.get(id) ?? [])) as [number, number];
    const [rows = 1, columns = 1] = shapes[0]!;
    const isWeightStill = this.still.has(inputs[1]!); // reading half the bytes pays, however few rows there are
    return Math.min(columns, a / rows, b / columns) >= SHORTEST_SIDE && (isWeightStill || rows >= SHORTEST_SIDE);
  }

  private follows(op: RecordedOp): boolean {
    const slots = FOLLOWERS[op.op];
    return slots !== undefined && slots.deciding.every((i) => this.low.has(op.inputs[i]!));
  }

  /** Of an operation on bfloat16; what broadcasts stays with TensorFlow. */
  private ownNameOf({ op, inputs, shapes }: RecordedOp): string {
    const own = this.hasOwn && isWhole(sizeOf(shapes[0]!)) && inputs.every((id) => String(this.shapes.get(id)) === String(shapes[0]));
    return (own ? OWN[op] : undefined) ?? op;
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
    this.ops.push({ op: 'Cast', attributes, inputs: [id], outputs: [cast], shapes: [this.shapes.get(id) ?? []], types: [to] });
    done.set(id, cast);
    return cast;
  }
}
