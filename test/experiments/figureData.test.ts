// What figures draw, from made-up run folders whose numbers are known.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import { buildTables } from '../../src/experiments/allTables.ts';
import { cellOf, describeRuns, effectGroup, firstRun, foldScores, kindOf, pooledMetrics, runPairs } from '../../src/experiments/figureData.ts';
import { TABLES } from '../../src/experiments/plan.ts';
import { rowConfig } from '../../src/experiments/planRuns.ts';
import { sourcesHash } from '../../src/experiments/sources.ts';
import type { ResultTable } from '../../src/experiments/tables.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { createRun } from '../../src/runs/run.ts';
import type { Prediction } from '../../src/runs/types.ts';
import { RECORD } from '../runs/record.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('data of figures', () => {
  const folder = temporaryFolder();
  let made = 0;

  /** Ten clips a class, of which `right` are found; the others are taken for the next class. */
  async function run(label: string, { fold = 1, right = 5, isSynthetic = true, preset = 'tiny' }): Promise<void> {
    const row = TABLES.find(({ name }) => name === 'components')!.rows.find((one) => one.label === label)!;
    const experiment = rowConfig({ preset }, row.settings, 1), fingerprint = `clips${fold}`;
    const predictions = EXPRESSIONS.flatMap((_, c): Prediction[] => Array.from({ length: 10 }, (__, i) => ({ id: `${fold}-${c}-${i}`, label: c, logits: EXPRESSIONS.map((___, p) => Number(p === (i < right ? c : (c + 1) % 7))) })));
    const writer = await createRun(join(folder(), 'runs', `run${++made}`), { ...RECORD, experiment, sources: sourcesHash(), dataset: { ...RECORD.dataset, root: '', fold, fingerprint, isSynthetic } });
    await writer.writePredictions({ split: 'test', epoch: 1, labelNames: EXPRESSIONS, fingerprint, predictions });
    await writer.writeEvaluation({ split: 'test', epoch: 1, labelNames: EXPRESSIONS, fingerprint, isSynthetic, selection: 'last', isLeaky: false, metrics: metricsOf(predictions, 7) });
    await writer.close();
  }
  const components = async (): Promise<ResultTable> => (await buildTables(['components'], { runs: join(folder(), 'runs') }))[0]!.result!;

  it('scores by fold, pooled confusion, pairs and differences of the rows that were run', async () => {
    for (const [fold, a, b] of [[1, 4, 6], [2, 5, 8]] as const) {
      await run('baseline', { fold, right: a });
      await run('GCA+IAL', { fold, right: b });
    }
    const table = await components();
    assert.equal(describeRuns(table), "synthetic benchmark in DFEW's layout, not DFEW, preset tiny, 2 folds, seed 1");
    assert.match(describeRuns(table, [{ fold: 2, seed: 1 }]), /preset tiny, fold 2, seed 1$/);
    assert.deepEqual([firstRun(table, ['+IAL', 'GCA+IAL']), firstRun(table, ['+IAL', '+GCA'])], ['GCA+IAL', '+IAL']);
    assert.deepEqual((await foldScores(table, ['baseline', '+IAL', 'GCA+IAL'])).map(({ name, scores }) => [name, scores.map(({ fold, uar }) => [fold, Number(uar.toFixed(6))])]), [['baseline', [[1, 0.4], [2, 0.5]]], ['GCA+IAL', [[1, 0.6], [2, 0.8]]]]);
    const pooled = await pooledMetrics(table, 'GCA+IAL');
    assert.deepEqual([Number(pooled!.war.toFixed(6)), pooled!.counts[0], pooled!.confusion[6]], [0.7, 20, [6, 0, 0, 0, 0, 0, 14]]);
    assert.equal(await pooledMetrics(table, '+IAL'), null);
    const { pairs, clusterOf } = await runPairs(table, ['GCA+IAL', 'baseline']);
    assert.deepEqual(pairs.map(({ fold, a, b }) => [fold, metricsOf(a, 7).war, metricsOf(b, 7).war]), [[1, 0.6, 0.4], [2, 0.8, 0.5]]);
    assert.equal(clusterOf, undefined);
    assert.deepEqual((await runPairs(table, ['+IAL', 'baseline'])).pairs, []);
    const group = effectGroup(table);
    assert.deepEqual(group.rows.map(({ value, effect }) => [value && Math.round(value.uar), effect && Math.round(effect.uar.estimate)]), [[45, null], [null, null], [null, null], [70, 25]]);
  });

  it('takes real clips where there are any, and never mixes', async () => {
    await run('baseline', {});
    await run('GCA+IAL', { preset: 'paper', isSynthetic: false });
    const table = await components();
    assert.equal(kindOf(table), 'real');
    assert.equal(cellOf(table, 'baseline'), null);
    assert.equal(describeRuns(table), 'DFEW, preset paper, fold 1, seed 1');
    assert.equal(describeRuns({ ...table, rows: [] }), 'no runs yet');
    assert.throws(() => cellOf(table, 'GCA'), /RangeError: components: expected a row out of baseline, \+GCA, \+IAL, GCA\+IAL, found "GCA"/);
  });
});
