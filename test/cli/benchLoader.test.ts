import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addBenchLoader } from '../../src/cli/commands/benchLoader.ts';
import type { AddCommand } from '../../src/cli/main.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { inProcess } from './process.ts';

const bench: AddCommand = (program) => addBenchLoader(program.command('bench'));

describe('ial bench loader', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'ial-bench-cli-'));
    await renderSynthetic({ root: join(root, 'data'), layout: 'dfew', trainClips: 28, testClips: 14, size: 32, frames: [16, 20], seed: 1 });
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('prints what the loader sustains on a data set, and writes the numbers to a file', async () => {
    const json = join(root, 'loader.json');
    const { code, stdout, stderr } = await inProcess(['bench', 'loader', '--preset', 'tiny', '--data', join(root, 'data'), '--epochs', '0', '--workers', '1', '--json', json], [bench]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /clips\/s.*frames\/s.*CPU ms\/clip/);
    const { preset, machine, rates, epoch } = JSON.parse(readFileSync(json, 'utf8')) as { preset: string; machine: string; rates: { frames: string; from: string; clipsPerSecond: number }[]; epoch?: unknown };
    assert.deepEqual([preset, epoch, rates.map(({ from }) => from)], ['tiny', undefined, ['files', 'memory', 'cache, filling', 'cache, filled']]);
    assert.match(machine, /^\d+ cores, /);
    assert.ok(rates.every(({ frames, clipsPerSecond }) => frames === 'as in the set' && clipsPerSecond > 0));
  });

  it('measures epochs with the loader against their steps alone', async () => {
    const { code, stdout, stderr } = await inProcess(['bench', 'loader', '--preset', 'tiny', '--set', 'batchSize=2', '--data', join(root, 'data'), '--epochs', '1', '--steps', '2', '--cache', join(root, 'cache')], [bench]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /epoch \/ steps alone: \d+\.\d{3}, without the wait for the first batch \d+\.\d{3}, of processor time \d+\.\d{3} \(1 epochs of 2 steps of 2 clips/);
    assert.match(stderr, /waited \d+\.\d\d s for the first batch/);
  });

  it('says in its help what --cache is for', async () => {
    assert.match((await inProcess(['bench', 'loader', '--help'], [bench])).stdout.replaceAll(/\s+/g, ' '), /keep decoded frames in this folder.*changes no number/);
  });
});
