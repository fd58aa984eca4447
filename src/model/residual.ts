// The building block of ResNet-18 (He et al. 2016), with a place before the addition where GCA stands.
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { convolution, type Context, type ConvolutionNames } from './context.ts';

/**
 * conv-bn-relu-conv-bn, `rescale`, plus the shortcut (1x1 convolution when the block has one), ReLU.
 * x [N, H, W, I] -> [N, ceil(H / stride), ceil(W / stride), O]
 */
export function residualBlock(context: Context, name: string, x: Tensor4D, stride: 1 | 2, rescale: (x: Tensor4D) => Tensor4D = (x) => x): Tensor4D {
  const part = (filter: string, norm: string): ConvolutionNames => ({ filter: `${name}.${filter}`, norm: `${name}.${norm}` });
  const inner = convolution(context, part('conv1', 'bn1'), x, { stride, relu: true });
  const outer = convolution(context, part('conv2', 'bn2'), inner, { stride: 1, relu: false });
  const shortcut = stride === 1 ? x : convolution(context, part('downsample.0', 'downsample.1'), x, { stride, relu: false });
  return context.ops.addRelu(rescale(outer), shortcut);
}
