// The built package as a stranger gets it: packed, installed in an empty project, imported, type-checked, run.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../setup/sandbox.ts';

const NAME = 'intensity-aware-workbook';

const USE = `
import { EXPRESSIONS, intensityAwareLoss, preset, type ExperimentConfig } from '${NAME}';
import { tensor1d, tensor2d, type Scalar } from '@tensorflow/tfjs-core';

const config: ExperimentConfig = preset('tiny');
const loss: Scalar = intensityAwareLoss(tensor2d([[1, 2, 3]]), tensor1d([0], 'int32'));
// @ts-expect-error labels are not optional
intensityAwareLoss(tensor2d([[1]]));
console.log(config, loss, EXPRESSIONS.length);
`;

describe('the package', () => {
  let project: string;

  before(() => {
    project = realpathSync(mkdtempSync(join(tmpdir(), 'workbook-package-')));
    npm(ROOT, 'run', '-s', 'build');
    const [packed] = JSON.parse(npm(ROOT, 'pack', '--json', '--pack-destination', project)) as { filename: string }[];
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    npm(project, 'install', '--no-audit', '--no-fund', `./${packed?.filename}`, '@types/node@20');
  });

  after(() => { rmSync(project, { recursive: true, force: true }); });

  it('installs without the engine, Jupyter and the browser, and brings no sources', () => {
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: Record<string, { hasInstallScript?: boolean }> };
    const names = Object.keys(lock.packages);
    for (const absent of ['tfjs-node', 'danfojs', 'tslab', 'playwright', '@sparticuz', 'tsx']) {
      assert.deepEqual(names.filter((name) => name.includes(absent)), [], absent);
    }
    const packed = execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: ROOT, encoding: 'utf8' });
    const [{ files }] = JSON.parse(packed) as [{ files: { path: string }[] }];
    const stray = files.map(({ path }) => path).filter((path) => !/^(dist|bin\/setup|engine-requirements|src\/engine\/(cpu|jpeg)|bench\/pytorch)\/|^(bench\/README\.md|package\.json|README\.md|LICENSE|CITATION\.cff|environment\.md|bin\/(ial|command|pytorch)\.mjs)$/.test(path));
    assert.deepEqual(stray, []);
  });

  it('is imported in plain Node, without the engine', () => {
    const program = `const w = await import('${NAME}'); console.log(w.preset('paper').numSegments, typeof w.intensityAwareLoss)`;
    assert.equal(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: project, encoding: 'utf8' }), '16 function\n');
  });

  for (const [module, moduleResolution] of [['nodenext', 'nodenext'], ['esnext', 'bundler']] as const) {
    it(`type-checks where it is used, with ${moduleResolution} resolution`, () => {
      writeFileSync(join(project, 'use.ts'), USE);
      const options = { module, moduleResolution, target: 'es2022', lib: ['es2023', 'dom'], strict: true, noEmit: true, types: ['node'] };
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, skipLibCheck: false }, files: ['use.ts'] }));
      const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: project, encoding: 'utf8' });
      // the declarations of tfjs and webgpu have mistakes of their own when libraries are checked too; ours must have none
      const ours = stdout.split('\n').filter((line) => line.startsWith('use.ts') || line.startsWith(`node_modules/${NAME}/`));
      assert.deepEqual(ours, []);
    });
  }

  it('npx ial --help lists the commands', () => {
    const help = npm(project, 'exec', '--no', '--', 'ial', '--help');
    assert.match(help, /^Usage: ial /);
    assert.match(help, /train/);
  });

  it('npx ial says in one line what is wrong, and exits with 1', () => {
    const { status, stderr } = spawnSync('npm', ['exec', '--no', '--', 'ial', 'no-such-command'], { cwd: project, encoding: 'utf8' });
    assert.equal(status, 1);
    const lines = stderr.trim().split('\n').filter((line) => !line.startsWith('npm '));
    assert.equal(lines.length, 1, stderr);
    assert.match(lines[0] ?? '', /^ial: .*no-such-command/);
  });

  it('npx ial setup builds the engine in the user\'s cache, and the package computes with it', () => {
    const cache = join(project, 'cache');
    assert.match(spawnSync('npm', ['exec', '--no', '--', 'ial', 'setup'], { cwd: project, encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache } }).stderr, /set-up: ready/);
    const engine = join(project, 'node_modules', NAME, 'dist/engine/tensorflow.js');
    const program = `
      const { loadEngine } = await import(${JSON.stringify(engine)});
      const { tensorflowVersion } = await loadEngine();
      const { getBackend, matMul, tensor2d } = await import('@tensorflow/tfjs-core');
      console.log(tensorflowVersion, getBackend(), matMul(tensor2d([[1, 2], [3, 4]]), tensor2d([[1, 2], [3, 4]])).dataSync().join(' '));`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: project, encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: cache } });
    assert.equal(printed, '2.21.0 tensorflow 7 10 15 22\n');
  });
});

/** npm as the user has it, less this repository's own settings, which it hands to its scripts. */
function npm(cwd: string, ...args: string[]): string {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(config_ignore_scripts|package_|lifecycle_)/i.test(name));
  return execFileSync('npm', args, { cwd, encoding: 'utf8', env: Object.fromEntries(inherited), stdio: ['ignore', 'pipe', 'pipe'] });
}
