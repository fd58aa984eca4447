// The two optimisers as PyTorch defines them, over variables. A tensor without gradient is untouched: not decayed either.
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { ExperimentConfig } from '../config.ts';
import type { Ops } from '../engine/ops.ts';

export interface Optimizer {
  /** Its own tensors by name, e.g. "momentum/fc_f.weight"; what a checkpoint saves besides the weights. */
  readonly state: ReadonlyMap<string, Variable>;
  /** One step, in place. `step` counts from 1. Gradients are not disposed. */
  apply(gradients: ReadonlyMap<string, Tensor>, learningRate: Scalar, step: Scalar): void;
  dispose(): void;
}

type Parameters = ReadonlyMap<string, Variable>;

function slots(kind: string, parameters: Parameters): Map<string, Variable> {
  return new Map([...parameters].map(([name, variable]) => {
    const zeros = tf.zerosLike(variable);
    const slot = tf.variable(zeros, false);
    zeros.dispose();
    return [`${kind}/${name}`, slot];
  }));
}

const disposeAll = (variables: ReadonlyMap<string, Variable>) => (): void => { for (const variable of variables.values()) variable.dispose(); };

/** @see Ops.sgdStep */
export function sgd(ops: Ops, parameters: Parameters, settings: Pick<ExperimentConfig, 'momentum' | 'weightDecay'>): Optimizer {
  const state = slots('momentum', parameters);
  return {
    state,
    apply(gradients, learningRate) {
      tf.tidy(() => {
        for (const [name, gradient] of gradients) {
          const parameter = parameters.get(name)!, velocity = state.get(`momentum/${name}`)!;
          assignAll([parameter, velocity], ops.sgdStep(parameter, velocity, gradient, learningRate, settings));
        }
      });
    },
    dispose: disposeAll(state),
  };
}

/** @see Ops.adamWStep */
export function adamW(ops: Ops, parameters: Parameters, settings: Pick<ExperimentConfig, 'weightDecay'>): Optimizer {
  const first = slots('mean', parameters), second = slots('square', parameters);
  const state = new Map([...first, ...second]);
  return {
    state,
    apply(gradients, learningRate, step) {
      tf.tidy(() => {
        for (const [name, gradient] of gradients) {
          const parameter = parameters.get(name)!, mean = first.get(`mean/${name}`)!, square = second.get(`square/${name}`)!;
          assignAll([parameter, mean, square], ops.adamWStep(parameter, mean, square, gradient, learningRate, step, settings));
        }
      });
    },
    dispose: disposeAll(state),
  };
}

const assignAll = (variables: readonly Variable[], values: readonly Tensor[]): void => variables.forEach((variable, i) => variable.assign(values[i]!));

export const createOptimizer = (ops: Ops, parameters: Parameters, config: ExperimentConfig): Optimizer =>
  config.optimizer === 'sgd' ? sgd(ops, parameters, config) : adamW(ops, parameters, config);

/** Learning rate of an epoch (from 0): StepLR, or a half cosine down to 0 over all epochs (stepped once an epoch, as PyTorch's CosineAnnealingLR). */
export function learningRate(config: ExperimentConfig, epoch: number): number {
  if (config.schedule === 'cosine') return config.learningRate * 0.5 * (1 + Math.cos(Math.PI * epoch / config.epochs));
  let rate = config.learningRate;
  for (let drops = Math.floor(epoch / config.decayEvery); drops > 0; drops--) rate *= config.decayFactor;
  return rate;
}
