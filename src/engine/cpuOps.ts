// The operations on kernels of this project's own (src/engine/cpu), where TensorFlow's cost a step most: 3x3 convolutions
// by Winograd's algorithm, those of images, batch norm with its ReLU in one pass, max pool's gradient. Channels that are no
// multiple of 16, but for those of images, stay with TensorFlow.
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { differentiable } from './differentiable.ts';
import { flag, float, int, real, run, runMany, type Attribute } from './kernels.ts';
import { inferGradient } from './nativeNorms.ts';
import { ADAM, EPSILON, type BatchNormOutput, type Ops, type RunningStatistics } from './ops.ts';
import { fold, updatedRunning } from './portable.ts';
import { tokenOps } from './tokenOps.ts';
import { isWhole } from './vectors.ts';

/** Tiles of 4x4 outputs below which transforming the filters costs more than it saves. */
const FEWEST_TILES = 96;

/** As FEWEST_TILES, in fused operations; without them float32 computes what it computed. */
const FEWEST_FUSED = 24;

/** As FEWEST_TILES, for filters transformed once for many calls. */
const FEWEST_PREPARED = 8;

/** Channels below which those that an output sees are multiplied in one step. */
const FEW_CHANNELS = 16;

const tilesOf = ([images, height, width]: Tensor4D['shape']): number => images * Math.ceil(height / 4) * Math.ceil(width / 4);

function conv3x3(x: Tensor4D, filter: Tensor4D): Tensor4D {
  return differentiable([x, filter], ([x, filter], save) => {
    save([x!, filter!]);
    return {
      value: run('IalConv3x3', [float()], x!, filter!),
      gradFunc: (dy, [x, filter]) => [run('IalConv3x3InputGrad', [float()], dy, filter!), run('IalConv3x3FilterGrad', [float()], x!, dy)],
    };
  }) as Tensor4D;
}

function conv3x3NormInfer(x: Tensor4D, filter: Tensor4D, _stride: number, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): Tensor4D {
  const folded = fold(filter, scale, offset, running);
  return run('IalConv3x3Prepared', [float(), flag('relu', relu)], x, run('IalFilters', [float()], folded.filter), folded.bias) as Tensor4D;
}

/** A convolution of any size and stride whose filters are laid out once. */
function convNormInfer(x: Tensor4D, filter: Tensor4D, stride: number, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): Tensor4D {
  const folded = fold(filter, scale, offset, running);
  return run('IalConvPrepared', [...windowOf(filter.shape, stride), flag('relu', relu)], x, run('IalPanels', [float()], folded.filter), folded.bias) as Tensor4D;
}

/** A convolution's window of zeros around maps. */
const windowOf = ([size]: Tensor4D['shape'], stride: number): Attribute[] => [float(), int('size', size), int('stride', stride), int('margin', (size - 1) / 2)];

/** Whether a convolution is one of images: of few channels, to whole vectors of them. */
const isOfImages = ([, , inputs, outputs]: Tensor4D['shape']): boolean => inputs < FEW_CHANNELS && isWhole(outputs);

/** A convolution of images, which are data: their gradient is never computed. */
function imageConv(x: Tensor4D, filter: Tensor4D, stride: number): Tensor4D {
  const attributes = windowOf(filter.shape, stride);
  return differentiable([filter], ([filter], save) => {
    save([x]);
    return { value: run('IalImageConv', attributes, x, filter!), gradFunc: (dy, [x]) => [run('IalFilterGrad', attributes, x!, dy)] };
  }) as Tensor4D;
}

function imageConvNormInfer(x: Tensor4D, filter: Tensor4D, stride: number, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): Tensor4D {
  const folded = fold(filter, scale, offset, running);
  return run('IalImageConvPrepared', [...windowOf(filter.shape, stride), flag('relu', relu)], x, run('IalImageFilters', [float()], folded.filter), folded.bias) as Tensor4D;
}

/** Whether a convolution is one for Winograd's algorithm. */
function fits(x: Tensor4D, filter: Tensor4D, stride: number, isFirst: boolean, fewest: number): boolean {
  const [height, width, inputs, outputs] = filter.shape;
  return height === 3 && width === 3 && stride === 1 && !isFirst && isWhole(inputs, outputs) && tilesOf(x.shape) >= fewest;
}

const conv2d = (tensorflow: Ops, fewest: number): Ops['conv2d'] => (x, filter, stride, isFirst = false) =>
  fits(x, filter, stride, isFirst, fewest) ? conv3x3(x, filter) : tensorflow.conv2d(x, filter, stride, isFirst);

const fusedConv2d = (tensorflow: Ops): Ops['conv2d'] => (x, filter, stride, isFirst = false) =>
  isFirst && isOfImages(filter.shape) ? imageConv(x, filter, stride) : conv2d(tensorflow, FEWEST_FUSED)(x, filter, stride, isFirst);

const normAttributes = (relu: boolean): Attribute[] => [float(), real('epsilon', EPSILON), flag('relu', relu)];

function batchNormTrain(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, running: RunningStatistics, relu: boolean): BatchNormOutput {
  const attributes = normAttributes(relu), count = x.size / x.shape[3];
  let next: RunningStatistics;
  const y = differentiable([x, scale, offset], ([x, scale, offset], save) => {
    const [y, mean, variance] = runMany('IalBatchNorm', attributes, 3, x!, scale!, offset!) as [Tensor4D, Tensor1D, Tensor1D];
    next = updatedRunning(running, mean, tf.mul(variance, count / (count - 1)));
    save([x!, scale!, offset!, mean, variance]);
    return { value: y, gradFunc: normGradient(attributes) };
  }) as Tensor4D;
  return { y, running: next! };
}

function batchNormInfer(x: Tensor4D, scale: Tensor1D, offset: Tensor1D, { mean, variance }: RunningStatistics, relu: boolean): Tensor4D {
  return differentiable([x, scale, offset], ([x, scale, offset], save) => {
    const y = run('IalBatchNormWith', normAttributes(relu), x!, scale!, offset!, mean, variance);
    save([x!, scale!, mean, variance, y]);
    return { value: y, gradFunc: (dy, saved) => inferGradient(relu ? run('ReluGrad', [float()], dy, saved[4]!) : dy, saved) };
  }) as Tensor4D;
}

const normGradient = (attributes: readonly Attribute[]) => (dy: Tensor, saved: Tensor[]): Tensor[] =>
  runMany('IalBatchNormGrad', attributes, 3, dy, ...saved);

function maxPool(x: Tensor4D): Tensor4D {
  return differentiable([x], ([x], save) => {
    save([x!]);
    return { value: run('IalMaxPool', [float()], x!), gradFunc: (dy, [x]) => run('IalMaxPoolGrad', [float()], x!, dy) };
  }) as Tensor4D;
}

function addRelu(a: Tensor4D, b: Tensor4D): Tensor4D {
  return differentiable([a, b], ([a, b], save) => {
    const y = run('IalAddRelu', [float()], a!, b!);
    save([y]);
    return {
      value: y,
      gradFunc: (dy, [y]) => {
        const dx = run('ReluGrad', [float()], dy, y!);
        return [dx, dx.clone()];
      },
    };
  }) as Tensor4D;
}

function globalConvolution(x: Tensor4D, kernel: Tensor3D): Tensor2D {
  return differentiable([x, kernel], ([x, kernel], save) => {
    save([x!, kernel!]);
    return { value: run('IalGlobalConv', [float()], x!, kernel!), gradFunc: (dg, saved) => runMany('IalGlobalConvGrad', [float()], 2, dg, ...saved) };
  }) as Tensor2D;
}

function rescale(x: Tensor4D, scales: Tensor2D): Tensor4D {
  return differentiable([x, scales], ([x, scales], save) => {
    save([x!, scales!]);
    return { value: run('IalRescale', [float()], x!, scales!), gradFunc: (dy, saved) => runMany('IalRescaleGrad', [float()], 2, dy, ...saved) };
  }) as Tensor4D;
}

function convNormInferOf(tensorflow: Ops, x: Tensor4D, filter: Tensor4D, stride: 1 | 2): Ops['conv2dNormInfer'] {
  if (isOfImages(filter.shape)) return imageConvNormInfer;
  if (!isWhole(filter.shape[2], filter.shape[3])) return tensorflow.conv2dNormInfer;
  return fits(x, filter, stride, false, FEWEST_PREPARED) ? conv3x3NormInfer : convNormInfer;
}

/** @see Ops */
export const cpuOps = (tensorflow: Ops): Ops => ({
  ...tensorflow,
  fused: { ...tokenOps(tensorflow), conv2d: fusedConv2d(tensorflow) },
  conv2d: conv2d(tensorflow, FEWEST_TILES),
  conv2dNormInfer: (x, filter, ...rest) => convNormInferOf(tensorflow, x, filter, rest[0])(x, filter, ...rest),
  batchNormTrain: (x, scale, offset, running, relu) =>
    isWhole(x.shape[3]) ? batchNormTrain(x, scale, offset, running, relu) : tensorflow.batchNormTrain(x, scale, offset, running, relu),
  batchNormInfer: (x, scale, offset, running, relu) =>
    isWhole(x.shape[3]) ? batchNormInfer(x, scale, offset, running, relu) : tensorflow.batchNormInfer(x, scale, offset, running, relu),
  maxPool: (x) => isWhole(x.shape[3]) ? maxPool(x) : tensorflow.maxPool(x),
  addRelu: (a, b) => isWhole(a.shape[3]) ? addRelu(a, b) : tensorflow.addRelu(a, b),
  globalConvolution: (x, kernel) => isWhole(x.shape[3]) ? globalConvolution(x, kernel) : tensorflow.globalConvolution(x, kernel),
  rescale: (x, scales) => isWhole(x.shape[3]) ? rescale(x, scales) : tensorflow.rescale(x, scales),
  sgdStep: (parameter, velocity, gradient, rate, { momentum, weightDecay }) =>
    runMany('IalSgd', [real('momentum', momentum), real('decay', weightDecay)], 2, parameter, velocity, gradient, rate) as [Tensor, Tensor],
  adamWStep: (parameter, mean, square, gradient, rate, step, { weightDecay }) =>
    runMany('IalAdamW', [real('decay', weightDecay), real('beta1', ADAM.beta1), real('beta2', ADAM.beta2), real('epsilon', ADAM.epsilon)], 3, parameter, mean, square, gradient, rate, step) as [Tensor, Tensor, Tensor],
});
