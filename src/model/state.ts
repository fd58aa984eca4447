// A network's tensors inside the engine: variables for what training changes and what it counts, host memory for the rest.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { ExperimentConfig } from '../config.ts';
import { isBuffer, specification, type TensorSpec } from './specification.ts';
import { checkWeights, engineShape, fromEngine, toEngine, type Weights } from './weights.ts';

export interface NetworkState {
  readonly config: ExperimentConfig;
  /** Everything the forward pass reads, by the authors' names. */
  readonly tensors: ReadonlyMap<string, Variable>;
  /** What training changes, in order. */
  readonly trained: ReadonlyMap<string, Variable>;
  /** Training steps taken, PyTorch's num_batches_tracked. */
  readonly batches: number;
  /** Replaces the running statistics by those after a training step and disposes the tensors handed over. */
  updateRunning(running: ReadonlyMap<string, Tensor1D>): void;
  /** Counts a training step. */
  countBatch(): void;
  /** A copy on the host in PyTorch's layout. */
  weights(): Promise<Weights>;
  /** @throws UserError when they do not fit. */
  setWeights(weights: Weights, source: string): void;
  dispose(): void;
}

const isHeld = (spec: TensorSpec): boolean => spec.isUsed && spec.kind !== 'batchCount';
const countName = 'num_batches_tracked';

function upload(spec: TensorSpec, weights: Weights): Tensor {
  return tf.tensor(toEngine(spec, weights.get(spec.name)!), engineShape(spec), 'float32');
}

/** @throws UserError when the weights do not fit the configuration. */
export function createNetworkState(config: ExperimentConfig, weights: Weights, source = 'weights'): NetworkState {
  checkWeights(config, weights, source);
  const specs = specification(config);
  const held = specs.filter(isHeld);
  const tensors = new Map(held.map((spec) => {
    const value = upload(spec, weights);
    const variable = tf.variable(value, !isBuffer(spec));
    value.dispose();
    return [spec.name, variable] as const;
  }));
  let host = hostOnly(specs, weights);
  let batches = batchesOf(specs, weights);
  return {
    config,
    tensors,
    trained: new Map(held.filter((spec) => !isBuffer(spec)).map((spec) => [spec.name, tensors.get(spec.name)!])),
    get batches() { return batches; },
    updateRunning(running) {
      for (const [name, value] of running) { tensors.get(name)!.assign(value); value.dispose(); }
    },
    countBatch() { batches++; },
    async weights() {
      const result = new Map<string, Float32Array>();
      for (const spec of specs) {
        const variable = tensors.get(spec.name);
        if (variable) result.set(spec.name, fromEngine(spec, await variable.data<'float32'>()));
        else result.set(spec.name, spec.kind === 'batchCount' && spec.isUsed ? Float32Array.of(batches) : host.get(spec.name)!);
      }
      return result;
    },
    setWeights(next, from) {
      checkWeights(config, next, from);
      for (const spec of held) {
        const value = upload(spec, next);
        tensors.get(spec.name)!.assign(value);
        value.dispose();
      }
      host = hostOnly(specs, next);
      batches = batchesOf(specs, next);
    },
    dispose() { for (const variable of tensors.values()) variable.dispose(); },
  };
}

const hostOnly = (specs: readonly TensorSpec[], weights: Weights): Map<string, Float32Array> =>
  new Map(specs.filter((spec) => !isHeld(spec)).map((spec) => [spec.name, weights.get(spec.name)!]));

function batchesOf(specs: readonly TensorSpec[], weights: Weights): number {
  const spec = specs.find((spec) => spec.name.endsWith(countName));
  return spec ? weights.get(spec.name)![0]! : 0;
}
