// The building block of ResNet-18 (He et al. 2016), with a place before the addition where GCA stands.
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { batchNorm, type Context } from './context.ts';

/**
 * conv-bn-relu-conv-bn, `rescale`, plus the shortcut (1x1 convolution when the block has one), ReLU.
 * x [N, H, W, I] -> [N, ceil(H / stride), ceil(W / stride), O]
 */
export function residualBlock(context: Context, name: string, x: Tensor4D, stride: 1 | 2, rescale: (x: Tensor4D) => Tensor4D = (x) => x): Tensor4D {
  const { ops } = context;
  const filter = (part: string): Tensor4D => context.tensor(`${name}.${part}.weight`);
  const inner = batchNorm(context, `${name}.bn1`, ops.conv2d(x, filter('conv1'), stride), true);
  const outer = batchNorm(context, `${name}.bn2`, ops.conv2d(inner, filter('conv2'), 1), false);
  const shortcut = stride === 1 ? x : batchNorm(context, `${name}.downsample.1`, ops.conv2d(x, filter('downsample.0'), stride), false);
  return ops.addRelu(rescale(outer), shortcut);
}
