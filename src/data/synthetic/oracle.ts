// What a perfect observer could know: a small classifier on the true action units, without rendering. It gates the design in seconds:
// ordered > order-blind > middle frame (else motion or its order carries nothing), and recall rises with the peak intensity (else the
// benchmark is no instrument for intensity).
//
// Network: one hidden layer of 48 ReLU units on plain arrays, so that it needs no engine. Seed 1: ordered 92.6, blind 63.3, middle 49.2 UAR
// (transition clips: 97 ordered, 45 blind).

import { EXPRESSIONS } from '../../labels.ts';
import { random, type Random } from '../../random.ts';
import { ACTION_UNITS, type Activation } from './actionUnits.ts';
import { DESIGN, type Design } from './design.ts';
import { describeClip, type ClipDescription } from './describe.ts';

/** ordered: means of the clip's three thirds; blind: low, mean and high value of each unit, whenever; middle: one frame. */
export const ORACLE_VIEWS = ['ordered', 'blind', 'middle'] as const;
export type OracleView = (typeof ORACLE_VIEWS)[number];

export interface OracleResult {
  readonly view: OracleView;
  /** Unweighted average recall, percent. */
  readonly uar: number;
  /** Recall in percent by peak intensity (neutral left out), in the bins of PEAK_BINS. */
  readonly recallByPeak: readonly number[];
  /** Recall in percent on transition clips and on the rest. */
  readonly onTransitions: number;
  readonly onOthers: number;
}

/** Borders of peak intensity. */
export const PEAK_BINS = [0.12, 0.28, 0.42, 0.56, 0.7, 1] as const;

export interface OracleOptions { readonly seed: number; readonly train?: number; readonly test?: number; readonly design?: Design; readonly steps?: number }

/** Trains on some clips' action units and tests on those of other people. */
export function runOracle(view: OracleView, { seed, train = 2100, test = 1050, design = DESIGN, steps = 220 }: OracleOptions): OracleResult {
  const clips = Array.from({ length: train + test }, (_, n) => describeClip(seed, n, { design }));
  const rows = standardise(clips.map((clip) => VIEWS[view](clip.activation)), train);
  const network = fit(random(seed, 'oracle', view), rows.slice(0, train), clips.slice(0, train).map((clip) => clip.label), steps);
  const tested = clips.slice(train).map((clip, i) => ({ clip, isRight: argmax(forward(network, rows[train + i]!).logits) === clip.label }));
  return { view, ...score(tested) };
}

function score(tested: readonly { readonly clip: ClipDescription; readonly isRight: boolean }[]): Omit<OracleResult, 'view'> {
  const recall = (isIn: (clip: ClipDescription) => boolean): number => {
    const group = tested.filter(({ clip }) => isIn(clip));
    return 100 * group.filter(({ isRight }) => isRight).length / group.length;
  };
  return {
    uar: EXPRESSIONS.reduce((sum, _, label) => sum + recall((clip) => clip.label === label), 0) / EXPRESSIONS.length,
    recallByPeak: PEAK_BINS.slice(0, -1).map((low, i) => recall(({ peak }) => peak >= low && (peak < PEAK_BINS[i + 1]! || (peak === 1 && i === PEAK_BINS.length - 2)))),
    onTransitions: recall((clip) => clip.first !== undefined),
    onOthers: recall((clip) => clip.first === undefined),
  };
}

const VIEWS: Readonly<Record<OracleView, (activation: readonly Activation[]) => number[]>> = {
  ordered: (frames) => [0, 1, 2].flatMap((k) => {
    const third = frames.slice(Math.floor(k * frames.length / 3), Math.floor((k + 1) * frames.length / 3));
    return ACTION_UNITS.map((unit) => third.reduce((sum, state) => sum + state[unit], 0) / third.length);
  }),
  blind: (frames) => ACTION_UNITS.flatMap((unit) => {
    const values = frames.map((state) => state[unit]).sort((a, b) => a - b);
    return [values[Math.floor(0.1 * values.length)]!, values.reduce((sum, x) => sum + x, 0) / values.length, values[Math.floor(0.9 * values.length)]!];
  }),
  middle: (frames) => ACTION_UNITS.map((unit) => frames[Math.floor(frames.length / 2)]![unit]),
};

/** Zero mean and unit variance over the first `count` rows. */
function standardise(rows: readonly number[][], count: number): Float64Array[] {
  const width = rows[0]!.length;
  const fitted = rows.slice(0, count);
  const mean = Float64Array.from({ length: width }, (_, j) => fitted.reduce((sum, row) => sum + row[j]!, 0) / count);
  const deviation = mean.map((m, j) => Math.sqrt(fitted.reduce((sum, row) => sum + (row[j]! - m) * (row[j]! - m), 0) / count) + 1e-6);
  return rows.map((row) => Float64Array.from(row, (x, j) => (x - mean[j]!) / deviation[j]!));
}

const HIDDEN = 48;
const CLASSES = EXPRESSIONS.length;
const argmax = (list: Float64Array): number => list.indexOf(Math.max(...list));

/** Weights in one array: inputs x hidden, hidden, hidden x classes, classes. */
interface Network { readonly inputs: number; readonly weights: Float64Array }

/** Offsets of the four parts. */
const parts = (inputs: number): readonly [number, number, number] => [inputs * HIDDEN, inputs * HIDDEN + HIDDEN, inputs * HIDDEN + HIDDEN + HIDDEN * CLASSES];

function forward({ inputs, weights }: Network, row: Float64Array): { hidden: Float64Array; logits: Float64Array } {
  const [bias, out, outBias] = parts(inputs);
  const hidden = weights.slice(bias, out);
  for (let i = 0; i < inputs; i++) for (let h = 0; h < HIDDEN; h++) hidden[h]! += row[i]! * weights[i * HIDDEN + h]!;
  const logits = weights.slice(outBias);
  for (let h = 0; h < HIDDEN; h++) {
    if (hidden[h]! < 0) hidden[h] = 0;
    else for (let c = 0; c < CLASSES; c++) logits[c]! += hidden[h]! * weights[out + h * CLASSES + c]!;
  }
  return { hidden, logits };
}

/** Cross-entropy with weight decay, mini-batches of 128, Adam with a falling rate. */
function fit(r: Random, rows: readonly Float64Array[], labels: readonly number[], steps: number): Network {
  const inputs = rows[0]!.length;
  const [bias, out, outBias] = parts(inputs);
  const weights = Float64Array.from({ length: outBias + CLASSES }, (_, i) => (i < bias ? r.normal(0, 1 / Math.sqrt(inputs)) : i >= out && i < outBias ? r.normal(0, 0.1) : 0));
  const network = { inputs, weights };
  const [first, second] = [new Float64Array(weights.length), new Float64Array(weights.length)];
  let [decay1, decay2] = [1, 1];
  for (let step = 0; step < steps; step++) {
    const gradient = weights.map((w) => 2e-3 * w);
    for (let k = 0; k < 128; k++) {
      const n = r.integer(rows.length);
      addGradient(network, rows[n]!, labels[n]!, 1 / 128, gradient);
    }
    decay1 *= 0.9;
    decay2 *= 0.98;
    const rate = 0.02 * (1 - step / steps);
    for (let i = 0; i < weights.length; i++) {
      first[i] = 0.9 * first[i]! + 0.1 * gradient[i]!;
      second[i] = 0.98 * second[i]! + 0.02 * gradient[i]! * gradient[i]!;
      weights[i]! -= rate * (first[i]! / (1 - decay1)) / (Math.sqrt(second[i]! / (1 - decay2)) + 1e-8);
    }
  }
  return network;
}

function addGradient(network: Network, row: Float64Array, label: number, weight: number, gradient: Float64Array): void {
  const { inputs, weights } = network;
  const [bias, out, outBias] = parts(inputs);
  const { hidden, logits } = forward(network, row);
  const most = Math.max(...logits);
  const exponents = logits.map((z) => Math.exp(z - most));
  const total = exponents.reduce((a, b) => a + b, 0);
  const error = exponents.map((e, c) => weight * (e / total - (c === label ? 1 : 0)));
  for (let c = 0; c < CLASSES; c++) gradient[outBias + c]! += error[c]!;
  for (let h = 0; h < HIDDEN; h++) {
    if (hidden[h] === 0) continue;
    let back = 0;
    for (let c = 0; c < CLASSES; c++) {
      gradient[out + h * CLASSES + c]! += hidden[h]! * error[c]!;
      back += weights[out + h * CLASSES + c]! * error[c]!;
    }
    gradient[bias + h]! += back;
    for (let i = 0; i < inputs; i++) gradient[i * HIDDEN + h]! += row[i]! * back;
  }
}
