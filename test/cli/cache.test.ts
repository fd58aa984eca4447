// --cache of ial train, evaluate and reproduce: what it means, and that no number depends on it.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskCacheOf } from '../../src/cli/options.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { inProcess, outcome, start, type Outcome } from './process.ts';

const SETTINGS = ['width=4/8/16', 'imageSize=32', 'numSegments=4', 'staticMlp=8', 'temporalMlp=16', 'reduction=4', 'batchSize=7', 'epochs=2'].flatMap((setting) => ['--set', setting]);

describe('--cache', function () {
  this.timeout(120_000);
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'ial-cache-cli-'));
    await renderSynthetic({ root: join(root, 'data'), layout: 'dfew', trainClips: 28, testClips: 14, size: 32, seed: 3 });
  });
  after(() => rm(root, { recursive: true, force: true }));

  const words = (out: string, more: readonly string[]): string[] => ['train', '--data', join(root, 'data'), '--preset', 'tiny', ...SETTINGS, '--out', join(root, out), ...more];
  const train = (out: string, ...more: readonly string[]): Promise<Outcome> => inProcess(words(out, more));
  const evaluation = (run: string): string => readFileSync(join(root, run, 'predictions.json'), 'utf8');

  it('is off by default and limited to 100 GB', () => {
    assert.equal(diskCacheOf({ cacheGb: 100 }), undefined);
    assert.deepEqual(diskCacheOf({ cache: '/scratch', cacheGb: 5 }), { folder: '/scratch', maxBytes: 5e9 });
  });

  for (const command of ['train', 'evaluate', 'reproduce']) {
    it(`ial ${command} --help says what it is for`, async () => {
      const help = (await inProcess([command, '--help'])).stdout.replaceAll(/\s+/g, ' ');
      assert.match(help, /--cache <dir> keep decoded frames in this folder.*when loading holds up the training; changes no number.*--cache-gb <number>.*\(default: 100\)/);
    });
  }

  it('changes no number of a training, cold or warm; a damaged entry is told and made anew by evaluate', async () => {
    const cache = join(root, 'cache');
    for (const [out, ...more] of [['plain'], ['cold', '--cache', cache], ['warm', '--cache', cache]] as const) assert.equal((await train(out, ...more)).code, 0);
    assert.equal(evaluation('cold'), evaluation('plain'));
    assert.equal(evaluation('warm'), evaluation('plain'));
    const entries = readdirSync(cache, { recursive: true, encoding: 'utf8' }).map((name) => join(cache, name)).filter((name) => /[0-9a-f]{30}$/.test(name));
    assert.ok(entries.length > 28 * 4);
    for (const entry of entries) await truncate(entry, 100);
    const { code, stderr } = await inProcess(['evaluate', join(root, 'warm'), '--cache', cache]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /cache: \d+ cached frames could not be used and were decoded again; the first: .* expected \d+ bytes, found 100\n/);
    assert.equal(evaluation('warm'), evaluation('plain'));
  });

  it('refuses a file in one line, before a run folder is made', async () => {
    await writeFile(join(root, 'file'), '');
    const { code, stderr } = await outcome(start('../../bin/ial.mjs', words('none', ['--cache', join(root, 'file')])));
    assert.equal(code, 1);
    assert.match(stderr, /^ial: .*file: expected a folder for the cache, found a file; name another one with --cache\n$/m);
    assert.ok(!existsSync(join(root, 'none')));
    assert.match((await train('none', '--cache-gb', '0')).stderr, /--cache-gb.*Expected a whole number of at least 1/);
  });
});
