import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheUsage } from '../../src/data/cacheUsage.ts';
import { removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';

const counter = (): BigInt64Array => new BigInt64Array(new SharedArrayBuffer(8));

describe('cacheUsage', () => {
  afterEach(removeTemporaryFolders);

  it('counts what is there and what is added, up to the limit and not beyond', async () => {
    const root = await temporaryFolder();
    await writeTree(root, { 'ab/1': Buffer.alloc(300), 'cd/2': Buffer.alloc(300), 'note': 'no folder' });
    const usage = cacheUsage(root, 1000, counter());
    for (const [name, bytes] of [['3', 100], ['4', 300]] as const) {
      assert.equal(await usage.reserve(bytes), true);
      await writeTree(root, { [`ab/${name}`]: Buffer.alloc(bytes) });
    }
    assert.equal(await usage.reserve(1), false);
  });

  it('adds up what several threads add, to the byte', async () => {
    const root = await temporaryFolder(), added = counter();
    const usages = Array.from({ length: 4 }, () => cacheUsage(root, 1000, added));
    const kept = await Promise.all(Array.from({ length: 40 }, (_, i) => usages[i % 4]!.reserve(30)));
    assert.equal(kept.filter(Boolean).length, 33);
    assert.equal(added[0], 990n);
  });

  it('learns now and then what another process has added', async () => {
    const root = await temporaryFolder(), usage = cacheUsage(root, 1000, counter());
    assert.equal(await usage.reserve(200), true);
    await writeTree(root, { 'ab/1': Buffer.alloc(200), 'ab/theirs': Buffer.alloc(700) });
    assert.equal(await usage.reserve(200), false);
  });

  it('starts from nothing where there is no folder yet', async () => {
    assert.equal(await cacheUsage(join(await temporaryFolder(), 'none'), 10, counter()).reserve(10), true);
  });

  it('removes half-written files of killed processes, once they are an hour old', async () => {
    const root = await temporaryFolder();
    await writeTree(root, { 'ab/.tmp-1-7-0-1': Buffer.alloc(600), 'ab/.tmp-2-7-0-2': Buffer.alloc(600) });
    await utimes(join(root, 'ab/.tmp-1-7-0-1'), new Date(), new Date(Date.now() - 7_200_000));
    assert.equal(await cacheUsage(root, 1000, counter()).reserve(400), true);
    assert.deepEqual(['ab/.tmp-1-7-0-1', 'ab/.tmp-2-7-0-2'].map((name) => existsSync(join(root, name))), [false, true]);
  });
});
