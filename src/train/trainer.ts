// A network in training: its tensors, its optimiser, one step at a time, and what a checkpoint holds of them.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { ExperimentConfig } from '../config.ts';
import type { Batch } from '../data/clip.ts';
import { compile, type CompiledFunction, type InputSpec } from '../engine/compile.ts';
import type { Ops } from '../engine/ops.ts';
import { UserError } from '../errors.ts';
import { inputShape, trainsFused } from '../model/network.ts';
import { specification, type TensorSpec } from '../model/specification.ts';
import { createNetworkState, type NetworkState } from '../model/state.ts';
import { fromEngine, initialWeights, toEngine, type Weights } from '../model/weights.ts';
import type { HostTensor } from '../runs/safetensors.ts';
import { createOptimizer, type Optimizer } from './optimizer.ts';
import { LOSS_NAMES, stepFunction, stepVariables, type LossName } from './step.ts';

export interface StepResult {
  /** In nats. */
  readonly losses: Readonly<Record<LossName, number>>;
  /** Clips of the batch whose largest logit was their label's. */
  readonly correct: number;
}

export interface Trainer {
  readonly config: ExperimentConfig;
  /** The network's tensors; call `sync` before reading them. */
  readonly state: NetworkState;
  /** One optimiser step on a batch. @param step counts from 1 over the whole run */
  step(batch: Batch, learningRate: number, step: number): StepResult;
  /** Brings `state` up to the last step. */
  sync(): void;
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

export interface TrainerOptions {
  /** Initial values; fresh ones from the configuration's seed by default. */
  readonly weights?: Weights;
  /** 'eager' calls TensorFlow once an operation and always computes in float32: slower, for finding faults. Default 'compiled', on the native engine. */
  readonly mode?: 'compiled' | 'eager';
}

/** A step in either mode, and how its tensors come back into the network's state. */
interface Stepper {
  run(inputs: readonly Tensor[]): readonly Tensor[];
  pull(): void;
  push(): void;
  dispose(): void;
}

export function createTrainer(ops: Ops, config: ExperimentConfig, options: TrainerOptions = {}): Trainer {
  const { weights = initialWeights(config), mode = ops.name === 'native' ? 'compiled' : 'eager' } = options;
  const state = createNetworkState(config, weights);
  const optimizer = createOptimizer(ops, state.trained, config);
  const stepper = mode === 'compiled' ? compiledStepper(ops, state, optimizer) : eagerStepper(ops, state, optimizer);
  return {
    config,
    state,
    step(batch, learningRate, step) {
      const result = takeStep(stepper, batch, config, learningRate, step);
      state.countBatch();
      return result;
    },
    sync: () => stepper.pull(),
    async save() {
      stepper.pull();
      return { weights: hostWeights(config, await state.weights()), optimizer: await hostSlots(config, optimizer) };
    },
    restore(saved, source) {
      state.setWeights(weightsOf(saved.weights), source);
      restoreSlots(config, optimizer, saved.optimizer, source);
      stepper.push();
    },
    dispose() { stepper.dispose(); optimizer.dispose(); state.dispose(); },
  };
}

function eagerStepper(ops: Ops, state: NetworkState, optimizer: Optimizer): Stepper {
  const f = stepFunction(ops, state, optimizer);
  return { run: (inputs) => tf.tidy(() => f(inputs)), pull() {}, push() {}, dispose() {} };
}

/** Compiles when the first batch tells its size, and again for another size. */
function compiledStepper(ops: Ops, state: NetworkState, optimizer: Optimizer): Stepper {
  let compiled: { clips: number; step: CompiledFunction } | undefined;
  const specs = (clips: number): InputSpec[] => [
    { shape: inputShape(clips, state.config), dtype: 'float32' }, { shape: [clips], dtype: 'int32' },
    { shape: [], dtype: 'float32' }, { shape: [], dtype: 'float32' },
  ];
  const release = (): void => { compiled?.step.pull(); compiled?.step.dispose(); compiled = undefined; };
  return {
    run(inputs) {
      const clips = inputs[0]!.shape[0]!;
      if (compiled?.clips !== clips) {
        release();
        compiled = { clips, step: compile(stepFunction(ops, state, optimizer), specs(clips), stepVariables(state, optimizer), { precision: state.config.precision, fused: trainsFused(state.config) }) };
      }
      return compiled.step.run(inputs);
    },
    pull: () => compiled?.step.pull(),
    push: () => compiled?.step.push(),
    dispose() { compiled?.step.dispose(); compiled = undefined; },
  };
}

function takeStep(stepper: Stepper, batch: Batch, config: ExperimentConfig, learningRate: number, step: number): StepResult {
  const inputs = [tf.tensor(batch.images, inputShape(batch.labels.length, config)), tf.tensor1d(batch.labels, 'int32'), tf.scalar(learningRate), tf.scalar(step)];
  const outputs = stepper.run(inputs);
  const [losses, logits] = outputs.map((output) => output.dataSync());
  tf.dispose([...inputs, ...outputs]);
  return { losses: Object.fromEntries(LOSS_NAMES.map((name, i) => [name, losses![i]!])) as Record<LossName, number>, correct: countCorrect(logits!, batch.labels) };
}

function countCorrect(logits: ArrayLike<number>, labels: Int32Array): number {
  const classes = logits.length / labels.length;
  const rows = Array.from(labels, (label, i) => ({ label, row: Array.prototype.slice.call(logits, i * classes, (i + 1) * classes) as number[] }));
  return rows.filter(({ label, row }) => row[label] === Math.max(...row)).length;
}

const isCount = (spec: TensorSpec): boolean => spec.kind === 'batchCount';

/** PyTorch keeps batch counters as 64-bit integers; everything else is float32. */
function hostWeights(config: ExperimentConfig, weights: Weights): Map<string, HostTensor> {
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
