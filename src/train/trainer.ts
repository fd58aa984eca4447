// A network in training: its tensors, its optimiser, one step at a time, and what a checkpoint holds of them.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor5D, Variable } from '@tensorflow/tfjs-core';
import { framesPerClip, type ExperimentConfig } from '../config.ts';
import type { Batch } from '../data/clip.ts';
import type { Ops } from '../engine/ops.ts';
import { UserError } from '../errors.ts';
import { specification, type TensorSpec } from '../model/specification.ts';
import { createNetworkState, type NetworkState } from '../model/state.ts';
import { fromEngine, initialWeights, toEngine, type Weights } from '../model/weights.ts';
import type { HostTensor } from '../runs/safetensors.ts';
import { createOptimizer, type Optimizer } from './optimizer.ts';
import { trainStep, type StepResult } from './step.ts';

export interface Trainer {
  readonly config: ExperimentConfig;
  readonly state: NetworkState;
  /** One optimiser step on a batch. @param step counts from 1 over the whole run */
  step(batch: Batch, learningRate: number, step: number): StepResult;
  /** Weights and the optimiser's tensors as a checkpoint holds them: authors' names, PyTorch's layout. */
  save(): Promise<SavedTensors>;
  /** @throws UserError when they do not fit. */
  restore(saved: SavedTensors, source: string): void;
  dispose(): void;
}

export interface SavedTensors {
  readonly weights: ReadonlyMap<string, HostTensor>;
  readonly optimizer: ReadonlyMap<string, HostTensor>;
}

/** @param weights initial values; fresh ones from the configuration's seed by default */
export function createTrainer(ops: Ops, config: ExperimentConfig, weights: Weights = initialWeights(config)): Trainer {
  const state = createNetworkState(config, weights);
  const optimizer = createOptimizer(state.trained, config);
  return {
    config,
    state,
    step: (batch, learningRate, step) => tf.tidy(() => {
      const images = imagesOf(batch, config), labels = tf.tensor1d(batch.labels, 'int32');
      return asPlain(trainStep(ops, state, optimizer, images, labels, learningRate, step));
    }),
    async save() { return { weights: hostWeights(config, await state.weights()), optimizer: await hostSlots(config, optimizer) }; },
    restore(saved, source) {
      state.setWeights(weightsOf(saved.weights), source);
      restoreSlots(config, optimizer, saved.optimizer, source);
    },
    dispose() { optimizer.dispose(); state.dispose(); },
  };
}

/** tf.tidy returns its function's value but types it as tensors. */
const asPlain = (result: StepResult): StepResult & tf.TensorContainerObject => result as StepResult & tf.TensorContainerObject;

/** [clips, frames, size, size, 3] */
export function imagesOf(batch: Batch, config: ExperimentConfig): Tensor5D {
  const { imageSize } = config;
  return tf.tensor(batch.images, [batch.labels.length, framesPerClip(config), imageSize, imageSize, 3]) as Tensor5D;
}

const isCount = (spec: TensorSpec): boolean => spec.kind === 'batchCount';

/** PyTorch keeps batch counters as 64-bit integers; everything else is float32. */
export function hostWeights(config: ExperimentConfig, weights: Weights): Map<string, HostTensor> {
  return new Map(specification(config).map((spec) => {
    const data = weights.get(spec.name)!;
    return [spec.name, isCount(spec) ? { dtype: 'I64', shape: spec.shape, data: BigInt64Array.of(BigInt(data[0]!)) } : { dtype: 'F32', shape: spec.shape, data }] as const;
  }));
}

/** The reverse of hostWeights; any floating type has been widened to float32 by the reader. */
export function weightsOf(tensors: ReadonlyMap<string, HostTensor>): Weights {
  return new Map([...tensors].map(([name, { data }]) => [name, data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number | bigint>, Number)]));
}

const specsByName = (config: ExperimentConfig): Map<string, TensorSpec> => new Map(specification(config).map((spec) => [spec.name, spec]));
const parameterName = (slot: string): string => slot.slice(slot.indexOf('/') + 1);

async function hostSlots(config: ExperimentConfig, { state }: Optimizer): Promise<Map<string, HostTensor>> {
  const specs = specsByName(config);
  const host = new Map<string, HostTensor>();
  for (const [slot, variable] of state) {
    const spec = specs.get(parameterName(slot))!;
    host.set(slot, { dtype: 'F32', shape: spec.shape, data: fromEngine(spec, await variable.data<'float32'>()) });
  }
  return host;
}

function restoreSlots(config: ExperimentConfig, { state }: Optimizer, saved: ReadonlyMap<string, HostTensor>, source: string): void {
  const specs = specsByName(config);
  for (const [slot, variable] of state) {
    const tensor = saved.get(slot);
    if (!tensor || tensor.data.length !== variable.size) throw new UserError(`${source}: the optimiser's tensor "${slot}" is missing or has another size; is it a checkpoint of another configuration?`);
    assign(variable, toEngine(specs.get(parameterName(slot))!, tensor.data as Float32Array));
  }
}

function assign(variable: Variable, values: Float32Array): void {
  const tensor = tf.tensor(values, variable.shape);
  variable.assign(tensor);
  tensor.dispose();
}
