// Rows by true intensity, from made-up run folders.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { readDataset } from '../../src/data/dataset.ts';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import { buildTables } from '../../src/experiments/allTables.ts';
import { intensityRows, peaksOf } from '../../src/experiments/intensityRuns.ts';
import { TABLES } from '../../src/experiments/plan.ts';
import { rowConfig } from '../../src/experiments/planRuns.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { encodeClips } from '../../src/runs/clips.ts';
import { createRun, openRun } from '../../src/runs/run.ts';
import type { Prediction } from '../../src/runs/types.ts';
import { RECORD } from '../runs/record.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('rows by intensity', () => {
  const folder = temporaryFolder();
  const predictions = EXPRESSIONS.map((_, label): Prediction => ({ id: `c${label}`, label, logits: EXPRESSIONS.map((__, c) => Number(c === label)) }));

  async function run(label: string, { fold = 1, root = '', fingerprint = `clips${fold}` }: { readonly fold?: number; readonly root?: string; readonly fingerprint?: string } = {}): Promise<string> {
    const seed = 1;
    const row = TABLES.find(({ name }) => name === 'components')!.rows.find((one) => one.label === label)!;
    const dir = join(folder(), 'runs', `${label}-${fold}-${seed}`);
    const writer = await createRun(dir, { ...RECORD, experiment: rowConfig({ preset: 'tiny' }, row.settings, seed), dataset: { ...RECORD.dataset, root, fold, fingerprint } });
    await writer.writePredictions({ split: 'test', epoch: 1, labelNames: EXPRESSIONS, fingerprint, predictions });
    await writer.writeEvaluation({ split: 'test', epoch: 1, labelNames: EXPRESSIONS, fingerprint, isSynthetic: true, selection: 'last', isLeaky: false, metrics: metricsOf(predictions, 7) });
    await writer.close();
    return dir;
  }
  const know = (dir: string): Promise<void> => writeFile(join(dir, 'clips.json'), encodeClips(predictions.map(({ id, label }) => ({ id, person: `p${label % 2}`, peak: label / 10 }))));
  const labels = ['baseline', '+IAL', 'GCA+IAL'];
  const rowsOf = async () => intensityRows((await buildTables(['components'], { runs: join(folder(), 'runs') }))[0]!.result!, labels);

  it('pairs runs of the same fold and seed with the reference, shows rows on common folds, and leaves out rows that there are not', async () => {
    for (const [label, fold] of [['baseline', 1], ['baseline', 2], ['GCA+IAL', 2], ['GCA+IAL', 3]] as const) await know(await run(label, { fold }));
    const { rows, identities } = await rowsOf();
    assert.deepEqual(rows.map(({ label, runs, pairs }) => [label, runs.length, pairs.map(({ name }) => name)]), [['baseline', 1, []], ['GCA+IAL', 1, ['fold 2, seed 1']]]);
    assert.deepEqual([rows[1]!.pairs[0]!.peaks.get('c4'), identities?.get('c3')], [0.4, 'p1']);
  });

  it('has no rows where nothing tells the intensity', async () => {
    await run('baseline', {});
    const { rows, identities } = await rowsOf();
    assert.deepEqual([rows, identities], [[], undefined]);
  });

  it('takes the peak among the frames that the network saw from the folder of a run that is not archived', async () => {
    const root = join(folder(), 'set');
    await renderSynthetic({ root, layout: 'dfew', clips: 40, seed: 4, size: 16, frames: [20, 20], workers: 1 });
    const { fingerprint, test } = await readDataset({ name: 'dfew', root, fold: 1 });
    const peaks = await peaksOf(await openRun(await run('baseline', { root, fingerprint })));
    assert.deepEqual([...peaks!.keys()], test.map(({ id }) => id));
  });
});
