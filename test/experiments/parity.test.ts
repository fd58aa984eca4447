// The proof that the network is the authors', and that the proof can fail.
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ops } from '../../src/engine/ops.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { checkParity, PARITY_PATHS } from '../../src/experiments/parity.ts';
import { readParityFile, type ParityFile } from '../../src/experiments/parityFile.ts';
import { fnv1a, unit } from '../../src/experiments/parityFormula.ts';
import { TOLERANCES } from '../../src/experiments/comparison.ts';

const path = fileURLToPath(new URL('../fixtures/parity.json', import.meta.url));
/** A parity file as one may tamper with it. */
type Mutable = Omit<ParityFile, 'steps'> & { steps: { loss: number; gradients: Record<string, { norm: number }>; parametersAfter: Record<string, object> }[] };

describe('experiments/parity', function () {
  this.timeout(240_000);
  let ops: Ops;
  before(async () => { ops = (await loadEngine()).ops; });

  for (const way of PARITY_PATHS) it(`checkParity passes on the authors' numbers, ${way}, and leaks nothing`, async () => {
    const before = tf.memory().numTensors;
    const report = await checkParity(ops, await readParityFile(path), way);
    assert.deepEqual(report.failures, []);
    assert.ok(report.compared > 4000);
    for (const [kind, { error, tolerance }] of Object.entries(report.worst)) {
      assert.ok(error > 0 && error <= tolerance, kind);
      assert.equal(tolerance, TOLERANCES[kind as keyof typeof TOLERANCES]);
    }
    assert.equal(tf.memory().numTensors, before);
  });

  it('checkParity refuses a gradient norm 5 % off, a loss 1 % off, a missing, an extra and a misshapen tensor, all in one file', async () => {
    const file = JSON.parse(await readFile(path, 'utf8')) as Mutable;
    const [first, second] = file.steps;
    first!.gradients['s_former.layer2.0.fc1.0.weight']!.norm *= 1.05;
    second!.loss *= 1.01;
    delete first!.gradients['fc_f.bias'];
    first!.parametersAfter['nobody'] = first!.parametersAfter['fc_f.bias']!;
    first!.parametersAfter['fc_f.weight'] = { ...first!.parametersAfter['fc_f.weight'], shape: [4096, 7] };
    const { passed, failures } = await checkParity(ops, file as unknown as ParityFile);
    assert.equal(passed, false);
    assert.equal(failures.length, 5, failures.join('\n'));
    const told = [/fc1\.0\.weight \(norm\): relative error 4\.[678]\de-2/, /steps\.1\.loss: relative error 9\.\d\de-3/, /"fc_f\.bias" is missing in the file/, /"nobody" is in the file and not in the network/, /"fc_f\.weight" is 4096 x 7 in the file, 7 x 4096 here/];
    for (const line of told) assert.ok(failures.some((failure) => line.test(failure)), `${line}\n${failures.join('\n')}`);
  });

  it('readParityFile says what is wrong with a file that is none', async () => {
    const wrong = join(tmpdir(), `parity-${process.pid}.json`);
    await writeFile(wrong, '{"salt": "x"}');
    await assert.rejects(readParityFile(wrong), /expected a parity file, "batch" is missing/);
    await writeFile(wrong, 'no');
    await assert.rejects(readParityFile(wrong), /expected a parity file in JSON/);
    await rm(wrong);
  });

  it('the formula is FNV-1a and a 32-bit mix, with 24 bits in [0, 1)', () => {
    assert.equal(fnv1a(''), 0x811c9dc5);
    assert.equal(fnv1a('a'), 0xe40c292c);
    const numbers = Array.from({ length: 1000 }, (_, i) => unit(fnv1a('x'), i));
    assert.ok(numbers.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 24)));
    assert.ok(Math.abs(numbers.reduce((a, b) => a + b, 0) / 1000 - 0.5) < 0.03);
  });
});
