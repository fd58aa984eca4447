// How far colours and places alone get: a linear classifier on the mean frame of each clip, shrunk to a few pixels. A benchmark on
// which this does well would reward networks that never look at a face in motion.
import { random } from '../random.ts';
import { argmax } from './metrics.ts';

export interface ProbeSet {
  /** [clips, width], row-major. */
  readonly values: Float32Array;
  readonly labels: readonly number[];
  /** Person in each clip: those that judge the strength of the penalty are not trained on. */
  readonly identities?: readonly string[];
}

export interface ProbeOptions {
  readonly seed: number;
  readonly classes: number;
  readonly steps?: number;
  /** Strengths of the squared-norm penalty that are tried. */
  readonly penalties?: readonly number[];
}

export interface ProbeResult {
  /** Predicted label of each test clip. */
  readonly predicted: readonly number[];
  /** The one that did best on a fifth of the training people. */
  readonly penalty: number;
}

interface Rows { readonly x: readonly Float64Array[]; readonly labels: readonly number[] }

/** Multinomial logistic regression; the penalty is chosen on a fifth of the training people. @throws RangeError for sets of unequal width. */
export function linearProbe(train: ProbeSet, test: ProbeSet, { seed, classes, steps = 200, penalties = [1e-4, 1e-3, 1e-2, 1e-1] }: ProbeOptions): ProbeResult {
  const width = train.values.length / train.labels.length;
  if (!Number.isInteger(width) || test.values.length !== width * test.labels.length) throw new RangeError('linearProbe: expected rows of equal width');
  const scale = scaler(train, width);
  const all = rowsOf(train, scale), held = rowsOf(test, scale);
  const isHeld = heldOut(train, seed);
  const [fit, check] = [false, true].map((wanted) => select(all, (i) => isHeld(i) === wanted)) as [Rows, Rows];
  const scored = penalties.map((penalty) => ({ penalty, right: hits(check, predict(check, descend(fit, classes, penalty, steps), classes)) }));
  const { penalty } = scored.reduce((best, next) => (next.right > best.right ? next : best));
  return { predicted: predict(held, descend(all, classes, penalty, steps), classes), penalty };
}

type Scale = (row: Float32Array) => Float64Array;

/** Zero mean and unit variance over the training clips, and a 1 for the bias. */
function scaler({ values, labels }: ProbeSet, width: number): Scale {
  const [mean, square] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < values.length; i++) {
    mean[i % width]! += values[i]! / labels.length;
    square[i % width]! += values[i]! * values[i]! / labels.length;
  }
  return (row) => Float64Array.from({ length: width + 1 }, (_, j) => (j === width ? 1 : (row[j]! - mean[j]!) / (Math.sqrt(Math.max(0, square[j]! - mean[j]! * mean[j]!)) + 1e-6)));
}

function rowsOf({ values, labels }: ProbeSet, scale: Scale): Rows {
  const width = values.length / labels.length;
  return { labels, x: labels.map((_, i) => scale(values.subarray(i * width, (i + 1) * width))) };
}

function heldOut({ labels, identities }: ProbeSet, seed: number): (clip: number) => boolean {
  const people = labels.map((_, i) => identities?.[i] ?? `clip ${i}`);
  const shuffled = random(seed, 'probe').shuffle([...new Set(people)]);
  const held = new Set(shuffled.slice(0, Math.ceil(shuffled.length / 5)));
  return (clip) => held.has(people[clip]!);
}

const select = ({ x, labels }: Rows, isIn: (clip: number) => boolean): Rows => ({ x: x.filter((_, i) => isIn(i)), labels: labels.filter((_, i) => isIn(i)) });

/** Full-batch gradient descent with momentum from zero: convex, so the start and the order do not matter. @returns [classes, width + 1] */
function descend({ x, labels }: Rows, classes: number, penalty: number, steps: number): Float64Array {
  const width = x[0]!.length;
  const weights = new Float64Array(classes * width), velocity = new Float64Array(classes * width), gradient = new Float64Array(classes * width);
  // of the loss's curvature, at most half the mean squared norm of a row
  const rate = 1.5 / (x.reduce((sum, row) => sum + dot(row, row, 0), 0) / x.length / 2 + penalty);
  for (let step = 0; step < steps; step++) {
    for (let j = 0; j < weights.length; j++) gradient[j] = penalty * weights[j]!;
    x.forEach((row, i) => addGradient(weights, row, labels[i]!, classes, 1 / x.length, gradient));
    for (let j = 0; j < weights.length; j++) weights[j]! += velocity[j] = 0.9 * velocity[j]! - rate * gradient[j]!;
  }
  return weights;
}

function addGradient(weights: Float64Array, row: Float64Array, label: number, classes: number, share: number, gradient: Float64Array): void {
  const logits = Array.from({ length: classes }, (_, c) => dot(row, weights, c * row.length));
  const most = Math.max(...logits);
  const exponents = logits.map((z) => Math.exp(z - most));
  const total = exponents.reduce((a, b) => a + b, 0);
  for (let c = 0; c < classes; c++) {
    const error = share * (exponents[c]! / total - (c === label ? 1 : 0));
    for (let j = 0, at = c * row.length; j < row.length; j++, at++) gradient[at]! += error * row[j]!;
  }
}

function dot(row: Float64Array, weights: Float64Array, from: number): number {
  let sum = 0;
  for (let j = 0; j < row.length; j++) sum += row[j]! * weights[from + j]!;
  return sum;
}

function predict({ x }: Rows, weights: Float64Array, classes: number): number[] {
  return x.map((row) => {
    return argmax(Array.from({ length: classes }, (_, c) => dot(row, weights, c * row.length)));
  });
}

const hits = ({ labels }: Rows, predicted: readonly number[]): number => labels.filter((label, i) => label === predicted[i]).length;
