// Every build of the project's own kernels that this processor can run passes the tests of the operations, and so do
// TensorFlow's kernels alone, which an engine without such a build falls back to.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { resolveEngine } from '../../src/engine/home.ts';
import { ROOT } from '../setup/sandbox.ts';

const FILES = ['ops', 'precision', 'windows', 'updates', 'products', 'fusions'].map((name) => `test/engine/${name}.test.ts`).concat('test/train/optimizer.test.ts');

function testWith(kernels: string, files: readonly string[]): void {
  const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'node_modules/mocha/bin/mocha.js', '--no-config', '--timeout', '60000', ...files], {
    cwd: ROOT, encoding: 'utf8', env: { ...process.env, IAL_CPU_KERNELS: kernels },
  });
  assert.equal(status, 0, stdout.slice(-2000));
}

/** Asked in a process of its own: a build registers its operations where it can. */
function runsHere(file: string): boolean {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-p', `require(${JSON.stringify(file)}).isRegistered`], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim() === 'true';
}

describe('engine/cpu', () => {
  for (const kernels of ['cpu-amx', 'cpu-avx512bf16', 'cpu-avx512', 'cpu-avx2']) {
    it(`the build ${kernels} computes the operations`, function () {
      this.timeout(120000);
      const file = join(resolveEngine()!.packageDir, `lib/napi-v8/${kernels}.node`);
      if (!existsSync(file) || !runsHere(file)) this.skip();
      testWith(kernels, FILES);
    });
  }

  it('TensorFlow\'s kernels alone compute the operations', function () {
    this.timeout(120000);
    testWith('none', ['engine/ops', 'engine/products', 'train/optimizer', 'evaluate/inference'].map((name) => `test/${name}.test.ts`));
  });
});
