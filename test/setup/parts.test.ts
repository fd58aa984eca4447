// The parts of set-up that need no machine to be broken.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, modules } from '../../bin/setup/compile.mjs';
import { replaceFolder, sweepScratch, writeWhole } from '../../bin/setup/files.mjs';
import { findHome } from '../../bin/setup/home.mjs';
import { alone } from '../../bin/setup/lock.mjs';
import { matchesLock } from '../../bin/setup/npm.mjs';
import { describe as describeProgress } from '../../bin/setup/progress.mjs';
import { explain } from '../../bin/setup/run.mjs';
import { announced } from '../../bin/setup/tensorflow.mjs';
import { engineHome } from '../../src/engine/home.ts';
import { ROOT } from './sandbox.ts';

describe('parts of set-up', () => {
  let folder: string;
  beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'workbook-parts-')); });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  it('set-up and the engine agree where the engine lives, in a checkout and in an installed package', () => {
    assert.equal(findHome().native, engineHome());
    writeFileSync(join(folder, 'package.json'), '{ "version": "1.2.3" }');
    assert.equal(findHome(folder).native, engineHome(folder));
    assert.match(engineHome(folder, { XDG_CACHE_HOME: '/c' }), /^\/c\/intensity-aware-workbook\/engine-1\.2\.3$/);
  });

  it('explain names the cause that the user can mend', () => {
    const said = (output: string) => explain('pip download', output).message;
    assert.match(said('OSError: [Errno 28] No space left on device'), /^pip download: the disk is full/);
    assert.match(said('npm error code ENOSPC'), /the disk is full/);
    assert.match(said('npm error code EINTEGRITY'), /wrong hash/);
    assert.match(said('getaddrinfo EAI_AGAIN registry'), /no network/);
    assert.match(said('ERROR: No matching distribution found for x'), /lacks a pinned package/);
    assert.equal(said('Traceback\nValueError: odd\n'), 'pip download failed: ValueError: odd');
  });

  it('announced reads the sizes that pip prints, describe tells rate and time left', () => {
    assert.equal(announced('Collecting x\n  Downloading a-1-cp311.whl (274.1 MB)\n  Downloading b-2.whl (500 kB)\n'), 274.6);
    assert.equal(describeProgress(50, 200, 10), '50 of 200 MB, 5.0 MB/s, 30 s left');
    assert.equal(describeProgress(50, undefined, 10), '50 MB, 5.0 MB/s');
  });

  it('matchesLock wants every package of the lock, in its version; optional ones of other platforms may lack', () => {
    const write = (file: string, packages: object) => { writeFileSync(join(folder, file), JSON.stringify({ packages })); };
    const a = { version: '1.0.0', integrity: 'sha512-x' };
    mkdirSync(join(folder, 'node_modules/a'), { recursive: true });
    write('package-lock.json', { '': {}, 'node_modules/a': a, 'node_modules/mac': { ...a, optional: true } });
    assert.equal(matchesLock(folder), false, 'never installed');
    write('node_modules/.package-lock.json', { 'node_modules/a': a });
    assert.equal(matchesLock(folder), true);
    write('node_modules/.package-lock.json', { 'node_modules/a': { ...a, version: '1.0.1' } });
    assert.equal(matchesLock(folder), false, 'another version');
    write('node_modules/.package-lock.json', {});
    assert.equal(matchesLock(folder), false, 'missing');
  });

  it('the project\'s kernels are built for the vectors of each kind of processor, and again when a header changes', () => {
    const built = (name: string): string[] => modules(findHome(), { name, tags: [], mac: false }, 'cpu').map((module) => module.name).filter((file) => file.startsWith('cpu-'));
    assert.deepEqual(built('linux-x64'), ['cpu-amx.node', 'cpu-avx512bf16.node', 'cpu-avx512.node', 'cpu-avx2.node']);
    assert.deepEqual(built('linux-arm64'), ['cpu-plain.node']);
    const [kernels] = modules(findHome(), { name: 'linux-arm64', tags: [], mac: false }, 'cpu').slice(-1);
    assert.ok(kernels!.watched!.some((file) => file.endsWith('winograd.h')) && kernels!.sources.some((file) => file.endsWith('convolution.cc')));
  });

  for (const [what, option, name] of [['bfloat16', 'mavx512bf16', 'cpu-avx512bf16'], ['tiles of it', 'mamx-tile', 'cpu-amx']]) {
    it(`a compiler that does not know ${what} builds the kernels without`, async () => {
      const compiler = join(folder, 'old'), built = join(folder, `${name}.node`);
      writeFileSync(compiler, `#!/bin/sh\ncase "$*" in *-${option}*) echo "error: unrecognized option"; exit 1;; esac\nwhile [ "$1" != -o ]; do shift; done\necho "$2" > "$2"\n`, { mode: 0o755 });
      const [module] = modules(findHome(), { name: 'linux-x64', tags: [], mac: false }, 'cpu').filter((one) => one.name === `${name}.node`);
      await compile({ ...findHome(), native: folder }, module!, [compiler], built);
      assert.ok(existsSync(built));
    });
  }

  it('files and folders are put into place whole, and an interrupted one is swept', () => {
    writeWhole(join(folder, 'deep/file'), 'new');
    assert.equal(readFileSync(join(folder, 'deep/file'), 'utf8'), 'new');
    mkdirSync(join(folder, 'made'));
    replaceFolder(join(folder, 'made'), join(folder, 'deep'));
    assert.deepEqual(readdirSync(join(folder, 'deep')), []);
    mkdirSync(join(folder, 'tmp-abc'));
    writeFileSync(join(folder, 'device.123.tmp'), '');
    sweepScratch(folder);
    assert.deepEqual(readdirSync(folder), ['deep']);
  });

  it('a lock left by a killed set-up is taken over, also when its process number is in use again', async () => {
    const held = join(folder, 'lock');
    for (const [pid, old] of [['999999999', false], [String(process.pid), true]] as const) {
      writeFileSync(held, pid);
      if (old) utimesSync(held, 0, 0);
      let worked = false;
      await alone(folder, async () => { worked = existsSync(held); });
      assert.ok(worked && !existsSync(held));
    }
  });

  it('no lock or requirement file names a registry', () => {
    for (const file of ['package-lock.json', 'requirements.txt', 'requirements-plotly.txt', 'engine-requirements/cpu.txt', 'engine-requirements/gpu.txt']) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      assert.doesNotMatch(text, /"resolved"|--index-url|--find-links|pypi|pythonhosted|npmjs/, file);
    }
  });
});
