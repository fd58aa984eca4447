// The network against a parity file: what the authors' code computes in float64 from weights and images made by a
// formula. Compares logits, loss terms, every gradient, and parameters and batch-norm buffers after SGD steps.
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core';
import { framesPerClip, preset, type ExperimentConfig } from '../config.ts';
import { compile } from '../engine/compile.ts';
import type { Ops } from '../engine/ops.ts';
import { UserError } from '../errors.ts';
import { forward } from '../model/network.ts';
import { isBuffer, specification, type TensorSpec } from '../model/specification.ts';
import { createNetworkState, type NetworkState } from '../model/state.ts';
import { fromEngine, type Weights } from '../model/weights.ts';
import { computeGradients, stepVariables } from '../train/step.ts';
import { sgd } from '../train/optimizer.ts';
import { formulaImages, formulaTensor } from './parityFormula.ts';
import { Comparison, type ParityReport, type Summary } from './comparison.ts';

interface ParityStep {
  readonly loss: number;
  readonly crossEntropy: number;
  readonly auxLayer2: number;
  readonly intensityAware: number;
  readonly logits: number[][];
  readonly gradients?: Record<string, Summary>;
  readonly parametersAfter?: Record<string, Summary>;
  readonly buffersAfter?: Record<string, Summary>;
}

export interface ParityFile {
  readonly salt: string;
  readonly batch: number;
  readonly labels: number[];
  readonly lr: number;
  readonly momentum: number;
  readonly weightDecay: number;
  readonly lambda: number;
  readonly auxWeight: number;
  readonly eval: { readonly logits: number[][]; readonly auxLayer2?: number[][]; readonly auxLayer3?: number[][] };
  readonly trainForward: { readonly logits: number[][]; readonly features?: Summary };
  readonly steps: readonly ParityStep[];
  readonly evalAfter3?: { readonly logits: number[][] } | number[][];
}

/** @throws UserError when the file is no parity file. */
export async function readParityFile(path: string): Promise<ParityFile> {
  let file: ParityFile;
  try {
    file = JSON.parse(await readFile(path, 'utf8')) as ParityFile;
  } catch (error) {
    throw new UserError(`${path}: expected a parity file in JSON (${(error as Error).message})`);
  }
  for (const key of ['salt', 'batch', 'labels', 'lr', 'momentum', 'weightDecay', 'lambda', 'auxWeight', 'eval', 'trainForward', 'steps'] as const) {
    if (file[key] === undefined) throw new UserError(`${path}: expected a parity file, "${key}" is missing`);
  }
  if (file.labels.length !== file.batch) throw new UserError(`${path}: expected ${file.batch} labels, found ${file.labels.length}`);
  return file;
}

/** The authors' buffers are listed by their names, without the batch counters. */
const isStatistic = (spec: TensorSpec): boolean => spec.kind === 'runningMean' || spec.kind === 'runningVariance';

/** How the steps are computed: one TensorFlow call an operation, or the compiled step that training takes. */
export type ParityPath = 'eager' | 'compiled';
export const PARITY_PATHS: readonly ParityPath[] = ['eager', 'compiled'];

/** Runs everything that the file has results for. @param ops the operations to be tested */
export async function checkParity(ops: Ops, file: ParityFile, path: ParityPath = 'eager'): Promise<ParityReport> {
  const config: ExperimentConfig = {
    ...preset('paper'), optimizer: 'sgd', learningRate: file.lr, momentum: file.momentum, weightDecay: file.weightDecay,
    lambda: file.lambda, auxWeight: file.auxWeight, batchSize: file.batch,
  };
  const specs = specification(config);
  const weights: Weights = new Map(specs.map((spec) => [spec.name, formulaTensor(file.salt, spec)]));
  const state = createNetworkState(config, weights);
  const frames = framesPerClip(config), size = config.imageSize;
  const images = tf.tensor(formulaImages(file.salt, file.batch, frames, size), [file.batch, frames, size, size, 3]) as Tensor5D;
  const labels = tf.tensor1d(file.labels, 'int32');
  const comparison = new Comparison();
  try {
    await compareEval(comparison, ops, state, images, 'eval', file.eval, 'exact');
    await compareSteps(comparison, sgdSteps(ops, state, images, labels, file, path), state, file);
    if (file.evalAfter3) await compareEval(comparison, ops, state, images, 'evalAfter3', Array.isArray(file.evalAfter3) ? { logits: file.evalAfter3 } : file.evalAfter3, 'trained');
  } finally {
    state.dispose();
    tf.dispose([images, labels]);
  }
  return comparison.report();
}

/** Worst of several reports, each finding marked with its path. */
export function mergeReports(reports: Readonly<Record<string, ParityReport>>): ParityReport & { readonly paths: Readonly<Record<string, ParityReport>> } {
  const all = Object.entries(reports);
  const worst = Object.fromEntries(Object.keys(all[0]![1].worst).map((kind) => all
    .map(([path, report]) => { const found = report.worst[kind as keyof ParityReport['worst']]; return [kind, { ...found, at: `${path}: ${found.at}` }] as const; })
    .reduce((a, b) => b[1].error > a[1].error ? b : a))) as ParityReport['worst'];
  return {
    passed: all.every(([, report]) => report.passed), worst, compared: all.reduce((sum, [, report]) => sum + report.compared, 0),
    failures: all.flatMap(([path, report]) => report.failures.map((failure) => `${path}: ${failure}`)), paths: reports,
  };
}

/** Takes one SGD step on the file's batch and tells what it computed; the tensors are the caller's to dispose. */
interface Steps {
  take(): { readonly losses: Tensor1D; readonly logits: Tensor2D; readonly gradients: ReadonlyMap<string, Tensor> };
  dispose(): void;
}

function sgdSteps(ops: Ops, state: NetworkState, images: Tensor5D, labels: Tensor1D, file: ParityFile, path: ParityPath): Steps {
  const optimizer = sgd(state.trained, file);
  let names: string[] = [];
  const f = ([images, labels, rate, step]: readonly Tensor[]): Tensor[] => {
    const { losses, logits, gradients, running } = computeGradients(ops, state, images as Tensor5D, labels as Tensor1D);
    optimizer.apply(gradients, rate as Scalar, step as Scalar);
    state.updateRunning(running);
    names = [...gradients.keys()];
    const stacked = tf.stack([...losses]);
    tf.dispose([...losses]);
    return [stacked, logits, ...gradients.values()];
  };
  const scalar = { shape: [], dtype: 'float32' } as const;
  const compiled = path === 'compiled' ? compile(f, [{ shape: images.shape, dtype: 'float32' }, { shape: labels.shape, dtype: 'int32' }, scalar, scalar], stepVariables(state, optimizer)) : undefined;
  let done = 0;
  return {
    take() {
      const rate = tf.scalar(file.lr), step = tf.scalar(++done), inputs = [images, labels, rate, step];
      const [losses, logits, ...gradients] = compiled ? compiled.run(inputs) : tf.tidy(() => f(inputs));
      compiled?.pull();
      tf.dispose([rate, step]);
      return { losses: losses as Tensor1D, logits: logits as Tensor2D, gradients: new Map(names.map((name, i) => [name, gradients[i]!])) };
    },
    dispose() { compiled?.dispose(); optimizer.dispose(); },
  };
}

async function compareEval(comparison: Comparison, ops: Ops, state: NetworkState, images: Tensor5D, name: string, expected: ParityFile['eval'], kind: 'exact' | 'trained'): Promise<void> {
  const output = tf.tidy(() => {
    const { logits, auxiliary } = forward({ ops, config: state.config, tensors: state.tensors, isTraining: false }, images);
    return { logits, auxLayer2: auxiliary.layer2!, auxLayer3: auxiliary.layer3! };
  });
  for (const [key, tensor] of Object.entries(output)) {
    const wanted = expected[key as keyof typeof expected];
    if (wanted) comparison.numbers(kind, `${name}.${key}`, await tensor.data(), wanted.flat());
  }
  tf.dispose(output);
}

async function compareSteps(comparison: Comparison, steps: Steps, state: NetworkState, file: ParityFile): Promise<void> {
  try {
    for (const [i, expected] of file.steps.entries()) {
      const result = steps.take();
      await compareLosses(comparison, i, result, expected, file);
      if (expected.gradients) await compareGradients(comparison, i, state, result.gradients, expected.gradients);
      tf.dispose([result.losses, result.logits, ...result.gradients.values()]);
      if (expected.parametersAfter) await compareState(comparison, 'parameter', `steps.${i}.parametersAfter`, state, (spec) => !isBuffer(spec), expected.parametersAfter);
      if (expected.buffersAfter) await compareState(comparison, 'buffer', `steps.${i}.buffersAfter`, state, isStatistic, expected.buffersAfter);
    }
  } finally { steps.dispose(); }
}

async function compareLosses(comparison: Comparison, i: number, result: ReturnType<Steps['take']>, expected: ParityStep, file: ParityFile): Promise<void> {
  const kind = i === 0 ? 'exact' : 'trained';
  const wanted = [expected.loss, expected.crossEntropy, expected.auxLayer2, expected.intensityAware];
  const losses = await result.losses.data(), logits = await result.logits.data();
  for (const [j, name] of ['loss', 'crossEntropy', 'auxLayer2', 'intensityAware'].entries()) {
    comparison.numbers(kind, `steps.${i}.${name}`, [losses[j]!], [wanted[j]!]);
  }
  comparison.numbers(kind, `steps.${i}.logits`, logits, expected.logits.flat());
  if (i === 0) comparison.numbers('exact', 'trainForward.logits', logits, file.trainForward.logits.flat());
}

async function compareGradients(comparison: Comparison, i: number, state: NetworkState, gradients: ReadonlyMap<string, Tensor>, expected: Record<string, Summary>): Promise<void> {
  const specs = new Map(specification(state.config).map((spec) => [spec.name, spec]));
  const ours = new Map<string, Float32Array>();
  for (const [name, tensor] of gradients) {
    const values = fromEngine(specs.get(name)!, await tensor.data<'float32'>());
    if (name in expected || values.some((value) => value !== 0)) ours.set(name, values);
  }
  comparison.summaries('gradient', `steps.${i}.gradients`, ours, shapesOf(specs), expected);
}

async function compareState(comparison: Comparison, kind: 'parameter' | 'buffer', name: string, state: NetworkState, filter: (spec: TensorSpec) => boolean, expected: Record<string, Summary>): Promise<void> {
  const specs = specification(state.config).filter(filter);
  const all = await state.weights();
  const ours = new Map(specs.map((spec) => [spec.name, all.get(spec.name)!]));
  comparison.summaries(kind, name, ours, shapesOf(new Map(specs.map((spec) => [spec.name, spec]))), expected);
}

const shapesOf = (specs: ReadonlyMap<string, TensorSpec>): ReadonlyMap<string, readonly number[]> =>
  new Map([...specs].map(([name, spec]) => [name, spec.shape]));

