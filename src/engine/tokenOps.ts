// A transformer's operations on kernels of this project's own, in place of a dozen of TensorFlow's each.
import type { Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';
import { float, int, real, run, runMany } from './kernels.ts';
import { denseBy } from './native.ts';
import { EPSILON, type Ops } from './ops.ts';
import { isWhole } from './vectors.ts';

function layerNorm<T extends Tensor>(x: T, scale: Tensor1D, offset: Tensor1D): T {
  const attributes = [float(), real('epsilon', EPSILON)];
  return differentiable([x, scale, offset], ([x, scale, offset], save) => {
    save([x!, scale!]);
    return { value: run('IalLayerNorm', attributes, x!, scale!, offset!), gradFunc: (dy, saved) => runMany('IalLayerNormGrad', attributes, 3, dy, ...saved) };
  }) as T;
}

function gelu<T extends Tensor>(x: T): T {
  return differentiable([x], ([x], save) => {
    save([x!]);
    return { value: run('IalGelu', [float()], x!), gradFunc: (dy, [x]) => run('IalGeluGrad', [float()], dy, x!) };
  }) as T;
}

function attention(qkv: Tensor3D, heads: number): Tensor3D {
  const attributes = [float(), int('heads', heads)];
  return differentiable([qkv], ([qkv], save) => {
    save([qkv!]);
    return { value: run('IalAttention', attributes, qkv!), gradFunc: (dy, [qkv]) => run('IalAttentionGrad', attributes, dy, qkv!) };
  }) as Tensor3D;
}

/** Rows from which on TensorFlow's products are the faster ones, but for those in tiles (products.ts). */
export const FEW = 64;

const denseOfFew = denseBy((x, weight, bias) => bias ? run('IalDense', [float()], x, weight, bias) : run('IalProduct', [float()], x, weight));

/** @see Ops.fused; sizes that are no whole vectors stay with `others`. */
export const tokenOps = (others: Ops): NonNullable<Ops['fused']> => ({
  dense: (x, weight, bias) => (x.size / weight.shape[1] < FEW && isWhole(...weight.shape) ? denseOfFew : others.dense)(x, weight, bias),
  layerNorm: (x, scale, offset) => (isWhole(scale.size) ? layerNorm : others.layerNorm)(x, scale, offset),
  gelu: (x) => (isWhole(x.size) ? gelu : others.gelu)(x),
  attention: (qkv, heads) => (isWhole(qkv.shape[2] / 3 / heads) ? attention : others.attention)(qkv, heads),
});
