// The network as it is, applied to batches of clips: compiled once for each size of batch, or eager.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor5D } from '@tensorflow/tfjs-core';
import type { ExperimentConfig } from '../config.ts';
import { compile, type CompiledFunction } from '../engine/compile.ts';
import type { Ops } from '../engine/ops.ts';
import { forward, inputShape } from '../model/network.ts';
import type { NetworkState } from '../model/state.ts';

export interface InferenceOutput {
  /** One row of class scores a clip. */
  readonly logits: readonly number[][];
  /** [clips, features], row-major. */
  readonly features: Float32Array;
}

export interface Inference {
  readonly config: ExperimentConfig;
  /** Brings the network's present tensors to where it is computed; call it after they changed. */
  push(): void;
  /** Running statistics, no augmentation. @param images [clips, frames, size, size, 3] in [0, 1], row-major */
  run(images: Float32Array, clips: number): InferenceOutput;
  dispose(): void;
}

/** @param mode 'eager' always computes in float32; default 'compiled' on the native engine */
export function createInference(ops: Ops, state: NetworkState, mode: 'compiled' | 'eager' = ops.name === 'native' ? 'compiled' : 'eager'): Inference {
  const { config } = state;
  const f = ([images]: readonly Tensor[]): Tensor[] => {
    const { logits, features } = forward({ ops, config, tensors: state.tensors, isTraining: false }, images as Tensor5D);
    return [logits, features];
  };
  const sizes = new Map<number, CompiledFunction>();
  const compiled = (clips: number): CompiledFunction => {
    const known = sizes.get(clips) ?? compile(f, [{ shape: inputShape(clips, config), dtype: 'float32' }], [...state.tensors.values()], { precision: config.precision });
    sizes.set(clips, known);
    return known;
  };
  return {
    config,
    push() { for (const one of sizes.values()) one.push(); },
    run(images, clips) {
      const input = tf.tensor(images, inputShape(clips, config));
      const outputs = mode === 'compiled' ? compiled(clips).run([input]) : tf.tidy(() => f([input]));
      const [logits, features] = outputs.map((output) => output.dataSync<'float32'>()) as [Float32Array, Float32Array];
      tf.dispose([input, ...outputs]);
      return { logits: rows(logits, clips), features };
    },
    dispose() {
      for (const one of sizes.values()) one.dispose();
      sizes.clear();
    },
  };
}

function rows(values: Float32Array, count: number): number[][] {
  const width = values.length / count;
  return Array.from({ length: count }, (_, i) => Array.from(values.subarray(i * width, (i + 1) * width)));
}
