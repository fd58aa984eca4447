import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDataset } from '../../src/data/dataset.ts';
import { GENERATOR_VERSION } from '../../src/data/synthetic/index.ts';
import { inProcess, type Outcome } from './process.ts';

describe('ial synth', () => {
  let dir = '';
  before(() => { dir = mkdtempSync(join(tmpdir(), 'ial-synth-')); });
  after(() => { rmSync(dir, { recursive: true, force: true }); });
  const synth = (...args: string[]): Promise<Outcome> => inProcess(['synth', ...args]);

  it('writes a folder that the reader accepts, prints one JSON document, and leaves a complete folder as it is', async () => {
    const root = join(dir, 'set');
    const args = [root, '--clips', '40', '--size', '16', '--seed', '5', '--workers', '1', '--json'];
    const { code, stdout, stderr } = await synth(...args);
    assert.equal(code, 0, stderr);
    const report = JSON.parse(stdout) as { counts: { clips: number }; isReused: boolean };
    assert.deepEqual([report.counts.clips, report.isReused], [40, false]);
    assert.match(stderr, /^rendering: .*40 clips/);
    const dataset = await readDataset({ name: 'dfew', root, fold: 1 });
    assert.deepEqual([dataset.train.length + dataset.test.length, dataset.isSynthetic], [40, true]);
    assert.equal((JSON.parse((await synth(...args)).stdout) as { isReused: boolean }).isReused, true);
  });

  it('draws clips of the lengths that --frames asks for, and refuses a range that is none', async () => {
    const root = join(dir, 'short');
    assert.equal((await synth(root, '--clips', '40', '--size', '16', '--frames', '5-6', '--json')).code, 0);
    const { train, test } = await readDataset({ name: 'dfew', root, fold: 1 });
    assert.deepEqual([...new Set([...train, ...test].map(({ frames }) => frames.length))].sort(), [5, 6]);
    const { code, stderr } = await synth(join(dir, 'none'), '--frames', 'many');
    assert.notEqual(code, 0);
    assert.match(stderr, /--frames.*Expected the shortest and the longest clip such as 16-60/);
  });

  it('takes class shares, label source and clip lengths for synthetic.json', async () => {
    const root = join(dir, 'raters');
    const { code, stderr } = await synth(root, '--layout', 'ferv39k', '--clips', '200', '--size', '16', '--frames', '2', '--imbalanced', '--labels', 'raters', '--json');
    assert.equal(code, 0, stderr);
    const { parameters, counts } = JSON.parse(readFileSync(join(root, 'synthetic.json'), 'utf8')) as { parameters: object; counts: { expressions: number[] } };
    assert.deepEqual(parameters, { generatorVersion: GENERATOR_VERSION, layout: 'ferv39k', seed: 1, trainClips: 160, testClips: 40, size: 16, frames: [2, 2], balanced: false, labels: 'raters' });
    assert.deepEqual(counts.expressions, [38, 35, 50, 38, 16, 12, 11]); // FERV39k's shares
    const { train, test } = await readDataset({ name: 'ferv39k', root, fold: 1 });
    assert.ok(train.length + test.length < 200, 'clips on which the raters disagree are in no list');
  });

  it('refuses a folder that holds something else', async () => {
    writeFileSync(join(dir, 'notes.txt'), 'mine');
    const { code, stdout, stderr } = await synth(dir, '--clips', '40');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^ial: .*is not empty and not a synthetic benchmark/m);
    assert.ok(existsSync(join(dir, 'notes.txt')));
  });
});
