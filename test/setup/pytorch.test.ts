// What can go wrong before gigabytes are downloaded, with Pythons that only pretend.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from '../../bin/setup/errors.mjs';
import { findPytorch, installPytorch } from '../../bin/setup/pytorch.mjs';

describe('PyTorch for the bench', () => {
  let root: string;
  const before = { ...process.env };
  const home = () => ({ root, checkout: true, native: join(root, '.native'), venv: join(root, '.venv'), modules: join(root, 'node_modules') });

  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'workbook-pytorch-')));
    mkdirSync(join(root, 'bench', 'pytorch'), { recursive: true });
    writeFileSync(join(root, 'bench', 'pytorch', 'requirements.txt'), 'torch==2.15.0\n');
  });
  afterEach(() => { rmSync(root, { recursive: true }); process.env = { ...before }; });

  /** A Python of a version whose environments have the pip given. */
  function pretend(version: string, pip: string): void {
    const python = join(root, 'python'), made = `#!/bin/sh\\n${pip}\\n`;
    writeFileSync(python, `#!/bin/sh\ncase "$*" in\n  "-c "*) echo ${version} ;;\n  "-m venv "*) mkdir -p "$3/bin" && printf '${made}' > "$3/bin/python" && chmod +x "$3/bin/python" ;;\nesac\n`);
    chmodSync(python, 0o755);
    process.env['PYTHON'] = python;
  }

  const refusal = (pattern: RegExp) => (error: unknown): boolean => error instanceof SetupError && pattern.test(error.message) && !error.message.includes('\n');

  it('is made once, found again, and replaces that of another version', async () => {
    pretend('3.12.1', 'exit 0');
    mkdirSync(join(root, '.native', 'pytorch-old', 'bin'), { recursive: true });
    assert.equal(findPytorch(home()), undefined);
    const python = await installPytorch(home());
    assert.match(python, /\.native\/pytorch-[0-9a-f]{12}\/bin\/python$/);
    assert.equal(findPytorch(home()), python);
    assert.deepEqual(readdirSync(join(root, '.native')).filter((name) => /^(pytorch-old|tmp-|lock)/.test(name)), []);
    process.env['PYTHON'] = '/nowhere';
    assert.equal(await installPytorch(home()), python, 'needs no Python any more');
  });

  it('one that was cut off is no environment, and is made anew', async () => {
    pretend('3.12.1', 'echo "No matching distribution found for torch"; exit 1');
    await assert.rejects(installPytorch(home()), refusal(/^pip install: the package registry lacks a pinned package/));
    assert.equal(findPytorch(home()), undefined);
    pretend('3.12.1', 'exit 0');
    assert.ok(existsSync(await installPytorch(home())));
  });

  it('refuses a Python that PyTorch has no wheel for, and a full disk', async () => {
    pretend('3.10.4', 'exit 0');
    await assert.rejects(installPytorch(home()), refusal(/^PyTorch needs Python 3\.11 or later, .* is 3\.10\.4: install one and set PYTHON to it$/));
    pretend('3.11.0', 'exit 0');
    process.env['WORKBOOK_FREE_BYTES'] = '1e9';
    await assert.rejects(installPytorch(home()), refusal(/^the disk is full: 10\.0 GB needed/));
    assert.equal(findPytorch(home()), undefined);
  });
});
