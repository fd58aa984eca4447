// Operations that read what the one before has just written, and that nobody else reads: in one, it never goes to memory. What
// they compute stays the same, but for a rounding to bfloat16 between them that no longer happens.
import { nativeBackend } from './kernels.ts';
import { BFLOAT16 } from './precision.ts';
import { attributeOf, retyped, shapesOf, usesOf, type RecordedOp, type Recording } from './record.ts';

/** What of a recording goes nowhere but to one operation, and who made it. */
class Chains {
  private readonly uses: ReadonlyMap<number, number>;
  private readonly makers: ReadonlyMap<number, RecordedOp>;
  private lowest: number;

  /** @param outputs ids of what leaves the recording */
  constructor(recording: Recording, outputs: readonly number[]) {
    this.uses = usesOf(recording, outputs);
    this.makers = new Map(recording.ops.flatMap((op) => op.outputs.map((id) => [id, op])));
    this.lowest = [...this.makers.keys()].reduce((a, b) => Math.min(a, b), 0);
  }

  /** An id that no tensor of the recording has. */
  fresh(): number { return --this.lowest; }

  /** The operation of this name that made a tensor which is read once. */
  maker(id: number | undefined, name: string, fits: (op: RecordedOp) => boolean = () => true): RecordedOp | undefined {
    const maker = id === undefined ? undefined : this.makers.get(id);
    return maker?.op === name && this.uses.get(id!) === 1 && fits(maker) ? maker : undefined;
  }
}

type Rewrite = (op: RecordedOp, chains: Chains) => RecordedOp | readonly RecordedOp[] | undefined;

/** What is no longer read stays in the recording; TensorFlow runs nothing that nobody reads. */
function rewrite(recording: Recording, outputs: readonly number[], rules: Readonly<Record<string, Rewrite>>): Recording {
  const chains = new Chains(recording, outputs);
  return { ...recording, ops: recording.ops.flatMap((op) => rules[op.op]?.(op, chains) ?? op) };
}

/** Attributes that operations in one share: their own, without those that the name now says. */
const without = ({ attributes }: RecordedOp, gone: string): RecordedOp['attributes'] => attributes.filter(({ name }) => name !== gone);

const hasRelu = (op: RecordedOp): boolean => attributeOf(op, 'relu') === true;

/** A convolution of the images, one of 3x3, a max pool: the maps between are the largest there are (cpu/stem.h). */
const stem: Rewrite = (pool, chains) => {
  const deep = chains.maker(pool.inputs[0], 'IalConv3x3Prepared', hasRelu), wide = chains.maker(deep?.inputs[0], 'IalImageConvPrepared', hasRelu);
  return deep && wide && { ...pool, op: 'IalStem', inputs: [...wide.inputs, ...deep.inputs.slice(1)], attributes: without(wide, 'relu') };
};

/** The end of a residual block: what is added to the shortcut, on either side, is written once, added. */
const added = (name: string, as: string): Rewrite => (sum, chains) => {
  const [a, b] = sum.inputs as [number, number];
  for (const [id, beside] of [[a, b], [b, a]] as const) {
    const maker = chains.maker(id, name, (op) => !hasRelu(op));
    if (maker) return { ...sum, op: as, inputs: [...maker.inputs, beside], attributes: without(maker, 'relu') };
  }
  return undefined;
};

const convolutionAdded = added('IalConv3x3Prepared', 'IalConv3x3Added'), rescaledAdded = added('IalRescale', 'IalRescaleAdded');

/** Of a network that no longer trains, and where sums may be `fused` also of one that does. @param outputs ids of what the recorded function returns */
export const withFusions = (recording: Recording, outputs: readonly number[], fused: boolean): Recording =>
  rewrite(recording, outputs, { IalMaxPool: stem, IalAddRelu: (op, chains) => convolutionAdded(op, chains) ?? (fused ? rescaledAdded(op, chains) : undefined) });

const isFrom = (type: number) => (cast: RecordedOp): boolean => attributeOf(cast, 'SrcT') === type;

/** Layer norm that gives bfloat16 to the product that follows. */
const rounded: Rewrite = (cast, chains) => {
  const flat = chains.maker(cast.inputs[0], 'Reshape'), norm = isFrom(nativeBackend().binding.TF_FLOAT)(cast) ? chains.maker(flat?.inputs[0], 'IalLayerNorm') : undefined;
  if (!flat || !norm) return undefined;
  const id = chains.fresh(), types = [BFLOAT16];
  return [
    { ...norm, op: 'IalLayerNormRounded', outputs: [id], attributes: without(norm, 'T'), types },
    { ...flat, inputs: [id, ...flat.inputs.slice(1)], outputs: cast.outputs, attributes: retyped(flat, BFLOAT16), types },
  ];
};

/** A product that adds to float32 by itself. */
const sum = (known: ReadonlyMap<number, readonly number[]>): Rewrite => (add, chains) => {
  const [a, b] = add.inputs as [number, number];
  for (const [id, beside] of [[a, b], [b, a]] as const) {
    const cast = chains.maker(id, 'Cast', isFrom(BFLOAT16)), dense = chains.maker(chains.maker(cast?.inputs[0], 'Reshape')?.inputs[0], 'IalDense');
    if (dense && String(known.get(beside)) === String(add.shapes[0])) return { ...add, op: 'IalDenseAdded', inputs: [...dense.inputs, beside], attributes: dense.attributes };
  }
  return undefined;
};

/**
 * Where a transformer's tokens go over from float32 to bfloat16 and back, in a recording whose products are lowered.
 * @param shapes of what the recording starts from
 */
export function withRoundings(recording: Recording, outputs: readonly number[], shapes: ReadonlyMap<number, readonly number[]>): Recording {
  const sums = sum(shapesOf(recording, shapes));
  return rewrite(recording, outputs, { Cast: rounded, AddV2: sums, Add: sums });
}
