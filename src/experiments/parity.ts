// The network against a parity file: what the authors' code computes in float64 from weights and images made by a
// formula. Compares logits, loss terms, every gradient, and parameters and batch-norm buffers after SGD steps.
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core';
import { framesPerClip, preset, type ExperimentConfig } from '../config.ts';
import { compile } from '../engine/compile.ts';
import type { Ops } from '../engine/ops.ts';
import { forward, trainsFused } from '../model/network.ts';
import { isBuffer, specification, type TensorSpec } from '../model/specification.ts';
import { createNetworkState, type NetworkState } from '../model/state.ts';
import { fromEngine, type Weights } from '../model/weights.ts';
import { computeGradients, stepVariables } from '../train/step.ts';
import { sgd } from '../train/optimizer.ts';
import { formulaImages, formulaTensor } from './parityFormula.ts';
import { Comparison, type ParityReport, type Summary } from './comparison.ts';
import type { ParityFile, ParityStep } from './parityFile.ts';

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
    await compareActivations(comparison, ops, state, images, file.trainForward);
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
  const optimizer = sgd(ops, state.trained, file);
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
  const compiled = path === 'compiled' ? compile(f, [{ shape: images.shape, dtype: 'float32' }, { shape: labels.shape, dtype: 'int32' }, scalar, scalar], stepVariables(state, optimizer), { fused: trainsFused(state.config) }) : undefined;
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

/** Channels last to PyTorch's channels first. */
const channelsFirst = (x: Tensor): Tensor => x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : tf.clone(x);

/** What the modules put out while training, and the features. */
async function compareActivations(comparison: Comparison, ops: Ops, state: NetworkState, images: Tensor5D, expected: ParityFile['trainForward']): Promise<void> {
  const kept = new Map<string, Tensor>();
  tf.tidy(() => {
    const probe = (name: string, value: Tensor): void => { if (Object.hasOwn(expected.activations, name)) kept.set(name, tf.keep(channelsFirst(value))); };
    const { features, running } = forward({ ops, config: state.config, tensors: state.tensors, isTraining: true, probe }, images);
    kept.set('features', tf.keep(features));
    tf.dispose([...running.values()]);
  });
  const shapes = new Map([...kept].map(([name, tensor]) => [name, tensor.shape]));
  const ours = new Map<string, Float32Array>();
  for (const [name, tensor] of kept) ours.set(name, await tensor.data<'float32'>());
  comparison.summaries('activation', 'trainForward', ours, shapes, { ...expected.activations, features: expected.features });
  tf.dispose([...kept.values()]);
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

