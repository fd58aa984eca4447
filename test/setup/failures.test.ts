// What is missing on a machine is told in one clear line, each made to happen for real where that is possible.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, Sandbox, type Outcome } from './sandbox.ts';

const PYTHON = join(ROOT, '.venv/bin/python');

describe('set-up says in one line what to do', () => {
  let sandbox: Sandbox;
  beforeEach(() => { sandbox = new Sandbox(); });
  afterEach(() => { sandbox.remove(); });

  /** Steps announce themselves; what failed is the last line, and nothing of a stack follows it. */
  function assertRefused({ status, lines }: Outcome, pattern: RegExp): void {
    assert.equal(status, 1, lines.join('\n'));
    assert.match(lines.at(-1) ?? '', pattern);
    for (const line of lines) assert.match(line, /^set-up: /);
    assert.ok(lines.length <= 3, lines.join('\n'));
  }

  it('when Node is too old', () => {
    const program = "Object.defineProperty(process.versions, 'node', { value: '20.18.1' }); import('./bin/setup.mjs')";
    const { status, stderr } = spawnSync(process.execPath, ['-e', program], { cwd: sandbox.root, encoding: 'utf8' });
    assert.equal(status, 1);
    assert.equal(stderr, 'Node 20.18.1 is too old: install Node 20.19 or later (22, 24 and 26 are fine), then run this again\n');
  });

  for (const [platform, reason] of [
    ['win32-x64', /WSL 2/], ['linux-x64-musl', /glibc/], ['darwin-x64', /Intel Macs/], ['linux-ia32', /64-bit Linux/], ['freebsd-x64', /64-bit Linux/],
  ] as const) {
    it(`when the platform is ${platform}`, () => {
      const outcome = sandbox.setUp({ WORKBOOK_PLATFORM: platform });
      assertRefused(outcome, new RegExp(`unsupported platform ${platform}: .*${reason.source}`));
    });
  }

  it('when an argument is wrong', () => {
    assertRefused(sandbox.setUp({}, ['--device', 'tpu']), /expected --device cpu or --device gpu, found --device tpu/);
  });

  it('when there is no npm', () => {
    assertRefused(sandbox.setUp(), /no npm found: .*install Node with npm/);
  });

  it('when there is no Python', () => {
    assertRefused(sandbox.withPackages().setUp(), /no Python found: install Python 3\.10 to 3\.14 with venv \(Debian, Ubuntu: apt install/);
  });

  it('when $PYTHON does not run', () => {
    assertRefused(sandbox.withPackages().setUp({ PYTHON: '/nowhere/python3' }), /PYTHON=\/nowhere\/python3 does not run: install Python/);
  });

  for (const [version, word] of [['3.9.18', 'old'], ['2.7.18', 'old'], ['3.15.0', 'new']] as const) {
    it(`when Python is ${version}`, () => {
      assertRefused(sandbox.withPackages().tool('python3', `echo ${version}`).setUp(), new RegExp(`python3 is Python ${version}, too ${word}: install Python 3.10 to 3.14`));
    });
  }

  it('when Python has no venv module', () => {
    // as on Debian without python3-venv: Python's own import of it fails
    const broken = join(sandbox.root, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'venv.py'), 'raise ImportError("No module named venv")\n');
    sandbox.withPackages().tool('python3', `exec ${PYTHON} "$@"`);
    assertRefused(sandbox.setUp({ PYTHONPATH: broken }), /python3 \(3\.\d+\.\d+\) has no venv module: install it \(Debian, Ubuntu: apt install python3\.\d+-venv\)/);
  });

  it('when there is no compiler', () => {
    assertRefused(sandbox.withPackages().withTensorflow().setUp(), /no C\+\+ compiler found: install one \(Debian, Ubuntu: apt install g\+\+; .*macOS: xcode-select --install\)/);
  });

  it('when $CXX does not run', () => {
    assertRefused(sandbox.withPackages().withTensorflow().setUp({ CXX: 'nowhere++' }), /CXX=nowhere\+\+ does not run: install one/);
  });

  it('when the compiler fails', () => {
    const outcome = sandbox.withPackages().withTensorflow().setUp({ PATH: process.env['PATH'] ?? '', CXX: 'c++ -include not-there.h' });
    assertRefused(outcome, /c\+\+ could not compile the engine's addon \(.*not-there\.h.*\): it must support C\+\+17; install one/);
    assert.ok(!sandbox.has('node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node'));
  });

  it('when the disk is full', () => {
    assertRefused(sandbox.withPackages().setUp({ WORKBOOK_FREE_BYTES: '1000000' }), /the disk is full: 2\.0 GB needed in .*, 0\.0 GB free; make room/);
  });

  it('when the network is down, at the wheel', () => {
    const env = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9', PIP_RETRIES: '1', PIP_NO_CACHE_DIR: '1', PIP_FIND_LINKS: '' };
    assertRefused(sandbox.withPackages().withPython().setUp(env), /pip download: no network: .*check the connection and the proxy settings/);
  });

  it('when the wheel is damaged', () => {
    const wheels = join(sandbox.root, 'wheels');
    mkdirSync(wheels);
    const machine = process.platform === 'darwin' ? 'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64'
      : process.arch === 'arm64' ? 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64' : 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64';
    writeFileSync(join(wheels, `${machine}.whl`), 'not the wheel that was pinned');
    const outcome = sandbox.withPackages().withPython().setUp({ PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels });
    assertRefused(outcome, /pip download: a downloaded file has a wrong hash: .*run this again/);
    assert.ok(!sandbox.has('.native/cpu'), 'nothing of it may stay');
  });

  it('and leaves no temporary folder, lock or half-made environment behind', () => {
    sandbox.withPackages().withTensorflow().setUp({ CXX: 'nowhere++' });
    for (const left of ['.native/lock', '.native/device', '.venv']) assert.ok(!sandbox.has(left), left);
  });
});
