// The operations as fused TensorFlow kernels with TensorFlow's own gradient kernels: tfjs would compose the gradients
// of batch norm, ReLU and max pool from dozens of small ops. Explicit padding is avoided: it drops oneDNN (5x slower).
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { composedAttention } from './attention.ts';
import { differentiable, rectify } from './differentiable.ts';
import { flag, float, int, run, text, type Attribute } from './kernels.ts';
import { batchNormInfer, batchNormTrain, batchNormTrainFused, layerNorm } from './nativeNorms.ts';
import { GELU_CUBIC, GELU_SCALE, LOWEST, type Ops } from './ops.ts';
import { adamWStep, fold, globalConvolution, rescale, sgdStep } from './portable.ts';

const shapeOf = (x: Tensor): Tensor1D => tf.tensor1d(x.shape, 'int32');

// ---- convolution

export const convAttributes = (stride: number, padding: 'SAME' | 'VALID'): Attribute[] => [
  float(), int('strides', [1, stride, stride, 1]), text('padding', padding), text('data_format', 'NHWC'),
  flag('use_cudnn_on_gpu', true), int('dilations', [1, 1, 1, 1]),
];

function convolve(x: Tensor4D, filter: Tensor4D, stride: number, padding: 'SAME' | 'VALID'): Tensor4D {
  const attributes = convAttributes(stride, padding);
  return differentiable([x, filter], ([x, filter], save) => {
    save([x!, filter!]);
    return {
      value: run('Conv2D', attributes, x!, filter!),
      gradFunc: (dy, [x, filter]) => [
        run('Conv2DBackpropInput', attributes, shapeOf(x!), filter!, dy),
        run('Conv2DBackpropFilter', attributes, x!, shapeOf(filter!), dy),
      ],
    };
  }) as Tensor4D;
}

/** As convolve, for an input that is data: its gradient is never computed. */
function convolveData(x: Tensor4D, filter: Tensor4D, stride: number, padding: 'SAME' | 'VALID'): Tensor4D {
  const attributes = convAttributes(stride, padding);
  return differentiable([filter], ([filter], save) => {
    save([x, filter!]);
    return {
      value: run('Conv2D', attributes, x, filter!),
      gradFunc: (dy, [x, filter]) => [run('Conv2DBackpropFilter', attributes, x!, shapeOf(filter!), dy)],
    };
  }) as Tensor4D;
}

function conv2d(x: Tensor4D, filter: Tensor4D, stride: 1 | 2, isFirst = false): Tensor4D {
  const apply = isFirst ? convolveData : convolve;
  if (stride === 1) return apply(x, filter, 1, 'SAME');
  const p = Math.floor(filter.shape[0] / 2);
  return apply(p === 0 ? x : tf.pad(x, [[0, 0], [p, p], [p, p], [0, 0]]), filter, stride, 'VALID');
}

const conv2dNormInfer: Ops['conv2dNormInfer'] = (x, filter, stride, scale, offset, running, relu) => {
  const folded = fold(filter, scale, offset, running);
  const y = run('BiasAdd', channelsLast(), conv2d(x, folded.filter, stride), folded.bias) as Tensor4D;
  return relu ? rectify(y) : y;
};

// ---- max pool

function maxPool(x: Tensor4D): Tensor4D {
  const padded = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], LOWEST);
  const attributes = [float(), int('ksize', [1, 3, 3, 1]), int('strides', [1, 2, 2, 1]), text('padding', 'VALID'), text('data_format', 'NHWC')];
  return differentiable([padded], ([x], save) => {
    const y = run('MaxPool', attributes, x!);
    save([x!, y]);
    return { value: y, gradFunc: (dy, [x, y]) => run('MaxPoolGrad', attributes, x!, y!, dy) };
  }) as Tensor4D;
}

// ---- products

const product = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  run('MatMul', [float(), flag('transpose_a', transposeA), flag('transpose_b', transposeB)], a, b);

type Forward = (x: Tensor, weight: Tensor, bias: Tensor | undefined) => Tensor;

/** A dense layer whose forward pass, on x [rows, inputs], is as given, and whose gradients are TensorFlow's products. */
export const denseBy = (forward: Forward): Ops['dense'] => <T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D): T => {
  const [outputs, inputs] = weight.shape;
  const flat = tf.reshape(x, [-1, inputs]);
  const y = differentiable(bias ? [flat, weight, bias] : [flat, weight], ([x, weight, bias], save) => {
    save([x!, weight!]);
    return {
      value: forward(x!, weight!, bias),
      gradFunc: (dy, [x, weight]) => [product(dy, weight!, false, false), product(dy, x!, true, false), ...bias ? [run('BiasAddGrad', channelsLast(), dy)] : []],
    };
  });
  return tf.reshape(y, [...x.shape.slice(0, -1), outputs]) as T;
};

const channelsLast = (): Attribute[] => [float(), text('data_format', 'NHWC')];

const dense = denseBy((x, weight, bias) => {
  const y = product(x, weight, false, true);
  return bias ? run('BiasAdd', channelsLast(), y, bias) : y;
});

const batchProduct = (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor =>
  run('BatchMatMulV2', [float(), flag('adj_x', transposeA), flag('adj_y', transposeB)], a, b);

function matMul<T extends Tensor>(a: T, b: T, transposeB: boolean): T {
  return differentiable([a, b], ([a, b], save) => {
    save([a!, b!]);
    return {
      value: batchProduct(a!, b!, false, transposeB),
      gradFunc: (dy, [a, b]) => [
        batchProduct(dy, b!, false, !transposeB),
        transposeB ? batchProduct(dy, a!, true, false) : batchProduct(a!, dy, true, false),
      ],
    };
  }) as T;
}

// ---- GELU: few passes forward, a closed-form gradient

function gelu<T extends Tensor>(x: T): T {
  return differentiable([x], ([x], save) => {
    const inner = tf.mul(tf.mul(x!, GELU_SCALE), tf.add(tf.mul(tf.square(x!), GELU_CUBIC), 1));
    const tanh = tf.tanh(inner);
    save([x!, tanh]);
    return { value: tf.mul(tf.mul(x!, 0.5), tf.add(tanh, 1)), gradFunc: geluGradient };
  }) as T;
}

function geluGradient(dy: Tensor, [x, tanh]: Tensor[]): Tensor {
  const slope = tf.mul(tf.add(tf.mul(tf.square(x!), 3 * GELU_CUBIC), 1), GELU_SCALE);
  const curve = tf.mul(tf.mul(x!, slope), tf.sub(1, tf.square(tanh!)));
  return tf.mul(dy, tf.mul(tf.add(tf.add(tanh!, 1), curve), 0.5));
}

/** @see Ops */
export const nativeOps = (device: 'cpu' | 'gpu'): Ops => ({
  name: 'native', conv2d, conv2dNormInfer, batchNormTrain: device === 'gpu' ? batchNormTrainFused : batchNormTrain, batchNormInfer,
  relu: rectify, maxPool, dense, layerNorm, matMul, gelu, attention: composedAttention(matMul), globalConvolution, rescale, sgdStep, adamWStep,
  addRelu: (a, b) => rectify(tf.add<Tensor4D>(a, b)),
});
