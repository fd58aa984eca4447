// Which clips a benchmark consists of, and which of them each fold trains and tests on. No drawing, no disk.

import { UserError } from '../../errors.ts';
import { EXPRESSIONS } from '../../labels.ts';
import { random } from '../../random.ts';
import type { LayoutName } from '../clip.ts';
import { DESIGN, GENERATOR_VERSION } from './design.ts';
import { describeClip, type ClipDescription, type FrameRange } from './describe.ts';

/** Everything that decides the benchmark's bytes; written to synthetic.json and compared with it. */
export interface SyntheticParameters {
  readonly generatorVersion: number;
  readonly layout: LayoutName;
  readonly seed: number;
  readonly trainClips: number;
  readonly testClips: number;
  /** Side of a frame, pixels. */
  readonly size: number;
  readonly frames: FrameRange;
  /** Equal class counts; otherwise the shares of DFEW or FERV39k. */
  readonly balanced: boolean;
  /** The label is the rendered expression, or what the raters say (then clips without majority are in no list). */
  readonly labels: 'generator' | 'raters';
}

export interface PlannedClip {
  /** Names the clip in describeClip. */
  readonly number: number;
  /** Position in the data set, from 1: the numbers are shuffled, as real lists are. */
  readonly order: number;
  readonly label: number;
  readonly identity: number;
}

export interface Fold { readonly train: readonly PlannedClip[]; readonly test: readonly PlannedClip[] }

export const FOLDS = 5;

/** Clips of each class in the two real sets (single-labelled and used): the shares of an imbalanced benchmark. */
const CLASS_COUNTS: Readonly<Record<LayoutName, readonly number[]>> = {
  dfew: [2445, 1894, 2669, 2173, 1469, 145, 902],
  ferv39k: [7327, 6916, 9748, 7393, 3140, 2300, 2111],
};

/** DFEW's own clips are longer (median 70 frames), which would only cost time; FERV39k's are as they are. */
const FRAMES: Readonly<Record<LayoutName, FrameRange>> = { dfew: [16, 60], ferv39k: [8, 47] };

export interface BenchmarkOptions {
  readonly layout: LayoutName;
  /** Default 1,400 and 1,008: then a test UAR has a standard error of 1.6 points. Rounded up to whole people of four clips. */
  readonly trainClips?: number;
  readonly testClips?: number;
  /** Instead of the two: all clips, of which each fold tests on a fifth, as in DFEW. */
  readonly clips?: number;
  readonly seed: number;
  readonly size: number;
  readonly frames?: FrameRange;
  readonly balanced?: boolean;
  readonly labels?: 'generator' | 'raters';
}

/** @throws UserError for impossible sizes. */
export function resolveParameters(options: BenchmarkOptions): SyntheticParameters {
  const { layout, seed, size, clips, balanced = true, labels = 'generator', frames = FRAMES[layout] } = options;
  const people = DESIGN.clipsPerIdentity;
  const whole = (n: number): number => Math.ceil(n / people) * people;
  const testClips = clips === undefined ? whole(options.testClips ?? 1008) : Math.round(clips / FOLDS);
  const trainClips = clips === undefined ? whole(options.trainClips ?? 1400) : clips - testClips;
  checkWhole('clips', trainClips + testClips, 2 * FOLDS * people, 1e6);
  checkWhole('trainClips', trainClips, people, 1e6);
  checkWhole('testClips', testClips, 1, 1e6);
  checkWhole('size', size, 16, 2048);
  checkWhole('seed', seed, 0, Number.MAX_SAFE_INTEGER);
  checkWhole('frames (shortest)', frames[0], 2, 1000);
  checkWhole('frames (longest)', frames[1], frames[0], 1000);
  return { generatorVersion: GENERATOR_VERSION, layout, seed, trainClips, testClips, size, frames: [frames[0], frames[1]], balanced, labels };
}

function checkWhole(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) throw new UserError(`synthetic benchmark: ${name} must be a whole number from ${low} to ${high}, got ${value}`);
}

/** All clips in the order of their numbers. */
export function planClips(parameters: SyntheticParameters): PlannedClip[] {
  const total = parameters.trainClips + parameters.testClips;
  const weights = parameters.balanced ? EXPRESSIONS.map(() => 1) : CLASS_COUNTS[parameters.layout];
  const orders = random(parameters.seed, 'order').shuffle(Array.from({ length: total }, (_, i) => i + 1));
  return classSequence(weights, total).map((label, number) => ({ number, label, order: orders[number]!, identity: Math.floor(number / DESIGN.clipsPerIdentity) }));
}

/** Labels such that every stretch of the sequence has nearly the wanted shares (whole numbers, so that ties are exact). */
function classSequence(weights: readonly number[], length: number): number[] {
  const total = weights.reduce((sum, w) => sum + w, 0);
  const counts = weights.map(() => 0);
  return Array.from({ length }, (_, n) => {
    const lack = weights.map((w, label) => w * (n + 1) - counts[label]! * total);
    const label = lack.indexOf(Math.max(...lack));
    counts[label]!++;
    return label;
  });
}

/**
 * Five folds. Each tests on a window of consecutive people, so no person is on both sides; because of the class sequence every window is
 * stratified. The windows are disjoint and cover everything when the test share is a fifth (`clips`), as in DFEW; a larger share makes
 * neighbouring windows overlap, so that 2,408 clips give five folds with 1,008 test clips each.
 */
export function planFolds(parameters: SyntheticParameters, clips: readonly PlannedClip[]): Fold[] {
  const people = Math.ceil(clips.length / DESIGN.clipsPerIdentity);
  const share = parameters.testClips / clips.length;
  return Array.from({ length: FOLDS }, (_, k) => {
    const start = Math.round(people * k / FOLDS);
    const length = Math.round(people * (k / FOLDS + share)) - start;
    const isTest = ({ identity }: PlannedClip): boolean => (identity - start + people) % people < length;
    return { train: clips.filter((clip) => !isTest(clip)), test: clips.filter(isTest) };
  });
}

export const describePlanned = ({ seed, frames }: SyntheticParameters, { number, label }: PlannedClip): ClipDescription => describeClip(seed, number, { label, frames });
