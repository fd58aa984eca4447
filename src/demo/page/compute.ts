// The run's network as the evaluation asks it: the same model code (src/model on engine/portable.ts), running statistics, no augmentation.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor3D, Tensor5D } from '@tensorflow/tfjs-core';
import type { ExperimentConfig } from '../../config.ts';
import { applyToFrames, noAugmentation } from '../../data/augment.ts';
import { portableOps } from '../../engine/portable.ts';
import { forward, inputShape } from '../../model/network.ts';
import { createNetworkState, type NetworkState } from '../../model/state.ts';
import { decodeSafetensors, type HostTensor } from '../../runs/safetensors.ts';
import { GCA_LAYERS, type GcaLayer, type GcaWeights, type Output } from './protocol.ts';

export interface Network {
  /** @param images [frames, size, size, 3] bytes */
  run(images: Uint8Array): Promise<Output>;
}

/** @param file bytes of the weights @throws UserError where they are broken or of another configuration */
export function loadNetwork(experiment: ExperimentConfig, file: Uint8Array): Network {
  const state = createNetworkState(experiment, new Map([...decodeSafetensors(file, 'weights.safetensors')].map(([name, tensor]) => [name, numbersOf(tensor)])), 'weights.safetensors');
  return { run: (images) => run(state, images) };
}

const numbersOf = ({ data }: HostTensor): Float32Array => (data instanceof Float32Array ? data : Float32Array.from(data as ArrayLike<number | bigint>, Number));

/** gcaBlock tells the probe its weights under the block's name. */
const PROBES = new Map<string, GcaLayer>(GCA_LAYERS.map((layer) => [`s_former.${layer}.0.weights`, layer]));

async function run(state: NetworkState, bytes: Uint8Array): Promise<Output> {
  const { config } = state, images = new Float32Array(bytes.length);
  applyToFrames(bytes, config.imageSize, noAugmentation(config.imageSize, config.imageSize), images);
  const start = performance.now();
  const tensors = tf.tidy(() => {
    const weights: Partial<Record<GcaLayer, Tensor3D>> = {};
    const probe = (name: string, value: Tensor): void => {
      const layer = PROBES.get(name);
      if (layer) weights[layer] = value as Tensor3D;
    };
    const { logits } = forward({ ops: portableOps, config, tensors: state.tensors, isTraining: false, probe }, tf.tensor(images, inputShape(1, config)) as Tensor5D);
    return { logits, ...weights };
  });
  try {
    const logits = Array.from(await tensors.logits.data<'float32'>());
    const ms = performance.now() - start, gca: Partial<Record<GcaLayer, GcaWeights>> = {};
    for (const layer of GCA_LAYERS) {
      const weights = tensors[layer];
      if (weights) gca[layer] = { channels: weights.shape[2], values: await weights.data<'float32'>() };
    }
    return { logits, gca, ms };
  } finally { tf.dispose(Object.values(tensors)); }
}
