// Weights between this and PyTorch, where PyTorch is set up: it computes our logits from our exports, and we compute its from
// every kind of file that torch.save writes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findHome } from '../../bin/setup/home.mjs';
import { findPytorch } from '../../bin/setup/pytorch.mjs';
import { framesPerClip, preset, type ExperimentConfig } from '../../src/config.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { createInference } from '../../src/evaluate/inference.ts';
import { exportRun } from '../../src/experiments/exportRun.ts';
import { importRun } from '../../src/experiments/importRun.ts';
import { selectedCheckpoint } from '../../src/experiments/evaluation.ts';
import { formulaImages } from '../../src/experiments/parityFormula.ts';
import { initialWeights } from '../../src/model/weights.ts';
import { specification } from '../../src/model/specification.ts';
import { createNetworkState } from '../../src/model/state.ts';
import { openRun } from '../../src/runs/run.ts';
import { writeSafetensors, type HostTensor } from '../../src/runs/safetensors.ts';
import { weightsOf } from '../../src/train/trainer.ts';
import { ROOT } from '../setup/sandbox.ts';

const TOLERANCE = 1e-4;

describe('weights to and from PyTorch', function () {
  this.timeout(300_000);
  const python = findPytorch(findHome());
  let folder = '';
  before(function () {
    if (python === undefined) {
      console.log('      PyTorch is not set up: node bin/pytorch.mjs (downloads 3 GB)');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'ial-weights-'));
  });
  after(() => { if (folder !== '') rmSync(folder, { recursive: true, force: true }); });

  const script = <T>(...args: readonly string[]): T =>
    JSON.parse(execFileSync(python!, ['-B', '-s', '-W', 'ignore', 'test/slow/weights.py', ...args], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, PYTHONPATH: 'bench/pytorch' }, stdio: ['ignore', 'pipe', 'ignore'] })) as T;

  async function ourLogits(dir: string): Promise<readonly number[]> {
    const engine = await loadEngine(), run = await openRun(dir), { experiment: config } = run.record;
    const state = createNetworkState(config, weightsOf((await selectedCheckpoint(run)).weights), dir);
    const inference = createInference(engine.ops, state);
    try {
      return inference.run(formulaImages('weights', 1, framesPerClip(config), config.imageSize), 1).logits[0]!;
    } finally { inference.dispose(); state.dispose(); }
  }

  function assertClose(found: readonly number[], expected: readonly number[], what: string): void {
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
    assert.ok(found.length === expected.length && worst <= TOLERANCE * Math.max(1, ...expected.map(Math.abs)), `${what}: ${String(found)} and ${String(expected)}`);
  }

  /** A run with fresh weights and running statistics that matter. */
  async function makeRun(config: ExperimentConfig, dir: string): Promise<void> {
    const weights = initialWeights(config);
    const tensors = new Map(specification(config).map(({ name, shape, kind }): [string, HostTensor] => {
      if (kind === 'batchCount') return [name, { dtype: 'I64', shape, data: BigInt64Array.of(1234n) }];
      const data = kind === 'runningMean' || kind === 'runningVariance' ? weights.get(name)!.map((value, i) => value + 0.1 * (1 + (i % 3))) : weights.get(name)!;
      return [name, { dtype: 'F32', shape, data }];
    }));
    await writeSafetensors(`${dir}.start`, tensors, { experiment: JSON.stringify(config) });
    await importRun({ file: `${dir}.start`, out: dir });
  }

  for (const name of ['tiny', 'paper']) {
    it(`${name}: PyTorch loads our export under the authors' names, strictly, and computes our logits`, async () => {
      const dir = join(folder, name);
      await makeRun(preset(name), dir);
      await exportRun({ dir, out: `${dir}.safetensors` });
      assertClose(await ourLogits(dir), script<number[]>('load', `${dir}.safetensors`), name);
    });
  }

  it('PyTorch loads our export in half precision', async () => {
    const dir = join(folder, 'to-half');
    await makeRun(preset('tiny'), dir);
    await exportRun({ dir, out: `${dir}.safetensors`, half: true });
    await importRun({ file: `${dir}.safetensors`, out: `${dir}-back` });
    assertClose(await ourLogits(`${dir}-back`), script<number[]>('load', `${dir}.safetensors`), 'half');
  });

  it('we compute PyTorch\'s logits from what torch.save writes: both formats, protocols 2 to 5, float32, float64, half, bfloat16', async () => {
    const settings = join(folder, 'config.json');
    writeFileSync(settings, JSON.stringify(preset('tiny')));
    const expected = script<Record<string, number[]>>('save', settings, folder);
    assert.equal(Object.keys(expected).length, 9);
    for (const [name, logits] of Object.entries(expected)) {
      const dir = join(folder, `from-${name}`);
      const report = await importRun({ file: join(folder, `${name}.pth`), out: dir });
      assert.deepEqual([report.epoch, report.experiment.width, report.beside['optimizer']], [3, preset('tiny').width, 'a dict of 2'], name);
      assertClose(await ourLogits(dir), logits, name);
    }
  });
});
