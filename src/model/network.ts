// The whole network: stem, plain block, two GCA blocks, dynamic-static fusion, temporal transformer, mean, classifier.
// Authors' code, modules.py; every part can be switched off by the configuration for an ablation.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core';
import { framesPerClip, type ExperimentConfig } from '../config.ts';
import type { Ops } from '../engine/ops.ts';
import { convolution, type Context } from './context.ts';
import { dynamicStaticFusion, staticEmbedding } from './fusion.ts';
import { gcaBlock } from './gca.ts';
import { residualBlock } from './residual.ts';
import { transformer } from './transformer.ts';

export interface NetworkOutput {
  /** [clips, classes] */
  readonly logits: Tensor2D;
  /** What the classifier sees, and what embeddings show: the mean of the temporal tokens, [clips, features]. */
  readonly features: Tensor2D;
  /** Logits of the GCA blocks' auxiliary heads, [clips, classes]; absent where a block has no GCA. */
  readonly auxiliary: { readonly layer2?: Tensor2D; readonly layer3?: Tensor2D };
  /** While training: running statistics after this batch, by name; the caller disposes them. */
  readonly running: ReadonlyMap<string, Tensor1D>;
}

export interface ForwardOptions {
  readonly ops: Ops;
  readonly config: ExperimentConfig;
  /** Tensors in the engine's layout (weights.ts) by the authors' names. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly isTraining: boolean;
  readonly probe?: (name: string, value: Tensor) => void;
}

/** conv s2 - bn - relu - conv - bn - relu - max pool. [N, S, S, 3] -> [N, S / 4, S / 4, C] */
function stem(context: Context, images: Tensor4D): Tensor4D {
  const wide = convolution(context, { filter: 's_former.conv1.0', norm: 's_former.conv1.1' }, images, { stride: 2, relu: true, isFirst: true });
  const deep = convolution(context, { filter: 's_former.conv1.3', norm: 's_former.bn1' }, wide, { stride: 1, relu: true, probed: 'conv1' });
  return context.ops.maxPool(deep);
}

/** tokens [clips, N, D] -> features [clips, D] */
function temporalPart(context: Context, tokens: Tensor3D): Tensor2D {
  if (context.config.temporal === 'mean') return tf.mean<Tensor2D>(tokens, 1);
  const [, count, size] = tokens.shape;
  const position = context.tensor<Tensor3D>('s_former.pos_embedding');
  const placed = tf.add<Tensor3D>(tokens, tf.slice(position, [0, 0, 0], [1, count, size]));
  const mixed = transformer(context, 's_former.temporal_transformer', placed);
  context.probe?.('temporal_transformer', mixed);
  return tf.mean<Tensor2D>(mixed, 1);
}

/**
 * Whether training goes by fused operations. In float32 networks as narrow as preset tiny's do not: with sums in another order
 * they would end in other weights than the archived runs (figures/runs) did, by which `ial verify` knows that nothing changed.
 */
export const trainsFused = ({ precision, width }: ExperimentConfig): boolean => precision === 'bf16' || width[2] > 64;

function newContext(options: ForwardOptions): Context {
  const tensor = <T extends Tensor>(name: string): T => {
    const value = options.tensors.get(name);
    if (!value) throw new Error(`the network has no tensor "${name}"`);
    return value as T;
  };
  const { config, isTraining, probe } = options;
  const ops = isTraining && !trainsFused(config) ? options.ops : { ...options.ops, ...options.ops.fused };
  return { ops, config, isTraining, tensor, running: new Map(), ...probe && { probe } };
}

/** [clips, frames, size, size, 3] */
export const inputShape = (clips: number, config: ExperimentConfig): [number, number, number, number, number] =>
  [clips, framesPerClip(config), config.imageSize, config.imageSize, 3];

/** @param images [clips, frames, size, size, 3] in [0, 1] */
export function forward(options: ForwardOptions, images: Tensor5D): NetworkOutput {
  const context = newContext(options);
  const { config } = options;
  const frames = framesPerClip(config), size = config.imageSize;
  const auxiliary: { layer2?: Tensor2D; layer3?: Tensor2D } = {};
  let maps = stem(context, tf.reshape(images, [-1, size, size, 3]));
  context.probe?.('maxpool', maps);
  maps = residualBlock(context, 's_former.layer1.0', maps, 1);
  context.probe?.('layer1', maps);
  for (const layer of ['layer2', 'layer3'] as const) {
    const name = `s_former.${layer}.0`;
    if (config.gca[layer]) ({ maps, auxiliary: auxiliary[layer] } = gcaBlock(context, name, maps, frames));
    else maps = residualBlock(context, name, maps, 2);
    context.probe?.(layer, maps);
  }
  const tokens = config.fusion ? dynamicStaticFusion(context, maps, frames) : staticEmbedding(context, maps, frames);
  const features = temporalPart(context, tokens);
  const logits = context.ops.dense(features, context.tensor<Tensor2D>('fc_f.weight'), context.tensor<Tensor1D>('fc_f.bias'));
  return { logits, features, auxiliary, running: context.running };
}
