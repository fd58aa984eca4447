// The two optimisers as PyTorch defines them, over variables. A tensor without gradient is untouched: not decayed either.
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { ExperimentConfig } from '../config.ts';

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

/** torch.optim.SGD(lr, momentum, weight_decay), no dampening, no Nesterov: g += decay * p; m = momentum * m + g; p -= lr * m. */
export function sgd(parameters: Parameters, { momentum, weightDecay }: Pick<ExperimentConfig, 'momentum' | 'weightDecay'>): Optimizer {
  const state = slots('momentum', parameters);
  return {
    state,
    apply(gradients, learningRate) {
      tf.tidy(() => {
        for (const [name, gradient] of gradients) {
          const parameter = parameters.get(name)!, velocity = state.get(`momentum/${name}`)!;
          const decayed = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(parameter, weightDecay));
          velocity.assign(tf.add(tf.mul(velocity, momentum), decayed));
          parameter.assign(tf.sub(parameter, tf.mul(velocity, learningRate)));
        }
      });
    },
    dispose: disposeAll(state),
  };
}

const BETA1 = 0.9, BETA2 = 0.999, ADAM_EPSILON = 1e-8;

/** torch.optim.AdamW(lr, weight_decay) with its default betas and epsilon: decay is apart from the gradient. */
export function adamW(parameters: Parameters, { weightDecay }: Pick<ExperimentConfig, 'weightDecay'>): Optimizer {
  const first = slots('mean', parameters), second = slots('square', parameters);
  const state = new Map([...first, ...second]);
  return {
    state,
    apply(gradients, learningRate, step) {
      tf.tidy(() => {
        const correction = (beta: number): Tensor => tf.sub(1, tf.pow(tf.scalar(beta), step));
        const rate = tf.div(learningRate, correction(BETA1)), unbias = tf.rsqrt(correction(BETA2));
        const keep = tf.sub(1, tf.mul(learningRate, weightDecay));
        for (const [name, gradient] of gradients) {
          const parameter = parameters.get(name)!, mean = first.get(`mean/${name}`)!, square = second.get(`square/${name}`)!;
          mean.assign(tf.add(tf.mul(mean, BETA1), tf.mul(gradient, 1 - BETA1)));
          square.assign(tf.add(tf.mul(square, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
          const change = tf.div(tf.mul(mean, rate), tf.add(tf.mul(tf.sqrt(square), unbias), ADAM_EPSILON));
          parameter.assign(tf.sub(tf.mul(parameter, keep), change));
        }
      });
    },
    dispose: disposeAll(state),
  };
}

export const createOptimizer = (parameters: Parameters, config: ExperimentConfig): Optimizer =>
  config.optimizer === 'sgd' ? sgd(parameters, config) : adamW(parameters, config);

/** Learning rate of an epoch (from 0): StepLR, or a half cosine down to 0 over all epochs (stepped once an epoch, as PyTorch's CosineAnnealingLR). */
export function learningRate(config: ExperimentConfig, epoch: number): number {
  if (config.schedule === 'cosine') return config.learningRate * 0.5 * (1 + Math.cos(Math.PI * epoch / config.epochs));
  let rate = config.learningRate;
  for (let drops = Math.floor(epoch / config.decayEvery); drops > 0; drops--) rate *= config.decayFactor;
  return rate;
}
