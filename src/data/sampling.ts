// Dynamic sampling: U segments of a clip, V consecutive frames of each (paper, "dynamic sampling"; U = 16, V = 1 for DFEW).
// `trainIndices` and `testIndices` are our corrected rule; `authors...` are the authors' code with its defects:
//
//                              authors (dataset_DFEW.py)                     here
//   clips of n < 16 frames     dropped, from the test list too               every frame shown, neighbours repeated evenly
//   n = 16, test               frame 0 sixteen times                         each frame once
//   last n % 16 frames, train  never drawn (segments of floor(n / 16))       segments end at floor((i + 1) n / U): all drawn
//   n > 16, test               middle of each segment                        the same indices
//
// DFEW (11,697 clips): 14 clips have 11-15 frames; FERV39k: 4,070 of 38,935 have fewer than 16 (field's lists, counted).
import type { SamplingRule } from '../config.ts';
import type { Random } from '../random.ts';

export interface Sampling {
  /** U */
  readonly numSegments: number;
  /** V */
  readonly framesPerSegment: number;
}

type DrawsIntegers = Pick<Random, 'integer'>;

/** `framesPerSegment` consecutive frames from each start; the last frame repeats where the clip ends. */
function consecutive(starts: readonly number[], framesPerSegment: number, numFrames: number): number[] {
  return starts.flatMap((start) => Array.from({ length: framesPerSegment }, (_, v) => Math.min(start + v, numFrames - 1)));
}

const segments = <T>(numSegments: number, of: (segment: number) => T): T[] => Array.from({ length: numSegments }, (_, i) => of(i));

/**
 * One random place in each segment [floor(i n / U), floor((i + 1) n / U)): every frame of a clip can be drawn.
 * A clip shorter than U shows all its frames, in order, neighbours repeated evenly.
 * @returns U * V indices into the clip's frames, never falling from one segment to the next.
 */
export function trainIndices(numFrames: number, { numSegments, framesPerSegment }: Sampling, random: DrawsIntegers): number[] {
  const starts = segments(numSegments, (i) => {
    const from = Math.floor((i * numFrames) / numSegments);
    const to = Math.floor(((i + 1) * numFrames) / numSegments);
    // V frames fit into the segment from `to - from - V + 1` places; a segment shorter than V starts at its first frame
    const start = from + random.integer(Math.max(1, to - from - framesPerSegment + 1));
    return Math.max(0, Math.min(start, numFrames - framesPerSegment));
  });
  return consecutive(starts, framesPerSegment, numFrames);
}

/** The middle of each segment: the authors' rule without its exception for short clips. @returns U * V indices, never falling. */
export function testIndices(numFrames: number, { numSegments, framesPerSegment }: Sampling): number[] {
  const places = Math.max(1, numFrames - framesPerSegment + 1);
  return consecutive(segments(numSegments, (i) => Math.floor(((2 * i + 1) * places) / (2 * numSegments))), framesPerSegment, numFrames);
}

/** The authors' training indices (dataset_DFEW.py, _get_train_indices), with segments of floor((n - V + 1) / U) frames. */
export function authorsTrainIndices(numFrames: number, { numSegments, framesPerSegment }: Sampling, random: DrawsIntegers): number[] {
  const places = numFrames - framesPerSegment + 1;
  const average = Math.floor(places / numSegments);
  const starts =
    average > 0 ? segments(numSegments, (i) => i * average + random.integer(average))
    : numFrames > numSegments ? segments(numSegments, () => random.integer(places)).sort((a, b) => a - b)
    : segments(numSegments, () => 0);
  return consecutive(starts, framesPerSegment, numFrames);
}

/** The authors' test indices (dataset_DFEW.py, _get_test_indices): a clip of at most U + V - 1 frames is frame 0, U times. */
export function authorsTestIndices(numFrames: number, { numSegments, framesPerSegment }: Sampling): number[] {
  const tick = (numFrames - framesPerSegment + 1) / numSegments;
  const isLong = numFrames > numSegments + framesPerSegment - 1;
  return consecutive(segments(numSegments, (i) => (isLong ? Math.trunc(tick / 2 + tick * i) : 0)), framesPerSegment, numFrames);
}

/** The authors drop clips of fewer than 16 frames from both lists (dataset_DFEW.py, _parse_list), whatever U and V. */
export const authorsKeep = (numFrames: number): boolean => numFrames >= 16;

/** The clips that a rule shows at all: the authors' leaves out short ones, in training and test. */
export const keptClips = <T extends { readonly frames: readonly string[] }>(clips: readonly T[], rule: SamplingRule): readonly T[] =>
  (rule === 'authors' ? clips.filter(({ frames }) => authorsKeep(frames.length)) : clips);

/** The middle frame in each of the U * V places. */
export const middleIndices = (numFrames: number, { numSegments, framesPerSegment }: Sampling): number[] =>
  Array.from({ length: numSegments * framesPerSegment }, () => Math.floor(numFrames / 2));
