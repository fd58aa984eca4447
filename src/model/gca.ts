// The global convolution-attention block (GCA): channels of every frame's maps are rescaled by weights that come from
// the frame and from the whole clip. Authors' code, modules.py; paper Figure 2.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Context } from './context.ts';
import { residualBlock } from './residual.ts';

/** Inside the root, so that its gradient stays finite (authors' code). */
const EPSILON = 1e-5;

export interface GcaOutput {
  /** [clips * frames, H, W, C] */
  readonly maps: Tensor4D;
  /** Logits of the auxiliary head, [clips, classes]. */
  readonly auxiliary: Tensor2D;
}

/** w_t = 2 sigmoid(W2 relu(W1 g_t)), in (0, 2). [N, C] -> [N, C] */
function frameWeights(context: Context, name: string, g: Tensor2D): Tensor2D {
  const { ops } = context;
  const squeezed = ops.relu(ops.dense(g, context.tensor<Tensor2D>(`${name}.fc1.0.weight`)));
  return tf.mul<Tensor2D>(tf.sigmoid(ops.dense(squeezed, context.tensor<Tensor2D>(`${name}.fc2.0.weight`))), 2);
}

/** s_t = sqrt(w_t * mean over the clip of w + eps): the geometric mean of a frame's weight and its clip's. [B, T, C] -> [B, T, C] */
const withClip = (weights: Tensor3D): Tensor3D => tf.sqrt(tf.add<Tensor3D>(tf.mul(weights, tf.mean(weights, 1, true)), EPSILON));

/** Two linear layers without bias or nonlinearity on the clip's mean of g. [B, C] -> [B, classes] */
function auxiliaryHead(context: Context, name: string, g: Tensor2D): Tensor2D {
  const hidden = context.ops.dense(g, context.tensor<Tensor2D>(`${name}.AUX_fc.0.weight`));
  return context.ops.dense(hidden, context.tensor<Tensor2D>(`${name}.AUX_fc.1.weight`));
}

/**
 * A residual block of stride 2 with GCA between its second batch norm and the addition.
 * x [clips * frames, H, W, I], frames of a clip in a row. Probes: `NAME.frameWeights` and `NAME.weights`, both [clips, frames, C].
 */
export function gcaBlock(context: Context, name: string, x: Tensor4D, frames: number): GcaOutput {
  let auxiliary: Tensor2D | undefined;
  const maps = residualBlock(context, name, x, 2, (maps) => {
    const [count, , , channels] = maps.shape;
    const g = context.ops.globalConvolution(maps, context.tensor<Tensor3D>(`${name}.gc.0.weight`)); // g_t: one number a channel and frame
    const byClip = [count / frames, frames, channels] as [number, number, number];
    auxiliary = auxiliaryHead(context, name, tf.mean<Tensor2D>(tf.reshape(g, byClip), 1));
    const weights = tf.reshape(frameWeights(context, name, g), byClip) as Tensor3D;
    const scales = withClip(weights);
    context.probe?.(`${name}.frameWeights`, weights);
    context.probe?.(`${name}.weights`, scales);
    return context.ops.rescale(maps, tf.reshape(scales, [count, channels]));
  });
  return { maps, auxiliary: auxiliary! };
}
