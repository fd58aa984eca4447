import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readDataset } from '../../src/data/dataset.ts';
import { renderSynthetic, syntheticBenchmark } from '../../src/data/synthetic/index.ts';
import { UserError } from '../../src/errors.ts';
import { BENCHMARKS } from '../../src/experiments/benchmarks.ts';
import { clipsOfRuns } from '../../src/experiments/runClips.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { createRun } from '../../src/runs/run.ts';
import type { RunDataset } from '../../src/runs/types.ts';
import { RECORD } from '../runs/record.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('clips of runs', () => {
  const folder = temporaryFolder();
  let made = 0;

  async function run(clips: readonly { id: string; label: number }[], dataset: Partial<RunDataset>): Promise<string> {
    const dir = join(folder(), `run${++made}`), record = { ...RECORD, dataset: { ...RECORD.dataset, ...dataset } };
    const writer = await createRun(dir, record);
    await writer.writePredictions({ split: 'test', epoch: 1, labelNames: EXPRESSIONS, fingerprint: record.dataset.fingerprint, predictions: clips.map(({ id, label }) => ({ id, label, logits: EXPRESSIONS.map(() => 0) })) });
    await writer.close();
    return dir;
  }

  it('renders those of a benchmark without its folder', async () => {
    const { root, options } = BENCHMARKS.smoke.dfew, drawn = syntheticBenchmark(options), [id] = drawn.ids, { label, intensity } = drawn.describe(id!);
    const clips = await clipsOfRuns([await run([{ id: id!, label }], { root })]);
    const shown = await clips.show(id!);
    assert.deepEqual([clips.isSynthetic, shown.frames.length, shown.intensity], [true, intensity.length, intensity]);
    assert.equal((shown.frames[0] as Buffer).readUInt16BE(0), 0xffd8, 'a JPEG');
    await assert.rejects(clips.show('none'), new UserError('none of the runs was tested on a clip "none"'));
    const other = await clipsOfRuns([await run([{ id: id!, label: (label + 1) % 7 }], { root })]);
    await assert.rejects(other.show(id!), /UserError: clip ".*": the run knew label \d, today's benchmark has \d/);
  });

  it('finds them in their folder, and refuses other clips', async () => {
    const root = join(folder(), 'data');
    await renderSynthetic({ root, layout: 'dfew', trainClips: 33, testClips: 7, size: 32, seed: 3, frames: [4, 5] });
    const { test, fingerprint } = await readDataset({ name: 'dfew', root, fold: 1 });
    const { show } = await clipsOfRuns([await run(test, { root: '', fingerprint })], root);
    const shown = await show(test[0]!.id);
    assert.deepEqual(shown.frames, test[0]!.frames);
    assert.equal(shown.intensity!.length, shown.frames.length);
    await assert.rejects(clipsOfRuns([await run(test, { root: '' })], root), /UserError: .*data: expected the clips that .* was tested on \(fingerprint f00d\), found others/);
  });

  it('cannot know the clips of a licensed set', async () => {
    await assert.rejects(clipsOfRuns([await run([], { root: '', isSynthetic: false })]), /UserError: clips of a licensed set, or of a benchmark of one's own, are not part of a run: name their folder as data/);
    await assert.rejects(clipsOfRuns([]), /UserError: there are no runs/);
  });
});
