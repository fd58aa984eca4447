// Reading runs, tables and figures must work where the native engine is not set up at all.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Shared libraries that a process has loaded after running some TypeScript. */
function librariesAfter(code: string): string[] {
  const script = `${code}; process.stdout.write(JSON.stringify(process.report.getReport().sharedObjects));`;
  return JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { cwd: root, encoding: 'utf8' })) as string[];
}

describe('engine, lazily', () => {
  it('importing the library, the runs, the evaluation and the figures loads no TensorFlow', () => {
    const libraries = librariesAfter(['index', 'runs/run', 'evaluate/metrics', 'evaluate/separation', 'figures/confusion', 'experiments/published', 'cli/main'].map((file) => `await import('./src/${file}.ts')`).join(';'));
    assert.ok(libraries.length > 3);
    assert.deepEqual(libraries.filter((library) => /tensorflow|tfjs/.test(library)), []);
  });

  it('loadEngine loads it, once, without a word', () => {
    const libraries = librariesAfter('const { loadEngine } = await import("./src/engine/tensorflow.ts"); if (await loadEngine() !== await loadEngine()) throw new Error("twice")');
    assert.ok(libraries.some((library) => library.includes('libtensorflow')));
  });
});
