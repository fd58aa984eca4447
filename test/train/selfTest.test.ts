// The step by which a GPU is tested, here with the CPU in the GPU's place, and the comparison.
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { nativeOps } from '../../src/engine/native.ts';
import type { Ops } from '../../src/engine/ops.ts';
import { portableOps } from '../../src/engine/portable.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { compareSteps, referenceStep, selfTestStep, type StepNumbers } from '../../src/train/selfTest.ts';

describe('train/selfTest', function () {
  this.timeout(120_000);
  let ops: Ops, reference: StepNumbers;

  const { info, warn, log } = console;
  before(async () => {
    ({ ops } = await loadEngine());
    console.info = console.warn = console.log = () => {}; // tfjs advertises a faster backend
    reference = await referenceStep(portableOps);
    Object.assign(console, { info, warn, log });
  });

  it('the reference leaves the backend and no tensor behind', async () => {
    assert.equal(tf.getBackend(), 'tensorflow');
    const before = tf.memory().numTensors;
    await selfTestStep(ops);
    assert.equal(tf.memory().numTensors, before);
  });

  it('the compiled step has the numbers of plain JavaScript, with the CPU\'s operations and with those of a GPU', async () => {
    for (const [name, operations] of [['ours', ops], ['TensorFlow\'s', nativeOps('cpu')], ['a GPU\'s', nativeOps('gpu')]] as const) {
      const { what, error } = compareSteps(await selfTestStep(operations), reference);
      assert.ok(error < 2e-4, `${name}: ${what} ${error}`); // measured: 2e-5
    }
  });

  it('rounding of another order passes, rounding to ten bits does not: TF32 must be off', async () => {
    const { error, allowed } = compareSteps(await selfTestStep(ops, 1e-6), reference);
    assert.ok(error < allowed / 20, String(error)); // measured: 4e-5
    const coarse = compareSteps(await selfTestStep(ops, 5e-4), reference);
    assert.ok(coarse.error > coarse.allowed, String(coarse.error)); // measured: 0.3
  });

  it('covers every parameter that is trained, and every running statistic', () => {
    const names = [...reference.keys()];
    assert.ok(names.includes('losses') && names.includes('gradient of fc_f.weight') && names.includes('change of s_former.bn1.running_var'));
    const still = names.filter((name) => reference.get(name)!.every((value) => value === 0));
    assert.deepEqual(still.filter((name) => !/\.bias[12]?$|s_former\.layer1\.0\.(?:AUX_fc|glb|gc|fc)|\.glb\.|s_former\.layer3\.0\.(?:AUX_fc|gc|fc)/.test(name)), []);
  });

  const changed = (name: string, change: (value: number, i: number) => number): StepNumbers => new Map([...reference, [name, reference.get(name)!.map(change)]]);

  it('names what is wrong: a number, a sign, a missing update, no number at all', () => {
    assert.equal(compareSteps(reference, reference).error, 0);
    const [last] = [...reference.get('losses')!.keys()].slice(-1);
    const loss = compareSteps(changed('losses', (value, i) => (i === last ? value * 1.01 : value)), reference);
    assert.deepEqual([loss.what, loss.error > loss.allowed], ['losses', true]);
    const name = 'gradient of s_former.conv1.0.weight';
    assert.ok(Math.abs(compareSteps(changed(name, (value) => -value), reference).error - 2) < 1e-6);
    const still = compareSteps(changed('change of fc_f.weight', () => 0), reference);
    assert.equal(still.what, 'change of fc_f.weight');
    assert.ok(Math.abs(still.error - 1) < 1e-6);
    for (const bad of [NaN, Infinity]) assert.deepEqual(compareSteps(changed(name, (value, i) => (i === 3 ? bad : value)), reference), { what: name, error: Infinity, allowed: 0.02 });
    const missing = new Map(reference);
    missing.delete(name);
    assert.equal(compareSteps(missing, reference).error, Infinity);
  });
});
