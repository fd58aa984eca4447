// The four terms the network is trained on, as pure functions of logits (authors' code, main.py).
//   total = cross-entropy + auxWeight * cross-entropy of layer2's auxiliary head + lambda * intensity-aware loss
// The authors' comment gives lambda 0.5, their code 0.1; their weight for layer3's auxiliary head is 0.
import * as tf from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { LOWEST } from './engine/ops.ts';

/** Mean of -log softmax(logits)[label]. @param logits [B, K] @param labels [B], int32 */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D): Scalar {
  const target = tf.oneHot(labels, logits.shape[1]);
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), target), 1)));
}

/** For each clip the logit of its label and the largest of the others (the first of equals). @returns both [B] */
export function labelAndRival(logits: Tensor2D, labels: Tensor1D): { label: Tensor1D; rival: Tensor1D } {
  const target = tf.cast(tf.oneHot(labels, logits.shape[1]), 'float32') as Tensor2D;
  const others = tf.where(tf.cast(target, 'bool'), tf.fill(logits.shape, LOWEST), logits);
  const rival = tf.oneHot(tf.argMax(others, 1), logits.shape[1]);
  const pick = (mask: Tensor2D): Tensor1D => tf.sum<Tensor1D>(tf.mul(logits, mask), 1);
  return { label: pick(target), rival: pick(tf.cast(rival, 'float32') as Tensor2D) };
}

/**
 * Intensity-aware loss: cross-entropy over the label and its strongest rival alone,
 *   -log(e^x_label / (e^x_label + e^x_rival)) = softplus(x_rival - x_label), mean over the batch.
 * A weakly expressed clip is one whose label barely leads, and that is where its gradient is largest.
 * @param logits [B, K] @param labels [B], int32
 */
export function intensityAwareLoss(logits: Tensor2D, labels: Tensor1D): Scalar {
  const { label, rival } = labelAndRival(logits, labels);
  return tf.mean(tf.softplus(tf.sub<Tensor1D>(rival, label)));
}

export interface LossWeights {
  /** Weight of the intensity-aware loss; 0.1 in the authors' code. */
  readonly lambda: number;
  /** Weight of the cross-entropy of layer2's auxiliary head; 0.05 in the authors' code. */
  readonly auxWeight: number;
}

export interface LossTerms {
  readonly total: Scalar;
  readonly crossEntropy: Scalar;
  readonly auxiliary: Scalar;
  readonly intensityAware: Scalar;
}

/** All terms; those of weight 0 are measured too, but the total does not depend on them. */
export function lossTerms(logits: Tensor2D, auxiliary: Tensor2D | undefined, labels: Tensor1D, { lambda, auxWeight }: LossWeights): LossTerms {
  const main = crossEntropy(logits, labels);
  const aux = auxiliary ? crossEntropy(auxiliary, labels) : tf.scalar(0);
  const intensityAware = intensityAwareLoss(logits, labels);
  const weighted: Scalar[] = [main];
  if (auxWeight > 0) weighted.push(tf.mul(aux, auxWeight));
  if (lambda > 0) weighted.push(tf.mul(intensityAware, lambda));
  return { total: weighted.reduce((sum, term) => tf.add<Scalar>(sum, term)), crossEntropy: main, auxiliary: aux, intensityAware };
}
