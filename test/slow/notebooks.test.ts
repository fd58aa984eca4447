// Every notebook executes, and a broken one says what is wrong and fails.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/engine/home.ts';

const ROOT = packageRoot();

interface Ended { readonly status: number | null; readonly output: string }

function run(command: string, ...args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 26 });
  return { status, output: `${stdout}${stderr}` };
}

interface Executed { readonly cells: readonly { readonly execution_count: number; readonly metadata: object; readonly outputs: readonly { readonly data?: Record<string, unknown> }[] }[]; readonly metadata: object }

const FIGURE = 'import { figure } from \'../../src/workbook/index.ts\';\nfigure({ data: [{ y: [1, 2] }], layout: { height: 200 } });';

const node = (...args: readonly string[]): Ended => run(process.execPath, ...args);

describe('notebooks', () => {
  let folder: string;

  // inside the repository, where a notebook is
  before(() => { folder = mkdtempSync(join(ROOT, 'notebooks', '__notebooks-')); });
  after(() => { rmSync(folder, { recursive: true, force: true }); });

  const write = (name: string, ...sources: readonly string[]): string => {
    const file = join(folder, name);
    const cells = sources.map((source, i) => ({ cell_type: 'code', id: `c${i}`, metadata: {}, execution_count: null, outputs: [], source }));
    const metadata = { kernelspec: { name: 'workbook', display_name: 'Workbook (TypeScript)', language: 'typescript' } };
    writeFileSync(file, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
    return file;
  };

  it('of the workbook execute from the runs in figures/runs, say what is committed, and are left as they were', () => {
    const files = readdirSync(join(ROOT, 'notebooks')).filter((file) => file.endsWith('.ipynb')).map((file) => join(ROOT, 'notebooks', file));
    const read = (): string[] => files.map((file) => readFileSync(file, 'utf8'));
    const before = read(), start = performance.now();
    const { status, output } = node('bin/run-notebooks.mjs', '--check');
    console.log(`      ${files.length} notebooks: ${((performance.now() - start) / 1000).toFixed(0)} s`);
    assert.equal(status, 0, output);
    assert.deepEqual(read(), before);
  });

  it('a number that is not its run\'s any more fails, with both', () => {
    const run = join(folder, 'evaluation.json'), file = write('numbers.ipynb', `import { readFile } from 'node:fs/promises';
import { table } from '../../src/workbook/index.ts';`, `const { metrics } = JSON.parse(await readFile('./evaluation.json', 'utf8')) as { metrics: { uar: number } };
table([{ run: 'a', UAR: 100 * metrics.uar }]);`);
    writeFileSync(run, '{"metrics":{"uar":0.5571}}');
    assert.equal(node('bin/run-notebooks.mjs', file).status, 0);
    assert.equal(node('bin/run-notebooks.mjs', '--check', file).status, 0);
    writeFileSync(run, '{"metrics":{"uar":0.5621}}');
    const { status, output } = node('bin/run-notebooks.mjs', '--check', file);
    assert.equal(status, 1);
    assert.match(output, /numbers\.ipynb, code cell 2: committed "a\s+55\.7", now "a\s+56\.2"/);
  });

  const broken = [
    { name: 'wrong-type.ipynb', cells: ['const fine = 1;', 'const wrong: string = fine;'], message: /cell 2, line 1, column 7: Type 'number' is not assignable to type 'string'/ },
    { name: 'rejected.ipynb', cells: ['void Promise.reject(new RangeError(\'nobody awaits\'));', '1'], message: /RangeError: nobody awaits/ },
    { name: 'rejected-late.ipynb', cells: ['setTimeout(() => { void Promise.reject(new RangeError(\'too late\')); }, 20);'], message: /RangeError: too late[\s\S]*cell 1, line 1/ },
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

  const nbconvert = (file: string): Ended => run(join(ROOT, '.venv', 'bin', 'jupyter'), 'nbconvert', '--to', 'notebook', '--execute', file);

  for (const { name, cells, message } of broken.slice(0, 3)) {
    it(`jupyter nbconvert --execute ${name} fails with its message`, () => {
      const { status, output } = nbconvert(write(name, ...cells));
      assert.equal(status, 1);
      assert.match(output, message);
      assert.ok(!existsSync(join(folder, name.replace('.ipynb', '.nbconvert.ipynb'))));
    });
  }

  it('jupyter nbconvert --execute puts a PNG beside a figure', () => {
    assert.equal(nbconvert(write('figure.ipynb', FIGURE)).status, 0);
    const { cells } = JSON.parse(readFileSync(join(folder, 'figure.nbconvert.ipynb'), 'utf8')) as Executed;
    const [{ data }] = cells[0]!.outputs as [{ data: Record<string, unknown> }];
    assert.ok(data['application/vnd.plotly.v1+json']);
    assert.match(String(data['image/png']), /^iVBOR/);
  });

  it('check-notebooks names the cell and its line, long cells and classes', () => {
    const long = write('long.ipynb', '1;\n'.repeat(30), 'class Mine {}', 'const a = 1;\nconst b: string = a;', 'const c: any = 1;');
    const { status, output } = node('bin/check-notebooks.mjs', long);
    assert.equal(status, 1);
    for (const line of [/code cell 1: 31 lines, expected at most 20/, /code cell 2: defines a class/, /code cell 3, line 2, column 7: error TS2322/, /code cell 4: is not typed: it has an any/, /code cell 1: not executed/]) assert.match(output, line);
  });

  it('outputs are written in place or elsewhere, with pictures and without times', () => {
    const file = write('written.ipynb', FIGURE, `import { params } from '../../src/workbook/index.ts';\nconst { epochs } = params({ epochs: 3 });\nepochs`);
    const before = readFileSync(file, 'utf8');
    const { status, output } = node('bin/run-notebooks.mjs', '--set', 'epochs=1', '--out', join(folder, 'out'), file);
    assert.equal(status, 0, output);
    assert.equal(readFileSync(file, 'utf8'), before);
    const { cells, metadata } = JSON.parse(readFileSync(join(folder, 'out', 'written.ipynb'), 'utf8')) as Executed;
    assert.equal(cells.length, 2);
    assert.match(String(cells[0]!.outputs[0]!.data!['image/png']), /^iVBOR/);
    assert.match(JSON.stringify(cells[1]!.outputs), /set from outside: epochs = 1.*"text\/plain":\["?1/);
    assert.deepEqual([cells[1]!.execution_count, cells[1]!.metadata, Object.keys(metadata)], [2, {}, ['kernelspec']]);
  });
});
