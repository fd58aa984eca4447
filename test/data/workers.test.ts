import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { moduleFile, spawnWorker } from '../../src/data/workers.ts';

const echo = new URL('../fixtures/echoWorker.ts', import.meta.url);

function answer(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => { worker.once('message', resolve); worker.once('error', reject); });
}

describe('spawnWorker', () => {
  it('spawnWorker(url of a .ts module) runs it with its imports', async () => {
    assert.deepEqual(await answer(spawnWorker(echo, { n: 3 })), { given: { n: 3 }, first: 'happiness' });
  });

  it('spawnWorker(url of a .js file that exists only as .ts) runs the .ts file, as notebooks need', async () => {
    assert.deepEqual(await answer(spawnWorker(new URL(echo.href.replace(/ts$/, 'js')), 5)), { given: 5, first: 'happiness' });
  });

  it('spawnWorker works in a process started without tsx and from another folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'workers-'));
    const workers = fileURLToPath(new URL('../../src/data/workers.ts', import.meta.url));
    const tsx = pathToFileURL(fileURLToPath(new URL('../../node_modules/tsx/dist/cjs/api/index.cjs', import.meta.url))).href;
    // the parent is plain JavaScript that loads one TypeScript module, like the notebook kernel
    await writeFile(join(folder, 'parent.mjs'), [
      `import api from ${JSON.stringify(tsx)};`,
      `const { spawnWorker } = api.require(${JSON.stringify(workers)}, import.meta.url);`,
      `spawnWorker(new URL(${JSON.stringify(echo.href)}), 7).on('message', m => console.log(JSON.stringify(m)));`,
    ].join('\n'));
    const { stdout } = await promisify(execFile)(process.execPath, ['parent.mjs'], { cwd: folder });
    await rm(folder, { recursive: true });
    assert.deepEqual(JSON.parse(stdout), { given: 7, first: 'happiness' });
  });

  it('moduleFile(url) prefers the file that exists and names both when there is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'workers-'));
    await writeFile(join(folder, 'a.js'), '');
    assert.equal(moduleFile(pathToFileURL(join(folder, 'a.ts'))), join(folder, 'a.js'));
    assert.throws(() => moduleFile(pathToFileURL(join(folder, 'b.ts'))), /neither .*b\.ts nor .*b\.js exists/);
    await rm(folder, { recursive: true });
  });
});
