// What people's folders hold: each defect is one clear error by default, a clip left out by its id under the policy "skip", or is read
// and named by the doctor; never a crash, never silence. Lists that are wrong: dfew.test.ts, ferv39k.test.ts, csv.test.ts.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, link, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type Sharp } from 'sharp';
import type { BadClipPolicy } from '../../src/data/collect.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { examine } from '../../src/data/doctor/doctor.ts';
import { createLoader, type BatchOptions, type Loader } from '../../src/data/loader.ts';
import { UserError } from '../../src/errors.ts';
import { jpeg, picture, removeTemporaryFolders, temporaryFolder, writeTree } from './folders.ts';
import type { ReadResult } from './readProcess.ts';

const LIST = 'path,label,split\na,sad,train\nb,fear,train\nc,sad,test\nd é 1,fear,test\n';
const OPTIONS: BatchOptions = { imageSize: 8, numSegments: 4, framesPerSegment: 1, batchSize: 2, mode: 'test', augment: false, seed: 1, epoch: 0, dropLast: false };
const FRAME = 'c/2.jpg';

interface Defect {
  readonly what: string;
  /** Done to a sound set, in which clip c is tested. */
  readonly make: (root: string) => Promise<unknown>;
  /** The line that stops; undefined where the clip is read. */
  readonly stops?: RegExp;
  /** What the doctor finds. */
  readonly finding: string;
}

const raw = (width: number, height: number): Sharp => sharp(picture(width, height), { raw: { width, height, channels: 3 } });
const put = (content: () => Promise<Buffer> | Buffer | string) => async (root: string): Promise<void> => { await rm(join(root, FRAME)); await writeFile(join(root, FRAME), await content()); };
const loop = (path: string) => async (root: string): Promise<void> => { await rm(join(root, path), { recursive: true }); await symlink(join(root, path), join(root, path)); };

const DEFECTS: readonly Defect[] = [
  { what: 'a folder that is missing', make: (root) => rm(join(root, 'c'), { recursive: true }), stops: /clips\.csv:4: expected frames of test clip c in .*, found no such folder/, finding: 'missing-clip' },
  { what: 'an empty folder', make: (root) => rm(join(root, 'c'), { recursive: true }).then(() => mkdir(join(root, 'c'))), stops: /clip c in .*, found an empty folder/, finding: 'missing-clip' },
  { what: 'a file in a folder\'s place', make: (root) => rm(join(root, 'c'), { recursive: true }).then(() => writeFile(join(root, 'c'), 'x')), stops: /clip c in .*, found a file/, finding: 'missing-clip' },
  { what: 'a folder that is a loop of links', make: loop('c'), stops: /clip c in .*, found a loop of links/, finding: 'missing-clip' },
  { what: 'a frame that is a loop of links', make: loop(FRAME), stops: /2\.jpg: expected a readable image of clip c, found a loop of links/, finding: 'broken-frame' },
  { what: 'a link to nothing', make: (root) => rm(join(root, FRAME)).then(() => symlink(join(root, 'gone'), join(root, FRAME))), stops: /2\.jpg: .* clip c, found no such file/, finding: 'broken-frame' },
  { what: 'a folder named as a frame', make: (root) => rm(join(root, FRAME)).then(() => mkdir(join(root, FRAME))), stops: /2\.jpg: .* clip c, found a folder/, finding: 'broken-frame' },
  { what: 'a pipe named as a frame', make: async (root) => { await rm(join(root, FRAME)); execFileSync('mkfifo', [join(root, FRAME)]); }, stops: /2\.jpg: .* clip c, found a pipe, not a file; restore the file/, finding: 'broken-frame' },
  { what: 'a JPEG of zero bytes', make: put(() => ''), stops: /2\.jpg: .* clip c, found an empty file/, finding: 'broken-frame' },
  { what: 'a truncated JPEG', make: put(async () => { const whole = await jpeg(48, 48, 9); return whole.subarray(0, whole.length >> 1); }), stops: /2\.jpg: expected a readable image of clip c, found .+; restore the file, or leave such clips out with --on-bad-clip skip/, finding: 'broken-frame' },
  { what: 'a JPEG without its last bytes', make: put(async () => (await jpeg(48, 48, 9)).subarray(0, -2)), stops: /2\.jpg: .* clip c, found /, finding: 'broken-frame' },
  { what: 'a text named .jpg', make: put(() => 'no picture'), stops: /2\.jpg: .* clip c, found /, finding: 'broken-frame' },
  { what: 'more pixels than a face has', make: put(() => sharp({ create: { width: 10_000, height: 10_000, channels: 3, background: 'red' } }).jpeg().toBuffer()), stops: /2\.jpg: .* clip c, found .*pixel limit/, finding: 'broken-frame' },
  { what: 'a PNG named .jpg', make: put(() => raw(48, 48).png().toBuffer()), finding: 'misnamed-frame' },
  { what: 'a CMYK JPEG', make: put(() => raw(48, 48).toColourspace('cmyk').jpeg().toBuffer()), finding: 'cmyk-frame' },
  { what: 'a grey JPEG', make: put(() => raw(48, 48).toColourspace('b-w').jpeg().toBuffer()), finding: 'grey-frame' },
  { what: 'a 16-bit PNG', make: put(() => raw(48, 48).toColourspace('rgb16').png().toBuffer()), finding: 'deep-frame' },
  { what: 'a frame of 1 x 1', make: put(() => raw(1, 1).jpeg().toBuffer()), finding: 'small-frame' },
  { what: 'a frame 10,000 pixels wide', make: put(() => raw(10_000, 48).jpeg().toBuffer()), finding: 'large-frame' },
  { what: 'the same file twice', make: async (root) => { await rm(join(root, 'c'), { recursive: true }); await mkdir(join(root, 'c')); for (const n of [1, 2, 3, 4]) await link(join(root, `a/${n}.jpg`), join(root, `c/${n}.jpg`)); }, finding: 'leaking-clip' },
];

describe('bad input', function () {
  this.timeout(120_000);
  let loader: Loader;
  before(() => { loader = createLoader({ workers: 1, cacheBytes: 0 }); });
  after(() => loader.close());
  afterEach(removeTemporaryFolders);

  async function soundSet(): Promise<string> {
    const root = await temporaryFolder(), pictures = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((seed) => jpeg(48, 48, seed)));
    for (const [c, id] of ['a', 'b', 'c', 'd é 1'].entries()) await writeTree(root, Object.fromEntries([1, 2, 3, 4].map((n) => [`${id}/${n}.jpg`, pictures[c + n - 1]!])));
    await writeTree(root, { 'clips.csv': LIST });
    return root;
  }

  /** Ids of the tested clips that came out, and of those skipped with their reasons. */
  async function test(root: string, onBadClip: BadClipPolicy): Promise<{ ids: string[]; skipped: string[] }> {
    const dataset = await readDataset({ name: 'csv', root, fold: 1, onBadClip }), skipped = (dataset.skipped?.test ?? []).map(({ id }) => id), ids: string[] = [];
    for await (const batch of loader.batches(dataset.test, { ...OPTIONS, onBadClip, onSkip: ({ id }) => skipped.push(id) })) ids.push(...batch.ids);
    return { ids, skipped };
  }

  it('a sound set with spaces and other letters than ASCII is read whole, and nothing is found', async () => {
    const root = await soundSet();
    assert.deepEqual(await test(root, 'stop'), { ids: ['c', 'd é 1'], skipped: [] });
    assert.deepEqual((await examine({ root, workers: 1 })).findings.map(({ id }) => id), ['short-clip']);
  });

  for (const { what, make, stops, finding } of DEFECTS) {
    it(`${what}: ${stops ? 'one line that names the clip, or left out by id' : 'read'}, and the doctor finds it`, async () => {
      const root = await soundSet();
      await make(root);
      if (stops) {
        await assert.rejects(test(root, 'stop'), (error: Error) => {
          assert.ok(error instanceof UserError, error.stack);
          assert.match(error.message, stops);
          assert.ok(!error.message.includes('\n'));
          return true;
        });
        assert.deepEqual(await test(root, 'skip'), { ids: ['d é 1'], skipped: ['c'] });
      } else assert.deepEqual(await test(root, 'stop'), { ids: ['c', 'd é 1'], skipped: [] });
      const { findings } = await examine({ root, workers: 1 });
      assert.ok(findings.some(({ id, examples }) => id === finding && examples.some((example) => /\bc\b/.test(example))), JSON.stringify(findings, null, 1));
    });
  }

  it('a file that vanishes during an epoch stops with its name, or its clip is skipped and another stands in', async () => {
    const root = await soundSet(), { train } = await readDataset({ name: 'csv', root, fold: 1 });
    await rename(join(root, 'b/1.jpg'), join(root, 'b/gone'));
    const epoch = async (onBadClip: BadClipPolicy): Promise<{ ids: readonly string[]; skipped: string[] }> => {
      const skipped: string[] = [];
      for await (const { ids } of loader.batches(train, { ...OPTIONS, mode: 'train', dropLast: true, onBadClip, onSkip: ({ id }) => skipped.push(id) })) return { ids, skipped };
      throw new Error('no batch');
    };
    await assert.rejects(epoch('stop'), /b\/1\.jpg: expected a readable image of clip b, found no such file/);
    assert.deepEqual(await epoch('skip'), { ids: ['a', 'a'], skipped: ['b'] });
  });

  it('files and folders that may not be read, as a user who is not root', async function () {
    if (process.platform === 'win32') this.skip();
    const root = await soundSet(), user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const asUser = (job: object): ReadResult => {
      const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('readProcess.ts', import.meta.url)), JSON.stringify(job)], { ...user, encoding: 'utf8', env: { ...process.env, HOME: '/nonexistent', TSX_DISABLE_CACHE: '1' } });
      assert.notEqual(stdout, '', stderr);
      return JSON.parse(stdout) as ReadResult;
    };
    await chmod(root, 0o755);
    await chmod(join(root, FRAME), 0);
    await chmod(join(root, 'a'), 0);
    const { read, skipped, loaded, findings } = asUser({ root, options: OPTIONS });
    await chmod(join(root, 'a'), 0o755);
    assert.match(read, /^clips\.csv:2: expected frames of training clip a in a, found a folder that may not be read/);
    assert.deepEqual(skipped, ['a']);
    assert.match(loaded, /^c\/2\.jpg: expected a readable image of clip c, found a file that may not be read/);
    assert.deepEqual(Object.entries(findings).filter(([id]) => ['missing-clip', 'broken-frame'].includes(id)), [['missing-clip', ['a: found a folder that may not be read']], ['broken-frame', ['c/2.jpg: a file that may not be read']]]);
    await chmod(join(root, 'clips.csv'), 0);
    assert.match(asUser({ root, options: OPTIONS }).read, /^clips\.csv: cannot read: permission denied/);
    assert.equal((await readFile(join(root, 'clips.csv'), 'utf8')), LIST);
    await chmod(join(root, 'clips.csv'), 0o644);
    await chmod(root, 0o711);
    const path = basename(root), named = asUser({ root: root, list: 'clips.csv', options: OPTIONS });
    assert.deepEqual([named.read, named.findings['hidden-folder']], ['', [`${root}: cannot read: permission denied`]], 'what has a name can be read');
    await chmod(root, 0);
    const hidden = asUser({ root, options: OPTIONS });
    for (const said of [hidden.read, hidden.refused]) assert.match(said, new RegExp(`${path}: cannot read: permission denied$`), 'not taken for an empty folder');
    await chmod(root, 0o755);
  });
});
