// Which frames of a clip the network sees, under any sampling rule: a function of the clip and the options, in a browser too.
import type { SamplingRule } from '../config.ts';
import { random } from '../random.ts';
import type { Clip } from './clip.ts';
import { authorsTestIndices, authorsTrainIndices, middleIndices, testIndices, trainIndices, type Sampling } from './sampling.ts';

export interface FrameChoice extends Sampling {
  readonly mode: 'train' | 'test';
  readonly seed: number;
  readonly epoch: number;
  /** 'even' by default. */
  readonly sampling?: SamplingRule;
}

/** The frames of a clip that the network sees this epoch: U * V indices. */
export function frameIndices({ id, frames }: Pick<Clip, 'id' | 'frames'>, options: FrameChoice): number[] {
  const { mode, seed, epoch, sampling = 'even' } = options;
  const isAuthors = sampling === 'authors';
  if (sampling === 'middle') return middleIndices(frames.length, options);
  const indices = mode === 'test' ? (isAuthors ? authorsTestIndices : testIndices)(frames.length, options)
    : (isAuthors ? authorsTrainIndices : trainIndices)(frames.length, options, random(seed, 'frames', epoch, id));
  // a test must give the same numbers each time: its order depends on the clip alone
  return sampling === 'shuffled' ? random(seed, 'frame order', mode === 'test' ? 'test' : epoch, id).shuffle(indices) : indices;
}
