// Self-attention composed of products, for engines that have no kernel for it and wherever its gradient is needed.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Ops } from './ops.ts';

/** @see Ops.attention */
export const composedAttention = (matMul: Ops['matMul']): Ops['attention'] => (qkv, heads) => {
  const [batch, tokens, width] = qkv.shape, size = width / 3 / heads;
  const [q, k, v] = tf.split(qkv, 3, 2).map((part) =>
    tf.transpose(tf.reshape(part, [batch, tokens, heads, size]), [0, 2, 1, 3])) as [Tensor4D, Tensor4D, Tensor4D]; // [B, heads, N, size]
  const attention = tf.softmax(tf.mul<Tensor4D>(matMul(q, k, true), 1 / Math.sqrt(size)));
  const mixed = tf.transpose(matMul(attention, v, false), [0, 2, 1, 3]);
  return tf.reshape(mixed, [batch, tokens, heads * size]) as Tensor3D;
};
