// One training step: forward, loss, gradients, optimiser, running statistics.
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor5D, Variable } from '@tensorflow/tfjs-core';
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

/**
 * One training step as a function of tensors: images [clips, frames, size, size, 3], labels [clips] int32, learning rate,
 * number of the step (from 1) -> losses in the order of LOSS_NAMES [4], logits [clips, classes]. Changes weights, the
 * optimiser's tensors and the running statistics in place.
 */
export function stepFunction(ops: Ops, state: NetworkState, optimizer: Optimizer): (inputs: readonly Tensor[]) => [Tensor1D, Tensor2D] {
  return ([images, labels, rate, step]) => {
    const { losses, logits, gradients, running } = computeGradients(ops, state, images as Tensor5D, labels as Tensor1D);
    optimizer.apply(gradients, rate as Scalar, step as Scalar);
    state.updateRunning(running);
    const stacked = tf.stack([...losses]) as Tensor1D;
    tf.dispose([...losses, ...gradients.values()]);
    return [stacked, logits];
  };
}

/** What stepFunction changes: the network's tensors and the optimiser's. */
export const stepVariables = (state: NetworkState, optimizer: Optimizer): Variable[] => [...state.tensors.values(), ...optimizer.state.values()];
