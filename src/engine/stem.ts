// The first layers of a network that no longer trains: a convolution of the images, one of 3x3, a max pool, each of which goes
// over all images, and their maps between are the largest there are. This rewrites a recording to one operation that goes from
// image to image (cpu/stem.h). It computes the same numbers.
import { usesOf, type RecordedOp, type Recording } from './record.ts';

/** The recording with the three in one, where nobody else reads what is between. @param outputs what the recorded function returns */
export function withStem(recording: Recording, outputs: readonly number[]): Recording {
  const uses = usesOf(recording, outputs);
  const makers = new Map(recording.ops.flatMap((op) => op.outputs.map((id) => [id, op])));
  const maker = (id: number, name: string): RecordedOp | undefined => {
    const found = makers.get(id);
    return found?.op === name && uses.get(id) === 1 && hasRelu(found) ? found : undefined;
  };
  return { ...recording, ops: recording.ops.map((op) => {
    const deep = op.op === 'IalMaxPool' ? maker(op.inputs[0]!, 'IalConv3x3Prepared') : undefined;
    const wide = deep && maker(deep.inputs[0]!, 'IalImageConvPrepared');
    return wide ? { ...op, op: 'IalStem', inputs: [...wide.inputs, ...deep.inputs.slice(1)], attributes: wide.attributes.filter(({ name }) => name !== 'relu') } : op;
  }) }; // the two stay without a reader; TensorFlow runs nothing that nobody reads
}

const hasRelu = ({ attributes }: RecordedOp): boolean => attributes.some(({ name, value }) => name === 'relu' && value === true);
