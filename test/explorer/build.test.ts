import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../src/errors.ts';
import { explorer, writeExplorer } from '../../src/explorer/build.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { floats, words } from '../../src/explorer/page/decode.ts';
import type { PageData } from '../../src/explorer/types.ts';
import { temporaryFolder } from '../runs/support.ts';
import { fakeOutputs, manyClips, writeFakeRun } from './runs.ts';

const dataOf = (html: string): PageData => JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!) as PageData;
const refuses = (pattern: RegExp) => (error: unknown): boolean => error instanceof UserError && pattern.test(error.message) && !error.message.includes('\n');

describe('explorer/build', function () {
  this.timeout(60_000);
  const dir = temporaryFolder();
  const runOf = async (name: string, options: Partial<Parameters<typeof writeFakeRun>[1]> = {}): Promise<string> => {
    await writeFakeRun(join(dir(), name), { ...manyClips(42), ...options });
    return join(dir(), name);
  };

  it('holds the clips with their logits, map and neighbours; the same seed gives the same page', async () => {
    const run = await runOf('a'), html = await explorer(run), page = dataOf(html), { snapshots: [snapshot] } = page.runs[0]!;
    const { logits, features } = fakeOutputs(manyClips(42));
    assert.deepEqual([page.ids, page.labels], [manyClips(42).ids, manyClips(42).labels]);
    assert.deepEqual([...floats(snapshot!.logits)], logits.flat());
    assert.ok(floats(snapshot!.positions).every((value) => Math.abs(value) <= 1.0001));
    const near = words(snapshot!.neighbours.indices)[0]!, distance = Math.hypot(...Array.from({ length: 12 }, (_, d) => features[d]! - features[near * 12 + d]!));
    assert.ok(Math.abs(floats(snapshot!.neighbours.distances)[0]! - distance) < 1e-5);
    assert.match(page.notes.join(), /folder was not found/);
    assert.equal(await explorer(run), html);
  });

  it('puts two runs on their common clips and aligns their maps', async () => {
    const [a, b] = [await runOf('a'), await runOf('b', { ids: manyClips(40).ids, labels: manyClips(40).labels, seed: 2 })];
    const page = dataOf(await explorer([a, b]));
    assert.deepEqual([page.ids.length, page.runs.length], [40, 2]);
    assert.match(page.notes.join(), /2 clips that only one of the runs evaluated/);
    assert.ok(page.runs[1]!.snapshots[0]!.disparity < 1);
  });

  it('says in one line what it cannot explore', async () => {
    await assert.rejects(explorer(await runOf('none', { isLeftOut: 'features' })), refuses(/has no features\.safetensors.*ial evaluate/));
    await assert.rejects(explorer(await runOf('empty', { ids: [], labels: [] })), refuses(/holds no clips/));
    await assert.rejects(explorer([await runOf('a'), await runOf('other', { ids: ['x', 'y'], labels: [0, 1] })]), refuses(/no clip in common/));
    await assert.rejects(explorer([await runOf('p'), await runOf('q', { labels: manyClips(42).labels.map((label) => (label + 1) % 7) })]), refuses(/different labels for clip "00001"/));
    await assert.rejects(explorer(join(dir(), 'absent')), refuses(/absent/));
    await assert.rejects(explorer(await runOf('r'), { data: join(dir(), 'nowhere') }), refuses(/nowhere/));
  });

  it('refuses features that are not finite, naming the clip', async () => {
    const run = await runOf('nan'), file = join(run, 'features.safetensors'), bytes = readFileSync(file);
    const start = 8 + Number(bytes.readBigUInt64LE(0)), header = JSON.parse(bytes.subarray(8, start).toString()) as { features: { data_offsets: [number, number] } };
    bytes.writeFloatLE(NaN, start + header.features.data_offsets[0] + 4 * 12 * 3);
    writeFileSync(file, bytes);
    await assert.rejects(explorer(run), refuses(/clip "00004" hold NaN.*diverged/));
  });

  it('makes a page of one class and of one clip, and says what they lack', async () => {
    const one = dataOf(await explorer(await runOf('class', { labels: Array.from({ length: 42 }, () => 2) })));
    assert.match(one.notes.join(), /all clips are of one class/);
    assert.equal(one.runs[0]!.snapshots[0]!.separation, null);
    const alone = dataOf(await explorer(await runOf('clip', { ids: ['00001'], labels: [3] })));
    assert.deepEqual([alone.ids.length, alone.runs[0]!.snapshots[0]!.neighbours.k], [1, 0]);
    assert.match(alone.map, /too few clips for UMAP/);
  });

  it('takes frames, intensity and people from the dataset; licensed frames only when told', async () => {
    const root = join(dir(), 'data'), out = join(dir(), 'page.html');
    await renderSynthetic({ root, layout: 'dfew', trainClips: 28, testClips: 16, size: 40, seed: 3 });
    const { test, fingerprint } = await readDataset({ name: 'dfew', root, fold: 1 });
    const clips = { ids: test.map(({ id }) => id), labels: test.map(({ label }) => label), root, fingerprint };
    const report = await writeExplorer([await runOf('frames', clips)], out), page = dataOf(readFileSync(out, 'utf8'));
    assert.equal(report.clips, 16);
    assert.equal(page.frames!.sprites!.filter((text) => text.length > 200).length, 16);
    assert.deepEqual(page.intensity!.frames, test.map(({ frames }) => frames.length));
    assert.deepEqual(page.attributes.map(({ key }) => key), ['fold', 'person']);
    assert.deepEqual(page.notes, []);
    const licensed = await runOf('licensed', { ...clips, isSynthetic: false });
    const without = dataOf(await explorer(licensed));
    assert.equal(without.frames, null);
    assert.match(without.notes.join(), /licensed set are left out; --embed-frames/);
    assert.equal(dataOf(await explorer(licensed, { embedFrames: true })).frames!.sprites!.length, 16);
    const small = await writeExplorer([join(dir(), 'frames')], join(dir(), 'small.html'), { maxMb: 0.31 });
    assert.ok(existsSync(join(dir(), 'small-frames', '000013.webp')), JSON.stringify(small));
    assert.equal(dataOf(await explorer(join(dir(), 'frames'), { frames: false })).frames, null);
  });
});
