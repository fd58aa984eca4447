// The disk cache in front of a source that counts its calls; test/data/loaderCache.test.ts has it below the loader.
import assert from 'node:assert/strict';
import { cpSync, readdirSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDiskCache } from '../../src/data/cacheSettings.ts';
import { decodeFrame, type FrameSource } from '../../src/data/decode.ts';
import { diskCache, ENTRIES, type DiskCache } from '../../src/data/diskCache.ts';
import { UserError } from '../../src/errors.ts';
import { jpeg, removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';

interface Bench { readonly cache: DiskCache; readonly folder: string; readonly frame: string; load(): Promise<Uint8Array>; calls(): number; again(): DiskCache }

async function bench(maxBytes?: number): Promise<Bench> {
  const root = await temporaryFolder(), folder = join(root, 'cache'), frame = join(root, '1.jpg');
  await writeTree(root, { '1.jpg': await jpeg(24, 20, 1) });
  const again = (): DiskCache => diskCache(openDiskCache({ folder, maxBytes }));
  const cache = again();
  let calls = 0;
  const source: FrameSource = (file, id) => { calls++; return decodeFrame(file, id); };
  const frames = cache.frames(source, 'decoded');
  return { cache, folder, frame, again, calls: () => calls, load: async () => new Uint8Array((await frames(frame, '1')).data) };
}

const entries = (folder: string): string[] =>
  readdirSync(join(folder, ENTRIES), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, ENTRIES, name)).filter((file) => statSync(file).isFile());

describe('diskCache', () => {
  afterEach(removeTemporaryFolders);

  it('asks the source once, another process included, and gives the same bytes', async () => {
    const { load, calls, again, frame, folder, cache } = await bench();
    const expected = new Uint8Array((await decodeFrame(frame, '1')).data);
    for (let i = 0; i < 3; i++) assert.deepEqual(await load(), expected);
    assert.equal(calls(), 1);
    const other = again().frames(() => assert.fail('decoded again'), 'decoded');
    assert.deepEqual(new Uint8Array((await other(frame, '1')).data), expected);
    assert.equal(entries(folder).length, 1);
    assert.equal(cache.report(), undefined);
  });

  it('keeps variants apart', async () => {
    const { load, again, frame, folder } = await bench();
    await load();
    const small = { data: new Uint8Array(12), width: 2, height: 2 };
    assert.deepEqual(await again().frames(async () => small, 'resized to 2')(frame, '1'), small);
    assert.equal(entries(folder).length, 2);
  });

  it('makes an entry anew when its source has changed: size, or mtime alone', async () => {
    const { load, calls, cache, frame } = await bench();
    await load();
    await writeFile(frame, await jpeg(30, 20, 2));
    assert.equal((await load()).length, 30 * 20 * 3);
    utimesSync(frame, new Date(), new Date(Date.now() - 5000));
    await load();
    await load();
    assert.equal(calls(), 3);
    const { rejected, reason, stopped } = cache.report()!;
    assert.deepEqual([rejected, stopped], [2, undefined]);
    assert.match(reason, /frames\/..\/.*: its frame has changed since$/);
    assert.equal(cache.report(), undefined);
  });

  const damages: readonly (readonly [string, (entry: string) => unknown, RegExp])[] = [
    ['a changed byte', async (entry) => { const file = await open(entry, 'r+'); await file.write(Buffer.from([1, 2, 3]), 0, 3, 500); await file.close(); }, /its checksum is wrong/],
    ['a cut end', (entry) => truncateSync(entry, 1000), /expected 1504 bytes, found 1000/],
    ['an empty file', (entry) => truncateSync(entry, 0), /expected a header of 64 bytes, found 0/],
    ['other content', (entry) => writeFile(entry, 'x'.repeat(2000)), /not an entry of this cache/],
  ];
  for (const [what, damage, reason] of damages) {
    it(`never uses an entry with ${what}, and makes it anew`, async () => {
      const { load, calls, cache, folder } = await bench();
      const expected = await load();
      await damage(entries(folder)[0]!);
      for (let i = 0; i < 2; i++) assert.deepEqual(await load(), expected);
      assert.equal(calls(), 2);
      const report = cache.report()!;
      assert.equal(report.rejected, 1);
      assert.match(report.reason, reason);
    });
  }

  it("never uses one entry under another's name", async () => {
    const { load, folder, frame, again } = await bench();
    const expected = await load();
    const [one] = entries(folder);
    await again().frames(async () => ({ data: new Uint8Array(12), width: 2, height: 2 }), 'other')(frame, '1');
    const two = entries(folder).find((entry) => entry !== one)!;
    cpSync(two, one!);
    assert.deepEqual(await load(), expected);
  });

  it('stops at its limit, says so once, and serves on', async () => {
    const { load, calls, cache, folder } = await bench(1000);
    for (let i = 0; i < 2; i++) await load();
    assert.equal(calls(), 2);
    assert.match(cache.report()!.stopped!, /cache: the cache has reached its limit of 0\.000001 GB; .*\(--cache-gb\)$/);
    assert.equal(cache.report(), undefined);
    assert.deepEqual(entries(folder), []);
  });

  it('goes on without it when the folder vanishes, and does not make it again', async () => {
    const { load, calls, cache, folder } = await bench();
    const expected = await load();
    rmSync(folder, { recursive: true });
    for (let i = 0; i < 2; i++) assert.deepEqual(await load(), expected);
    assert.equal(calls(), 3);
    assert.match(cache.report()!.stopped!, /cannot write: no such file or folder; going on without adding to the cache$/);
    await assert.rejects(readdir(folder));
  });

  it('fails as without it when the frame is gone or broken, and keeps nothing of it', async () => {
    const { load, cache, frame, folder } = await bench();
    await load();
    await rm(frame);
    await assert.rejects(load(), (error: Error) => error instanceof UserError && error.message.includes('found no such file'));
    await writeFile(frame, 'no picture');
    await assert.rejects(load(), /found a file with unsupported image format/);
    assert.equal(entries(folder).length, 1);
    assert.equal(cache.report()!.rejected, 1);
  });
});
