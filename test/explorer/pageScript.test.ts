// A page's script: one file, nothing of Node.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext } from 'node:vm';
import { bundlePages, pageScript } from '../../src/explorer/pageScript.ts';

describe('explorer/pageScript', () => {
  let root: string;
  beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'ial-bundle-')); });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const write = async (name: string, text: string): Promise<URL> => {
    await mkdir(join(root, 'page'), { recursive: true });
    await writeFile(join(root, 'page', name), text);
    return pathToFileURL(join(root, 'page', name));
  };

  it('is one script with everything in it, and drops what reads files where a page does not use it', async () => {
    await write('both.ts', `import { readFileSync } from 'node:fs'; export const twice = (x: number): number => 2 * x; export const read = (): string => readFileSync('x', 'utf8');`);
    const script = await pageScript(await write('main.ts', `import { twice } from './both.ts'; (globalThis as { result?: number }).result = twice(21);`));
    const context: { result?: number } = {};
    runInNewContext(`var globalThis = this; ${script}`, context);
    assert.equal(context.result, 42);
    assert.doesNotMatch(script, /readFileSync|import /);
  });

  it('refuses what would need Node in a browser, by name', async () => {
    await write('both.ts', `import { readFileSync } from 'node:fs'; export const read = (): string => readFileSync('x', 'utf8');`);
    await assert.rejects(pageScript(await write('main.ts', `import { read } from './both.ts'; console.log(read());`)), /both\.ts: a page would need node:fs/);
  });

  it('takes the bundle that a built package carries', async () => {
    const entry = await write('main.js', 'globalThis.result = 1;');
    await bundlePages(root);
    const made = join(root, 'page', 'main.bundle.js');
    assert.match(await readFile(made, 'utf8'), /globalThis\.result=1/);
    await writeFile(made, 'another');
    assert.equal(await pageScript(entry), 'another');
  });
});
