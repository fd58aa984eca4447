// The real kernel under a real Jupyter client: what a reader of a notebook relies on.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/engine/home.ts';
import { printedBy, startKernel, type KernelClient } from './kernelClient.ts';

describe('the kernel', () => {
  // inside the repository, where a notebook is
  const folder = join(packageRoot(), 'notebooks', `__kernel-${process.pid}`);
  const write = (name: string, source: string): void => { writeFileSync(join(folder, name), source); };
  let kernel: KernelClient;

  before(async () => {
    mkdirSync(folder);
    write('base.ts', 'export const base = 1;\nexport class Wrong extends Error {}\nexport function fail(): never {\n  throw new Wrong(\'deep\');\n}\n');
    write('top.ts', 'import { base } from \'./base.ts\';\nexport const top = (): number => base * 10;\nexport const here = import.meta.url;\nexport const loads = ((globalThis as { loads?: number }).loads = ((globalThis as { loads?: number }).loads ?? 0) + 1);\n');
    write('other.ts', 'export const token = Symbol(\'state\');\n/** Numbers from 1, one a turn. */\nexport async function* count(to: number): AsyncGenerator<number> {\n  for (let i = 1; i <= to; i++) { await null; yield i; }\n}\n');
    kernel = await startKernel(folder);
    await kernel.value(`import { EXPRESSIONS, type Expression } from '../../src/labels.ts';
import { base, fail } from './base.ts';
import { here, top } from './top.ts';
import { count, token } from './other.ts';
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const firstToken = token;`);
  });

  after(async () => {
    await kernel?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const failure = async (code: string): Promise<string> => {
    const { reply, outputs } = await kernel.run(code);
    assert.equal(reply.status, 'error', code);
    const shown = outputs.find(({ type, isMine }) => type === 'error' && isMine);
    assert.deepEqual(shown?.content['traceback'], reply.traceback, 'the same error as output and as reply');
    return reply.traceback!.join('\n');
  };

  describe('modules', () => {
    it('are imported with their types, relative to the notebook', async () => {
      assert.equal(await kernel.value('const word: Expression = EXPRESSIONS[0];\nword'), '\'happiness\'');
      assert.match(await failure('const word: Expression = \'joy\';'), /"joy"|'joy'/);
    });

    it('know where they are', async () => {
      assert.match(await kernel.value('here'), /notebooks\/__kernel-\d+\/top\.ts'$/);
      assert.equal(await kernel.value('process.cwd()'), `'${folder}'`);
    });

    it('are read again after an edit, with all that import them and nothing else', async () => {
      await kernel.value('const useTop = () => top();');
      write('base.ts', 'export const base = 7;\nexport const added = \'new\';\nexport class Wrong extends Error {}\nexport function fail(): never {\n\n  throw new Wrong(\'deep\');\n}\n');
      assert.equal(await kernel.value('[base, top(), useTop(), token === firstToken]'), '[ 7, 70, 70, true ]');
      assert.equal(await kernel.value('import { added } from \'./base.ts\';\nadded.length'), '3');
    });

    it('may appear and vanish', async () => {
      assert.match(await failure('import { late } from \'./late.ts\';'), /line 1, column 22: Cannot find module '\.\/late\.ts'/);
      write('late.ts', 'export const late = 3;\n');
      assert.equal(await kernel.value('import { late } from \'./late.ts\';\nlate'), '3');
    });

    it('share one tfjs, and open the engine once', async () => {
      await kernel.value('import * as tf from \'@tensorflow/tfjs-core\';\nimport { loadEngine } from \'../../src/engine/tensorflow.ts\';\nconst engine = await loadEngine();\nconst backend = tf.backend();');
      write('base.ts', 'export const base = 8;\nexport function fail(): never { throw new Error(\'deep\'); }\n');
      assert.equal(await kernel.value('[tf.getBackend(), (await loadEngine()) === engine, tf.backend() === backend, base]'), '[ \'tensorflow\', true, true, 8 ]');
    });

    it('from packages of every kind', async () => {
      const names = ['sharp', 'commander', 'csv-parse/sync', 'write-file-atomic', 'umap-js', 'danfojs-node', 'simple-statistics'];
      await kernel.value(names.map((name, i) => `import * as package${i} from '${name}';`).join('\n'));
      assert.equal(await kernel.value(`[${names.map((_, i) => `Object.keys(package${i}).length > 0`).join(', ')}].every(Boolean)`), 'true');
    });
  });

  describe('errors', () => {
    it('of types name the cell\'s line and column', async () => {
      const text = await failure('const fine = 1;\nconst wrong: string = { fine };');
      assert.match(text, /^TypeScriptError: cell \d+, line 2, column 7: Type '\{ fine: number; \}' is not assignable/);
      assert.match(text, /2 \| const wrong: string/);
    });

    it('thrown name the cell\'s line and the source\'s', async () => {
      const text = await failure('const before = 1;\nfunction mine() {\n  return fail();\n}\nmine()');
      assert.match(text, /deep\n {2}3 \| {3}return fail\(\);\n\s+at fail \(notebooks\/__kernel-\d+\/base\.ts:2:\d+\)\n\s+at mine \(cell \d+, line 3\)\n\s+at cell \d+, line 5/);
    });

    it('of types in a module edited meanwhile name its line', async () => {
      write('late.ts', 'export const late: string = 3;\n');
      assert.match(await failure('import { late } from \'./late.ts\';'), /late\.ts:1:14: Type 'number' is not assignable/);
      write('late.ts', 'export const late = 3;\n');
    });

    it('thrown after an await, too', async () => {
      assert.match(await failure('await (async () => {\n  await sleep(5);\n  throw new TypeError(\'inside\');\n})()'), /^TypeError: inside\n {2}3 \|/);
    });

    it('of a promise nobody awaited fail its own cell', async () => {
      assert.match(await failure('Promise.reject(new RangeError(\'floating\'));\n\'x\''), /^RangeError: floating/);
    });

    it('of a promise rejected later appear under its cell and fail the next', async () => {
      const { reply } = await kernel.run('void sleep(500).then(() => { throw new RangeError(\'late\'); });');
      const next = await kernel.run('await sleep(1000);');
      const [late] = next.outputs.filter(({ type, isMine }) => type === 'error' && !isMine);
      assert.equal(late?.content['ename'], 'RangeError');
      assert.match(next.reply.evalue ?? '', new RegExp(`promise that cell ${reply.execution_count} did not await was rejected: late`));
    });

    it('leave the variables alone', async () => { assert.equal(await kernel.value('word'), '\'happiness\''); });
  });

  describe('interrupt', () => {
    it('stops a loop that awaits, in a module, and keeps the variables', async () => {
      const { reply, seconds } = await kernel.run('let seen = 0;\nlet cleaned = false;\ntry {\n  for await (const i of count(1e9)) {\n    seen = i;\n    if (i === 1000) console.log(\'running\');\n  }\n} finally { cleaned = true; }', { interruptAt: 'running' });
      assert.equal(reply.ename, 'Interrupted');
      assert.ok(seconds < 2.5, `${seconds} s`);
      assert.equal(await kernel.value('const at = seen;\nawait sleep(100);\n[seen >= 1000, seen === at, cleaned]'), '[ true, true, true ]');
    });

    it('stops a synchronous loop', async () => {
      const { reply } = await kernel.run('let spins = 0;\nwhile (true) spins++;', { interrupts: [0.5] });
      assert.equal(reply.ename, 'Interrupted');
    });

    it('aborts the signal that functions are given', async () => {
      await kernel.value('import { signal } from \'../../src/workbook/index.ts\';');
      const { reply } = await kernel.run('await new Promise((_, reject) => {\n  signal()!.addEventListener(\'abort\', () => reject(new Error(\'heard\')));\n  setTimeout(() => console.log(\'listening\'), 50);\n});', { interruptAt: 'listening' });
      assert.equal(reply.evalue, 'heard');
    });

    it('gives the prompt back at the second one when nothing listens', async () => {
      const { reply, outputs } = await kernel.run('await sleep(20_000);', { interrupts: [1, 2] });
      assert.equal(reply.ename, 'Interrupted');
      assert.match(JSON.stringify(outputs), /its work goes on/);
    });
  });

  describe('a training', () => {
    before(async () => {
      await kernel.value(`import { tmpdir } from 'node:os';
import { mkdtemp } from 'node:fs/promises';
import { preset } from '../../src/config.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { trainRun } from '../../src/experiments/run.ts';
import { liveCurves } from '../../src/workbook/index.ts';
const work = await mkdtemp(tmpdir() + '/kernel-');
await renderSynthetic({ root: work + '/data', layout: 'dfew', trainClips: 42, testClips: 14, size: 56, seed: 1 });
const dataset = await readDataset({ name: 'dfew', root: work + '/data', fold: 1 });
let steps = 0;`);
    });

    after(async () => { await kernel.value('await (await import(\'node:fs/promises\')).rm(work, { recursive: true });'); });

    it('draws its curves in one place, is interrupted, and leaves variables and the run', async () => {
      const { reply, outputs } = await kernel.run(`const live = liveCurves('a run');
const onStep: typeof live.onStep = (event) => { live.onStep(event); if (++steps === 4) console.log('four steps'); };
const training = trainRun({ engine, dataset, config: { ...preset('tiny'), epochs: 10_000 }, out: work + '/run', signal: signal(), ...live, onStep });
await training.finally(live.finish);`, { interruptAt: 'four steps' });
      assert.equal(reply.ename, 'Interrupted', reply.traceback?.join('\n'));
      const shown = outputs.filter(({ type }) => type.endsWith('display_data')).map(({ content }) => content as { data: Record<string, string>; transient: { display_id: string } });
      assert.equal(new Set(shown.map(({ transient }) => transient.display_id)).size, 1);
      assert.match(shown[0]!.data['text/html']!, /epoch 1\/10000, step 1\/\d+/);
      assert.ok(shown.at(-1)!.data['application/vnd.plotly.v1+json']);
      assert.equal(await kernel.value('const reached = steps;\nawait sleep(300);\n[steps >= 4, steps === reached, (await import(\'node:fs\')).existsSync(work + \'/run/config.json\')]'), '[ true, true, true ]');
    });
  });

  describe('output', () => {
    it('streams while a cell computes without a pause', async () => {
      const executed = await kernel.run('for (let i = 0; i < 3; i++) {\n  console.log(i);\n  const start = Date.now();\n  while (Date.now() - start < 300);\n}');
      const times = executed.outputs.filter(({ type }) => type === 'stream').map(({ seconds }) => seconds);
      assert.equal(printedBy(executed), '0\n1\n2\n');
      assert.ok(times.at(-1)! - times[0]! > 0.4, times.join(' '));
    });

    it('of thousands of lines at once arrives whole', async () => {
      assert.equal(printedBy(await kernel.run('for (let i = 0; i < 5000; i++) console.log(i);')).split('\n').length, 5001);
    });

    it('updates a display in place', async () => {
      const { outputs } = await kernel.run('import { display } from \'../../src/workbook/index.ts\';\ndisplay({ \'text/plain\': \'a\' }, \'id\');\ndisplay({ \'text/plain\': \'b\' }, \'id\');');
      assert.deepEqual(outputs.filter(({ type }) => type.includes('display')).map(({ type }) => type), ['display_data', 'update_display_data']);
    });

    it('counts executions', async () => {
      const first = await kernel.run('1'), second = await kernel.run('2');
      assert.equal(second.reply.execution_count, first.reply.execution_count! + 1);
      assert.equal(second.outputs.find(({ type }) => type === 'execute_input')?.content['execution_count'], second.reply.execution_count);
      assert.equal(second.outputs.find(({ type }) => type === 'execute_result')?.content['execution_count'], second.reply.execution_count);
    });
  });

  describe('help', () => {
    it('completes names, members, and paths', async () => {
      assert.ok((await kernel.complete('EXPR')).includes('EXPRESSIONS'));
      assert.deepEqual(await kernel.complete('top().toFi'), ['toFixed']);
      assert.ok((await kernel.complete('import { x } from \'./')).includes('base.ts'));
    });

    it('completes what a module exports, values and types, inside the braces of an import', async () => {
      assert.deepEqual(await kernel.complete('import { EXPR } from \'../../src/labels.ts\';', 'import { EXPR'.length), ['EXPRESSIONS', 'Expression', 'expressionIndex']);
    });

    it('shows the documentation of the project\'s functions', async () => {
      await kernel.value('import { openRun } from \'../../src/runs/run.ts\';');
      const help = await kernel.inspect('await openRun(', 'await openRun('.length);
      assert.match(help, /^function openRun\(dir: string\): Promise<Run>\s+Opens a run for reading\.\s+@throws UserError: no such folder/);
    });

    it('shows type and comment, also inside the arguments', async () => {
      assert.match(await kernel.inspect('count(10, ', 10), /count\(to: number\): AsyncGenerator<number>[\s\S]*Numbers from 1/);
    });

    it('says that it is TypeScript', async () => {
      assert.equal((await kernel.info())['status'], 'ok');
    });
  });

  describe('variables', () => {
    it('of earlier cells are seen in the short form of object literals', async () => {
      await kernel.value('const height = 3;\nlet width = 4;');
      assert.equal(await kernel.value('({ height, width })'), '{ height: 3, width: 4 }');
      assert.equal(await kernel.value('({ width } = { width: 5 });\nwidth'), '5');
    });
  });

  describe('restart', () => {
    it('forgets the variables and counts from 1', async () => {
      await kernel.restart();
      assert.match(await failure('word'), /Cannot find name 'word'/);
      const { reply } = await kernel.run('import { EXPRESSIONS } from \'../../src/labels.ts\';\nconst word = EXPRESSIONS[0];');
      assert.deepEqual([reply.status, reply.execution_count], ['ok', 2]);
    });
  });
});
