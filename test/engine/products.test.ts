import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { compile, type CompileOptions } from '../../src/engine/compile.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { withProducts } from '../../src/engine/products.ts';
import { idOf, record } from '../../src/engine/record.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { withUpdates } from '../../src/engine/updates.ts';
import { apart } from './apart.ts';
import { compiledOutputs, read } from './compiled.ts';

describe('engine/products', () => {
  let ops: Ops;
  before(async () => { ({ ops } = await loadEngine()); });

  /** A layer's outputs and gradients. */
  const layer = (isBiased: boolean) => ([x, weight, bias]: readonly Tensor[]): Tensor[] => {
    const y = (x: Tensor, w: Tensor, b: Tensor): Tensor => ops.dense(x, w as Tensor2D, isBiased ? b as Tensor1D : undefined);
    const gradients = tf.grads((x, w, b) => tf.sum(tf.sin(tf.add(y(x!, w!, b!), b!))))([x!, weight!, bias!]);
    return [y(x!, weight!, bias!), ...gradients];
  };

  const inputsOf = (rows: number, inputs: number, outputs: number): Tensor[] =>
    [[rows, inputs], [outputs, inputs], [outputs]].map((shape, i) => tf.randomNormal(shape, 0, i === 1 ? 1 / Math.sqrt(inputs) : 1, 'float32', i + 1));

  /** An operation of this project's own: it says that its kernels are in use. */
  const ownOf = (numbers: Tensor): Tensor => ops.addRelu(tf.zeros([1, 1, 1, 16]), tf.reshape(tf.slice(numbers, 0, 16), [1, 1, 1, 16]));

  function names(rows: number, inputs: number, outputs: number, { isBiased = true, hasOwn = true } = {}): string[] {
    const tensors = inputsOf(rows, inputs, outputs);
    const recording = record(() => { tf.dispose([...layer(isBiased)(tensors), ...hasOwn ? [ownOf(tensors[2]!)] : []]); });
    const rewritten = withProducts(recording, { shapes: new Map(tensors.map((tensor) => [idOf(tensor), tensor.shape])), still: new Set() });
    tf.dispose(tensors);
    return [...new Set(rewritten.ops.map(({ op }) => op).filter((op) => /MatMul|Dense|Product/.test(op)))].sort();
  }

  it('withProducts(recording) takes the three products of a layer, its bias with the first', function () {
    if (!ops.fused) this.skip(); // TensorFlow's kernels alone
    assert.deepEqual(names(96, 64, 128), ['IalDense', 'IalDenseInputGrad', 'IalDenseWeightGrad', 'IalProduct']);
    assert.deepEqual(names(96, 64, 128, { isBiased: false }), ['IalDenseInputGrad', 'IalDenseWeightGrad', 'IalProduct']);
  });

  it('withProducts(recording) leaves products of few rows, of a short side, and of what is no whole tile to TensorFlow', () => {
    for (const [rows, inputs, outputs] of [[63, 64, 64], [96, 32, 128], [96, 128, 32], [96, 80, 128]] as const) assert.deepEqual(names(rows, inputs, outputs), ['MatMul'], `${rows} rows, ${inputs} -> ${outputs}`);
  });

  it('withProducts(recording) changes nothing where this project\'s kernels are not in use: on a GPU, with TensorFlow\'s alone', () => {
    assert.deepEqual(names(96, 64, 128, { hasOwn: false }), ['MatMul']);
  });

  const WAYS: readonly (readonly [string, CompileOptions])[] = [['in tiles', { precision: 'bf16', support: 'tiles' }], ['in pairs', { precision: 'bf16', support: 'vectors' }]];
  for (const [how, options] of WAYS) for (const [rows, inputs, outputs, isBiased] of [[64, 64, 96, true], [97, 256, 64, false], [500, 96, 160, true]] as const) {
    it(`a layer ${how} of ${inputs} -> ${outputs} on ${rows} rows, ${isBiased ? 'with' : 'without'} a bias, and its gradients are within 2 % of float32`, () => {
      const values = inputsOf(rows, inputs, outputs), before = tf.memory().numTensors;
      const f = (inputs: readonly Tensor[]): Tensor[] => [...layer(isBiased)(inputs), ownOf(inputs[2]!)];
      const [exact, low] = [{}, options].map((options) => compiledOutputs(f, values, options));
      exact!.forEach((of, i) => assert.ok(apart(of, low![i]!) < 0.02, `${['y', 'dx', 'dw', 'db', 'sum'][i]}: off by ${apart(of, low![i]!)} of its norm`));
      assert.ok(apart(exact![0]!, low![0]!) > 1e-4, 'y is of float32');
      assert.equal(tf.memory().numTensors, before, 'tensors leak');
      tf.dispose(values);
    });
  }

  /** Two layers on few rows: weights of both, their velocities. */
  const twoLayers = (inputs: number, hidden: number, outputs: number): tf.Variable[] =>
    [[hidden, inputs], [outputs, hidden], [hidden, inputs], [outputs, hidden]].map((shape, i) => tf.variable(tf.randomNormal(shape, 0, 1 / Math.sqrt(shape[1]!), 'float32', i + 1)));

  /** Their step of SGD; gives the loss. */
  const stepOf = (variables: readonly tf.Variable[]) => ([x, rate, bias]: readonly Tensor[]): Tensor[] => tf.tidy(() => {
    const dense = ops.fused?.dense ?? ops.dense, weights = variables.slice(0, 2);
    const loss = (): tf.Scalar => tf.sum(tf.sin(dense(tf.tanh(dense(x!, weights[0] as never, bias as Tensor1D)), weights[1] as never)));
    const { value, grads } = tf.variableGrads(loss, [...weights]);
    weights.forEach((weight, i) => {
      const stepped = ops.sgdStep(weight, variables[i + 2]!, grads[weight.name]!, rate as tf.Scalar, { momentum: 0.9, weightDecay: 0.1 });
      [weight, variables[i + 2]!].forEach((variable, j) => { variable.assign(stepped[j]!); });
    });
    return [value];
  });

  it('withProducts(recording) reads weights of few rows once to go forward and once to go back, where they train', function () {
    if (!ops.fused) this.skip();
    const variables = twoLayers(64, 96, 128), inputs = [tf.randomNormal([30, 64]), tf.scalar(0.1), tf.zeros([96])], starts = [...variables, ...inputs];
    const shapes = new Map(starts.map((tensor) => [idOf(tensor), tensor.shape])), all = new Set(shapes.keys());
    const recording = withUpdates(record(() => { tf.dispose(stepOf(variables)(inputs)); }), shapes);
    const namesOf = (still: ReadonlySet<number>): string[] => withProducts(recording, { shapes, still }).ops.map(({ op }) => op).filter((op) => /^Ial(Dense|Product)/.test(op)).sort();
    assert.deepEqual(namesOf(new Set()), ['IalDenseRounded', 'IalDenseStep', 'IalDenseStep', 'IalProductRounded']);
    assert.deepEqual(namesOf(all), ['IalDense', 'IalDenseStep', 'IalDenseStep', 'IalProduct'], 'weights that stay are cast once');
    tf.dispose([...variables, ...inputs]);
  });

  for (const [rows, inputs, hidden, outputs] of [[30, 64, 96, 128], [16, 160, 512, 1056], [63, 1056, 1024, 64]] as const) {
    it(`a step of layers ${inputs} -> ${hidden} -> ${outputs} on ${rows} rows is within 2 % of float32, in tiles`, () => {
      const variables = twoLayers(inputs, hidden, outputs), before = variables.map((one) => tf.tidy(() => one.clone()));
      const given = [tf.randomNormal([rows, inputs], 0, 1, 'float32', 9), tf.scalar(0.01), tf.randomNormal([hidden], 0, 1, 'float32', 10)];
      const specs = given.map(({ shape }) => ({ shape, dtype: 'float32' as const }));
      const [exact, low] = [{ fused: true }, { precision: 'bf16', support: 'tiles' } as const].map((options) => {
        variables.forEach((variable, i) => { variable.assign(before[i]! as never); });
        const compiled = compile(stepOf(variables), specs, variables, options);
        const [loss] = read([...compiled.run(given)]);
        compiled.pull();
        compiled.dispose();
        return [loss!, ...variables.map((variable, i) => read([tf.tidy(() => tf.sub(variable, before[i]!))])[0]!)];
      }) as [Float32Array[], Float32Array[]];
      exact.slice(1).forEach((of, i) => assert.ok(apart(of, low[i + 1]!) < 0.02, `${['first weights', 'second weights', 'first velocity', 'second velocity'][i]}: off by ${apart(of, low[i + 1]!)} of the norm of their change`));
      tf.dispose([...variables, ...before, ...given]);
    });
  }
});
