// One training step of a very small network, and how far two devices are apart on it. It is how a GPU is tested before
// it is used (src/engine/gpu.ts): libraries that do not fit each other or the driver often compute on, wrongly.
import * as tf from '@tensorflow/tfjs-core';
import { framesPerClip, preset, type ExperimentConfig } from '../config.ts';
import type { Batch } from '../data/clip.ts';
import type { Ops } from '../engine/ops.ts';
import { initialWeights } from '../model/weights.ts';
import { random } from '../random.ts';
import { createTrainer, type SavedTensors } from './trainer.ts';

/** Every part of the network, as small as batch norm allows: 32 values a channel on its smallest map. */
const CONFIG: ExperimentConfig = {
  ...preset('tiny'), width: [16, 16, 16], imageSize: 32, numSegments: 4, staticMlp: 16, temporalMlp: 16,
  optimizer: 'sgd', weightDecay: 0, learningRate: 0.1, batchSize: 2, seed: 1,
};

/** Numbers of one step by what they are: "losses", "gradient of NAME", "change of NAME". */
export type StepNumbers = ReadonlyMap<string, Float32Array>;

export interface Difference {
  /** The key that is furthest from what is allowed. */
  readonly what: string;
  readonly error: number;
  readonly allowed: number;
}

/**
 * Relative errors. Two right devices that sum in another order are 1e-6 apart in the losses; in a gradient, where an
 * activation within rounding of zero falls on another side, 1e-4 (test/train/selfTest.test.ts measures both). Wrong
 * kernels are wrong by 1.
 */
const ALLOWED = { losses: 1e-3, tensors: 0.02 } as const;

/** A tensor's error is in proportion to its own size, or to this share of its kind's largest: some gradients are nothing but rounding. */
const SMALLEST_SHARE = 1e-2;

/** Takes the step on the backend that is the current one. @param noise relative, on the images: what rounding can do to the step */
export async function selfTestStep(ops: Ops, noise = 0): Promise<StepNumbers> {
  const before = initialWeights(CONFIG);
  const trainer = createTrainer(ops, CONFIG, { weights: before });
  try {
    const { losses } = trainer.step(testBatch(noise), CONFIG.learningRate, 1);
    return new Map([['losses', Float32Array.from(Object.values(losses))], ...numbersOf(await trainer.save(), before)]);
  } finally {
    trainer.dispose();
  }
}

/** The same step by plain JavaScript, which shares no code with TensorFlow. Afterwards the backend is the one that it was. */
export async function referenceStep(portable: Ops): Promise<StepNumbers> {
  const before = tf.getBackend();
  await tf.setBackend('cpu');
  try {
    return await selfTestStep(portable);
  } finally {
    await tf.setBackend(before);
  }
}

/** After the first step without weight decay, the momentum is the gradient. */
function* numbersOf({ weights, optimizer }: SavedTensors, before: ReadonlyMap<string, Float32Array>): Iterable<[string, Float32Array]> {
  for (const [slot, { data }] of optimizer) yield [`gradient of ${slot.replace('momentum/', '')}`, data as Float32Array];
  for (const [name, { data }] of weights) {
    if (data instanceof Float32Array) yield [`change of ${name}`, data.map((value, i) => value - before.get(name)![i]!)];
  }
}

function testBatch(noise: number): Batch {
  const images = random('self-test', 'images'), rounding = random('self-test', 'rounding');
  const pixels = CONFIG.batchSize * framesPerClip(CONFIG) * CONFIG.imageSize ** 2;
  return {
    images: Float32Array.from({ length: 3 * pixels }, () => images.normal() * (1 + noise * rounding.normal())),
    labels: Int32Array.of(1, 4), ids: ['a', 'b'],
  };
}

/** The worst difference. Values that are not finite are infinitely wrong. */
export function compareSteps(actual: StepNumbers, expected: StepNumbers): Difference {
  let worst: Difference = { what: 'nothing', error: 0, allowed: ALLOWED.tensors };
  const largest = largestOfKinds(expected);
  for (const [what, values] of expected) {
    const scale = Math.max(norm(values), SMALLEST_SHARE * largest.get(kindOf(what))!);
    const error = distance(actual.get(what), values) / scale, allowed = what === 'losses' ? ALLOWED.losses : ALLOWED.tensors;
    if (!(error / allowed <= worst.error / worst.allowed)) worst = { what, error: Number.isNaN(error) ? Infinity : error, allowed };
    if (worst.error === Infinity) break;
  }
  return worst;
}

const kindOf = (what: string): string => what.split(' ')[0]!;

/** Root of the mean square, so that a kind's large and small tensors compare. */
const norm = (values: Float32Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, values.length));

function distance(actual: Float32Array | undefined, expected: Float32Array): number {
  if (actual?.length !== expected.length) return Infinity;
  return norm(expected.map((value, i) => value - actual[i]!));
}

function largestOfKinds(numbers: StepNumbers): Map<string, number> {
  const largest = new Map<string, number>();
  for (const [what, values] of numbers) largest.set(kindOf(what), Math.max(norm(values), largest.get(kindOf(what)) ?? 0));
  return largest;
}
