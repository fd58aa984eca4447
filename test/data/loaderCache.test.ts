// The disk cache below the loader: no batch depends on it, whatever happens to it.
import assert from 'node:assert/strict';
import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clip } from '../../src/data/clip.ts';
import { ENTRIES } from '../../src/data/diskCache.ts';
import { createLoader, type BatchOptions } from '../../src/data/loader.ts';
import { outcome } from '../cli/process.ts';
import { jpeg, removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';
import { loadAll, type LoadJob, type LoadResult } from './loadProcess.ts';

const TEST: BatchOptions = { imageSize: 48, numSegments: 4, framesPerSegment: 1, batchSize: 3, mode: 'test', augment: false, seed: 1, epoch: 0, dropLast: false };
const TRAIN: BatchOptions = { ...TEST, mode: 'train', augment: true };
const PASSES = [TRAIN, { ...TRAIN, epoch: 1 }, TRAIN, TEST, TEST];
const SCRIPT = fileURLToPath(new URL('loadProcess.ts', import.meta.url));

async function makeClips(count = 8): Promise<Clip[]> {
  const root = await temporaryFolder();
  chmodSync(root, 0o755); // a test reads it as another user
  return Promise.all(Array.from({ length: count }, async (_, i): Promise<Clip> => {
    const names = Array.from({ length: 6 + i }, (__, frame) => `${i}/${frame + 1}.jpg`);
    await writeTree(root, Object.fromEntries(await Promise.all(names.map(async (name, frame) => [name, await jpeg(64, 60, i * 100 + frame)]))));
    return { id: String(i), label: i % 7, frames: names.map((name) => join(root, name)) };
  }));
}

const entries = (folder: string): string[] =>
  readdirSync(join(folder, ENTRIES), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, ENTRIES, name)).filter((file) => statSync(file).isFile());

const job = (clips: readonly Clip[], folder?: string, workers = 2): LoadJob => ({ settings: { workers, cacheBytes: 0, ...folder !== undefined && { cache: { folder } } }, clips, passes: PASSES });

async function inProcess(work: LoadJob, shell = '', options: SpawnOptions = {}): Promise<LoadResult> {
  const words = ['--import', 'tsx', SCRIPT, JSON.stringify(work)];
  const child = shell === '' ? spawn(process.execPath, words, options) : spawn('sh', ['-c', `${shell}; exec "$0" "$@"`, process.execPath, ...words], options);
  const { code, stdout, stderr } = await outcome(child);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as LoadResult;
}

describe('the loader on a disk cache', () => {
  let clips: Clip[], expected: readonly string[];

  before(async () => {
    clips = await makeClips();
    ({ digests: expected } = await loadAll(job(clips)));
  });
  after(removeTemporaryFolders);

  it('gives the same batches cold and warm, to the bit, with any number of workers', async () => {
    const folder = await temporaryFolder();
    for (const workers of [1, 3]) assert.deepEqual(await loadAll(job(clips, folder, workers)), { digests: expected, warnings: [] });
  });

  it('needs no frame decoded once it is warm: a broken set of the same sizes and times goes unnoticed', async () => {
    const folder = await temporaryFolder(), [clip] = await makeClips(1);
    const passes = [TRAIN, TEST].map((options) => ({ ...options, numSegments: 6 })); // all six frames of the clip
    const work = { ...job([clip!], folder), passes };
    const { digests } = await loadAll(work);
    const { mtime, size } = statSync(clip!.frames[0]!);
    utimesSync(clip!.frames[0]!, mtime, mtime); // whole milliseconds, which utimes can set again
    await loadAll(work);
    writeFileSync(clip!.frames[0]!, Buffer.alloc(size));
    utimesSync(clip!.frames[0]!, mtime, mtime);
    assert.deepEqual(await loadAll(work), { digests, warnings: [] });
  });

  it('may be filled by two processes at once', async () => {
    const folder = await temporaryFolder();
    for (const result of await Promise.all([1, 2].map(() => inProcess(job(clips, folder))))) assert.deepEqual(result, { digests: expected, warnings: [] });
    assert.deepEqual(await loadAll(job(clips, folder)), { digests: expected, warnings: [] });
    assert.ok(entries(folder).every((file) => !file.includes('.tmp-')));
  });

  it('says once how many entries were of no use, and makes them anew', async () => {
    const folder = await temporaryFolder();
    await loadAll(job(clips, folder));
    for (const entry of entries(folder)) truncateSync(entry, 200);
    const { digests, warnings } = await loadAll({ ...job(clips, folder), passes: [TEST] });
    assert.deepEqual([digests, warnings.length], [[expected[3]], 1]);
    assert.match(warnings[0]!, /: 32 cached frames could not be used and were decoded again; the first: .*: expected 6976 bytes, found 200$/);
    assert.deepEqual(await loadAll({ ...job(clips, folder), passes: [TEST] }), { digests: [expected[3]], warnings: [] });
  });

  it('goes on when the disk is full, says so once and leaves no half of a file', async function () {
    const folder = await temporaryFolder(), mount = `mount -t tmpfs -o size=200k none ${folder}`;
    if (spawnSync('unshare', ['-rm', 'sh', '-c', mount]).status !== 0) this.skip(); // mounts nothing here
    const script = `${mount} && "$0" "$@"; code=$?; find ${folder} -name '*.tmp-*' | sed 's/^/left: /' >&2; exit $code`;
    const { code, stdout, stderr } = await outcome(spawn('unshare', ['-rm', 'sh', '-c', script, process.execPath, '--import', 'tsx', SCRIPT, JSON.stringify(job(clips, folder))]));
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /left: /);
    const { digests, warnings } = JSON.parse(stdout) as LoadResult;
    assert.deepEqual([digests, warnings.length], [expected, 1]);
    assert.match(warnings[0]!, /cannot write: the disk is full; free some space and start again; going on without adding to the cache$/);
  });

  it('goes on when files may not grow (ulimit -f), says so once and leaves no half of a file', async function () {
    if (process.platform === 'win32') this.skip();
    const folder = await temporaryFolder();
    const { digests, warnings } = await inProcess(job(clips, folder), 'ulimit -f 8');
    assert.deepEqual(digests, expected);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /cannot write: the file is larger than the system allows \(ulimit -f\); going on without adding to the cache$/);
    assert.deepEqual(entries(folder).filter((file) => file.includes('.tmp-')), []);
    assert.deepEqual(await loadAll(job(clips, folder)), { digests: expected, warnings: [] });
  });

  it('reads a cache that it may not write, and says so once when it has something to add', async function () {
    if (process.platform === 'win32') this.skip();
    const folder = await temporaryFolder();
    await loadAll({ ...job(clips, folder), passes: [TEST] });
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}; // root may write anywhere
    const asReader = (work: LoadJob): Promise<LoadResult> => inProcess(work, '', user);
    const protect = (mode: number): void => { for (const path of [folder, join(folder, ENTRIES), ...readdirSync(join(folder, ENTRIES)).map((name) => join(folder, ENTRIES, name))]) chmodSync(path, mode); };
    protect(0o555);
    try {
      assert.deepEqual(await asReader({ ...job(clips, folder), passes: [TEST] }), { digests: [expected[3]], warnings: [] });
      const { digests, warnings } = await asReader(job(clips, folder));
      assert.deepEqual([digests, warnings.length], [expected, 1]);
      assert.match(warnings[0]!, /cannot write: permission denied; going on without adding to the cache$/);
    } finally { protect(0o755); }
  });

  it('goes on when the cache vanishes in the middle of an epoch', async () => {
    const folder = await temporaryFolder(), warnings: string[] = [], ids: string[] = [];
    const loader = createLoader({ workers: 1, cacheBytes: 0, cache: { folder }, onWarning: (line) => warnings.push(line) });
    for await (const batch of loader.batches(clips, { ...TRAIN, batchSize: 1, prefetch: 1 })) {
      if (ids.length === 0) rmSync(folder, { recursive: true });
      ids.push(...batch.ids);
    }
    await loader.close();
    assert.equal(ids.length, clips.length);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /no such file or folder; going on without adding to the cache$/);
  });
});
