// One training step: forward, loss, gradients, optimiser, running statistics.
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor5D } from '@tensorflow/tfjs-core';
import type { Ops } from '../engine/ops.ts';
import { lossTerms } from '../losses.ts';
import { forward } from '../model/network.ts';
import type { NetworkState } from '../model/state.ts';
import type { Optimizer } from './optimizer.ts';

export interface Gradients {
  /** Loss terms in the order of LOSS_NAMES, and the logits [clips, classes]. */
  readonly losses: readonly Scalar[];
  readonly logits: Tensor2D;
  /**
   * By name; parameters that the loss does not depend on are absent, and so are neither trained nor decayed. (The authors
   * add layer3's auxiliary head times 0, so that weight decay shrinks that head; nothing reads it.)
   */
  readonly gradients: ReadonlyMap<string, Tensor>;
  readonly running: ReadonlyMap<string, Tensor1D>;
}

export const LOSS_NAMES = ['total', 'crossEntropy', 'auxiliary', 'intensityAware'] as const;
export type LossName = (typeof LOSS_NAMES)[number];

/** Losses, logits and the gradient of every trained parameter. The caller disposes what it gets. */
export function computeGradients(ops: Ops, state: NetworkState, images: Tensor5D, labels: Tensor1D): Gradients {
  const { config, trained } = state;
  const kept: { losses: Scalar[]; logits?: Tensor2D; running: ReadonlyMap<string, Tensor1D> } = { losses: [], running: new Map() };
  const { value, grads } = tf.variableGrads(() => {
    const output = forward({ ops, config, tensors: state.tensors, isTraining: true }, images);
    const terms = lossTerms(output.logits, output.auxiliary.layer2, labels, config);
    kept.logits = tf.keep(output.logits);
    kept.losses = [terms.crossEntropy, terms.auxiliary, terms.intensityAware].map((term) => tf.keep(term));
    kept.running = output.running;
    return terms.total;
  }, [...trained.values()]);
  return { losses: [value, ...kept.losses], logits: kept.logits!, running: kept.running, gradients: byName(state, grads) };
}

function byName({ trained }: NetworkState, grads: Record<string, Tensor>): Map<string, Tensor> {
  return new Map([...trained].flatMap(([name, variable]) => grads[variable.name] ? [[name, grads[variable.name]!] as const] : []));
}

export interface StepResult {
  readonly losses: Readonly<Record<LossName, number>>;
  /** Clips of the batch whose largest logit is their label's. */
  readonly correct: number;
}

/** Takes one step in place. `step` counts from 1 over the whole training. */
export function trainStep(ops: Ops, state: NetworkState, optimizer: Optimizer, images: Tensor5D, labels: Tensor1D, learningRate: number, step: number): StepResult {
  const { losses, logits, gradients, running } = computeGradients(ops, state, images, labels);
  const rate = tf.scalar(learningRate), count = tf.scalar(step);
  optimizer.apply(gradients, rate, count);
  state.updateRunning(running);
  const values = losses.map((loss) => loss.dataSync()[0]!);
  const correct = tf.tidy(() => tf.sum(tf.equal(tf.argMax(logits, 1), tf.cast(labels, 'int32'))).dataSync()[0]!);
  tf.dispose([...losses, logits, rate, count, ...gradients.values()]);
  return { losses: Object.fromEntries(LOSS_NAMES.map((name, i) => [name, values[i]!])) as Record<LossName, number>, correct };
}
