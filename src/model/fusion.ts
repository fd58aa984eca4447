// Dynamic-static fusion (Li et al. 2022, NR-DFERNet): what a frame shows, plus how it changes into the next.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { convolution, type Context } from './context.ts';
import { residualBlock } from './residual.ts';
import { transformer } from './transformer.ts';

/** Frames first..last of each clip, and the frames after them. maps [clips * frames, H, W, C] -> both [clips * (frames - 1), H, W, C]. */
function neighbours(maps: Tensor4D, frames: number): { now: Tensor4D; next: Tensor4D } {
  const [count, height, width, channels] = maps.shape;
  const size = height * width * channels, clips = count / frames;
  const byClip = tf.reshape(maps, [clips, frames, size]) as Tensor3D;
  const cut = (first: number): Tensor4D =>
    tf.reshape(tf.slice(byClip, [0, first, 0], [clips, frames - 1, size]), [clips * (frames - 1), height, width, channels]) as Tensor4D;
  return { now: cut(0), next: cut(1) };
}

/** conv3x3 of stride 2, batch norm, ReLU. [N, H, W, C] -> [N, H / 2, W / 2, C] */
const embedPatches = (context: Context, maps: Tensor4D): Tensor4D =>
  convolution(context, { filter: 's_former.patch_embedding.0', norm: 's_former.patch_embedding.1' }, maps, { stride: 2, relu: true });

/** Places of a frame's map as tokens, with their learned position, through a transformer. [N, h, w, C] -> the same. */
function staticBranch(context: Context, maps: Tensor4D): Tensor4D {
  const patches = embedPatches(context, maps);
  context.probe?.('patch_embedding', patches);
  const [count, height, width, channels] = patches.shape;
  const tokens = tf.add<Tensor3D>(tf.reshape(patches, [count, height * width, channels]), context.tensor('s_former.pos_embedding_pos'));
  const mixed = transformer(context, 's_former.pos_transformer', tokens);
  context.probe?.('pos_transformer', mixed);
  return tf.reshape(mixed, patches.shape);
}

/** Three plain blocks on the frame differences. [N, H, W, C] -> [N, H / 2, W / 2, C] */
function dynamicBranch(context: Context, differences: Tensor4D): Tensor4D {
  const maps = ([2, 1, 1] as const).reduce((x, stride, i) => residualBlock(context, `s_former.layer4.${i}`, x, stride), differences);
  context.probe?.('layer4', maps);
  return maps;
}

/** [N, h, w, C] -> [clips, tokens, C * h * w], channel slowest as the authors flatten. */
function flatten(maps: Tensor4D, tokens: number): Tensor3D {
  const [count] = maps.shape;
  return tf.reshape(tf.transpose(maps, [0, 3, 1, 2]), [count / tokens, tokens, -1]);
}

/** maps [clips * frames, H, W, C] -> one token a frame but the last: [clips, frames - 1, C * h * w]. */
export function dynamicStaticFusion(context: Context, maps: Tensor4D, frames: number): Tensor3D {
  const { now, next } = neighbours(maps, frames);
  const still = staticBranch(context, now);
  const motion = dynamicBranch(context, tf.sub<Tensor4D>(next, now));
  return flatten(tf.add<Tensor4D>(still, motion), frames - 1);
}

/** Without the fusion: each frame's map embedded by itself. maps [clips * frames, H, W, C] -> [clips, frames, C * h * w]. */
export const staticEmbedding = (context: Context, maps: Tensor4D, frames: number): Tensor3D =>
  flatten(embedPatches(context, maps), frames);
