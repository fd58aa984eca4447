// Trained and tested as the authors do: without the clips of fewer than 16 frames, and with what their indices make of the others.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preset } from '../../src/config.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { loadEngine } from '../../src/engine/tensorflow.ts';
import { evaluateAgain } from '../../src/experiments/evaluation.ts';
import { trainRun } from '../../src/experiments/run.ts';
import { openRun } from '../../src/runs/run.ts';
import { emptyFrames, jpeg, writeTree } from '../data/folders.ts';

describe('a run with the authors\' sampling', function () {
  this.timeout(300_000);
  let root: string;
  before(async () => { root = await mkdtemp(join(tmpdir(), 'ial-authors-')); });
  after(() => rm(root, { recursive: true, force: true }));

  it('leaves short clips out of both lists, says so, and does so again when it is evaluated', async () => {
    const picture = await jpeg(24, 24), clips = { '1': 16, '2': 15, '3': 20, '4': 3, '5': 17, '6': 15, '7': 16 };
    await writeTree(root, Object.fromEntries(Object.keys(emptyFrames('clips', clips)).map((file) => [file, picture])));
    await writeTree(root, { 'clips.csv': Object.keys(clips).map((id, i) => `clips/${id},${i % 2 ? 'sad' : 'happy'},${i < 4 ? 'train' : 'test'}`).join('\n') });
    const engine = await loadEngine(), dataset = await readDataset({ name: 'csv', root, fold: 1 }), warnings: string[] = [], out = join(root, 'run');
    const config = { ...preset('tiny'), width: [4, 8, 16], imageSize: 16, numSegments: 4, framesPerSegment: 2, staticMlp: 8, temporalMlp: 16, reduction: 4, batchSize: 2, epochs: 1, numClasses: 2, sampling: 'authors' } as const;
    const { metrics } = await trainRun({ engine, dataset, config, out, onWarning: (line) => warnings.push(line) });
    assert.deepEqual(warnings, ['sampling authors: 2 training and 1 test clips of fewer than 16 frames are left out, as in the authors\' code']);
    assert.deepEqual([(await openRun(out)).record.dataset.counts, metrics.counts], [{ train: [2, 0], test: [2, 0] }, [2, 0]]);
    assert.deepEqual((await evaluateAgain({ engine, dir: out })).metrics, metrics);
    assert.deepEqual((await (await openRun(out)).readPredictions()).predictions.map(({ id }) => id), ['clips/5', 'clips/7']);
  });
});
