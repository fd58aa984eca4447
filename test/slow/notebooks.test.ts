// Every notebook executes, and a broken one says what is wrong and fails.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/engine/home.ts';

const ROOT = packageRoot();

interface Ended { readonly status: number | null; readonly output: string }

function run(command: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  return { status, output: `${stdout}${stderr}` };
}

const node = (...args: readonly string[]): Ended => run(process.execPath, ...args);

describe('notebooks', () => {
  let folder: string;

  before(() => { folder = mkdtempSync(join(tmpdir(), 'notebooks-test-')); });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  const write = (name: string, ...sources: readonly string[]): string => {
    const file = join(folder, name);
    const cells = sources.map((source, i) => ({ cell_type: 'code', id: `c${i}`, metadata: {}, execution_count: null, outputs: [], source }));
    const metadata = { kernelspec: { name: 'workbook', display_name: 'Workbook (TypeScript)', language: 'typescript' } };
    writeFileSync(file, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
    return file;
  };

  describe('of the workbook', () => {
    before(() => {
      const data = join(folder, 'data');
      const steps = [
        ['synth', data, '--train', '56', '--test', '28', '--size', '80'],
        ...['baseline', 'gca+ial'].map((variant) => ['train', '--data', data, '--preset', 'tiny', '--variant', variant, '--set', 'epochs=1', '--out', join(folder, 'runs', `tiny-${variant}`)]),
      ];
      for (const step of steps) {
        const { status, output } = node('bin/ial.mjs', ...step);
        assert.equal(status, 0, output);
      }
    });

    for (const name of readdirSync(join(ROOT, 'notebooks')).filter((file) => file.endsWith('.ipynb'))) {
      it(`${name} executes on runs made a moment ago, and is left as it was`, () => {
        const file = join(ROOT, 'notebooks', name);
        const before = readFileSync(file, 'utf8');
        const settings = [`data=${join(folder, 'data')}`, `runs=${join(folder, 'runs')}`, 'epochs=1', 'trainClips=16'].flatMap((setting) => ['--set', setting]);
        const { status, output } = node('bin/run-notebooks.mjs', '--check', ...settings, file);
        assert.equal(status, 0, output);
        assert.equal(readFileSync(file, 'utf8'), before);
      });

      it(`${name} is committed executed, small, with a picture beside every figure and no path of the machine`, () => {
        const text = readFileSync(join(ROOT, 'notebooks', name), 'utf8');
        const { cells } = JSON.parse(text) as { cells: { cell_type: string; execution_count?: number | null; outputs?: { output_type: string; data?: Record<string, unknown> }[] }[] };
        const code = cells.filter(({ cell_type }) => cell_type === 'code');
        assert.deepEqual(code.map(({ execution_count }) => execution_count), code.map((_, i) => i + 1));
        const bundles = code.flatMap(({ outputs }) => outputs ?? []);
        assert.ok(bundles.every(({ output_type }) => output_type !== 'error'));
        for (const { data } of bundles) if (data?.['application/vnd.plotly.v1+json']) assert.ok(data['image/png']);
        assert.ok(text.length < 600_000, `${text.length} characters`);
        assert.ok(!text.includes(ROOT), `names ${ROOT}`);
      });
    }
  });

  const broken = [
    { name: 'wrong-type.ipynb', cells: ['const fine = 1;', 'const wrong: string = fine;'], message: /cell 2, line 1, column 7: Type 'number' is not assignable to type 'string'/ },
    { name: 'rejected.ipynb', cells: ['void Promise.reject(new RangeError(\'nobody awaits\'));', '1'], message: /RangeError: nobody awaits/ },
    { name: 'rejected-late.ipynb', cells: ['setTimeout(() => { void Promise.reject(new RangeError(\'too late\')); }, 20);'], message: /cell 1 did not await was rejected: too late/ },
    { name: 'thrown.ipynb', cells: ['console.log(\'before\');\nthrow new TypeError(\'stop\');'], message: /TypeError: stop[\s\S]*cell 1, line 2/ },
  ];
  for (const { name, cells, message } of broken) {
    it(`${name} fails with its message`, () => {
      const { status, output } = node('bin/run-notebooks.mjs', '--check', write(name, ...cells));
      assert.equal(status, 1);
      assert.match(output, message);
      assert.match(output, new RegExp(`failed: .*${name}`));
    });
  }

  it('jupyter nbconvert --execute fails with the message of a type error', () => {
    const file = write('converted.ipynb', 'const wrong: string = 1;');
    const { status, output } = run(join(ROOT, '.venv', 'bin', 'jupyter'), 'nbconvert', '--to', 'notebook', '--execute', file);
    assert.equal(status, 1);
    assert.match(output, /TypeScriptError: cell 1, line 1, column 7: Type 'number' is not assignable/);
    assert.ok(!existsSync(join(folder, 'converted.nbconvert.ipynb')));
  });

  it('check-notebooks names the cell and its line, long cells and classes', () => {
    const long = write('long.ipynb', '1;\n'.repeat(30), 'class Mine {}', 'const a = 1;\nconst b: string = a;');
    const { status, output } = node('bin/check-notebooks.mjs', long);
    assert.equal(status, 1);
    for (const line of [/code cell 1: 31 lines, expected at most 20/, /code cell 2: defines a class/, /code cell 3, line 2, column 7: error TS2322/]) assert.match(output, line);
  });

  it('outputs are written in place, with pictures and without times', () => {
    const file = write('written.ipynb', `globalThis.notebook.display({ 'application/vnd.plotly.v1+json': { data: [{ y: [1, 2] }], layout: { height: 200 } } });`.replace('globalThis.notebook', '(globalThis as any).notebook'), '1 + 1');
    const { status, output } = node('bin/run-notebooks.mjs', file);
    assert.equal(status, 0, output);
    const { cells, metadata } = JSON.parse(readFileSync(file, 'utf8')) as { cells: { execution_count: number; metadata: object; outputs: { data: Record<string, unknown> }[] }[]; metadata: object };
    assert.equal(cells.length, 2);
    assert.ok(String(cells[0]!.outputs[0]!.data['image/png']).startsWith('iVBOR'));
    assert.deepEqual([[cells[1]!.outputs[0]!.data['text/plain']].flat().join(''), cells[1]!.execution_count, cells[1]!.metadata], ['2', 2, {}]);
    assert.deepEqual(Object.keys(metadata), ['kernelspec']);
  });
});
