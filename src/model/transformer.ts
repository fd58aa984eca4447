// Pre-norm transformer (authors' code: depth 2, 4 heads of 32, no dropout, no final norm), for the 16 places of a frame's
// map and for the frames of a clip.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { Context } from './context.ts';
import { DEPTH, HEADS } from './specification.ts';

const norm = (context: Context, name: string, x: Tensor3D): Tensor3D =>
  context.ops.layerNorm(x, context.tensor<Tensor1D>(`${name}.weight`), context.tensor<Tensor1D>(`${name}.bias`));

const linear = (context: Context, name: string, x: Tensor3D): Tensor3D =>
  context.ops.dense(x, context.tensor<Tensor2D>(`${name}.weight`), context.tensor<Tensor1D>(`${name}.bias`));

/** Multi-head self-attention; q, k, v are chunks of one product without bias, heads within each. [B, N, D] -> [B, N, D] */
function selfAttention(context: Context, name: string, x: Tensor3D): Tensor3D {
  const qkv = context.ops.dense(x, context.tensor<Tensor2D>(`${name}.to_qkv.weight`));
  return linear(context, `${name}.to_out.0`, context.ops.attention(qkv, HEADS));
}

const feedForward = (context: Context, name: string, x: Tensor3D): Tensor3D =>
  linear(context, `${name}.net.3`, context.ops.gelu(linear(context, `${name}.net.0`, x)));

/** x [B, N, D] -> [B, N, D] */
export function transformer(context: Context, name: string, x: Tensor3D): Tensor3D {
  for (let i = 0; i < DEPTH; i++) {
    const layer = `${name}.layers.${i}`;
    x = tf.add<Tensor3D>(x, selfAttention(context, `${layer}.0.fn.fn`, norm(context, `${layer}.0.fn.norm`, x)));
    x = tf.add<Tensor3D>(x, feedForward(context, `${layer}.1.fn.fn`, norm(context, `${layer}.1.fn.norm`, x)));
  }
  return x;
}
