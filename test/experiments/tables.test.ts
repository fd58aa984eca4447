// Tables from made-up run folders: nothing is trained, so every number is known.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { EXPRESSIONS } from '../../src/labels.ts';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import { buildTables } from '../../src/experiments/allTables.ts';
import { finishedRuns } from '../../src/experiments/finished.ts';
import { profileSet, rowConfig } from '../../src/experiments/planRuns.ts';
import { sourcesHash } from '../../src/experiments/sources.ts';
import { TABLES, type RowSettings } from '../../src/experiments/plan.ts';
import { csv, markdown } from '../../src/experiments/tableView.ts';
import { random } from '../../src/random.ts';
import { createRun } from '../../src/runs/run.ts';
import type { Prediction, RunRecord } from '../../src/runs/types.ts';
import { isLeaky } from '../../src/runs/record.ts';
import { RECORD } from '../runs/record.ts';
import { temporaryFolder } from '../runs/support.ts';

interface Made { readonly settings?: RowSettings; readonly fold?: number; readonly seed?: number; readonly right?: number; readonly isSynthetic?: boolean; readonly preset?: string; readonly change?: Partial<RunRecord>; readonly fingerprint?: string; /** Clips of each class that the run did not see. */ readonly unseen?: number }

describe('tables of the paper', () => {
  const folder = temporaryFolder();
  let made = 0;

  /** A run whose share of right clips is exact: 100 clips a class. */
  async function run({ settings = {}, fold = 1, seed = 1, right = 50, isSynthetic = true, preset = 'tiny', change = {}, fingerprint = `clips${fold}`, unseen = 0 }: Made): Promise<string> {
    const dir = join(folder(), 'runs', `run${++made}`);
    const experiment = rowConfig({ preset }, settings, seed);
    const record = { ...RECORD, experiment, sources: sourcesHash(), dataset: { ...RECORD.dataset, root: join(folder(), 'data'), fold, fingerprint, isSynthetic }, ...change };
    const rng = random(made, 'hits');
    const predictions = EXPRESSIONS.flatMap((_, label): Prediction[] => {
      const hits = new Set(rng.shuffle(Array.from({ length: 100 }, (__, i) => i)).slice(0, right));
      return Array.from({ length: 100 - unseen }, (__, i) => ({ id: `${fold}-${label}-${i}`, label, logits: EXPRESSIONS.map((___, c) => Number(c === (hits.has(i) ? label : (label + 1) % 7))) }));
    });
    const writer = await createRun(dir, record);
    await writer.writePredictions({ split: 'test', epoch: 1, labelNames: EXPRESSIONS, fingerprint, predictions });
    await writer.writeEvaluation({ split: 'test', epoch: 1, labelNames: EXPRESSIONS, fingerprint, isSynthetic, selection: experiment.selection, isLeaky: isLeaky(experiment), metrics: metricsOf(predictions, 7) });
    await writer.close();
    return dir;
  }
  const settingsOf = (table: string, label: string): RowSettings => TABLES.find(({ name }) => name === table)!.rows.find((row) => row.label === label)!.settings;
  const build = async (name: string, options: object = {}) => (await buildTables([name], { runs: join(folder(), 'runs'), ...options }))[0]!;

  it('mean over folds and seeds, spread over runs, and differences in pairs', async () => {
    const [baseline, ial] = [settingsOf('components', 'baseline'), settingsOf('components', '+IAL')];
    for (const [fold, seed, a, b] of [[1, 1, 40, 50], [1, 2, 44, 54], [2, 1, 50, 60], [2, 2, 54, 64]] as const) {
      await run({ settings: baseline, fold, seed, right: a });
      await run({ settings: ial, fold, seed, right: b });
    }
    const { result } = await build('components');
    const [first, , third, fourth] = result!.rows;
    assert.deepEqual([first!.synthetic!.runs, first!.synthetic!.folds, first!.synthetic!.seeds, first!.synthetic!.clips], [4, [1, 2], [1, 2], 1400]);
    assert.ok(Math.abs(first!.synthetic!.uar.mean - 47) < 1e-9 && Math.abs(first!.synthetic!.uar.sd! - Math.sqrt((49 + 9 + 9 + 49) / 3)) < 1e-9);
    const { difference } = third!.synthetic!;
    assert.ok(Math.abs(difference!.uar.estimate - 10) < 1e-9 && difference!.uar.low > 5 && difference!.uar.high < 15 && difference!.uar.p < 0.01);
    assert.deepEqual([difference!.blindTo, difference!.draws], [[], 'clips']);
    assert.equal(first!.synthetic!.difference, null);
    assert.equal(fourth!.synthetic, null);
  });

  it('synthetic and real results never share a line: the row of rendered faces says "needs DFEW"', async () => {
    await run({ settings: {}, preset: 'paper', right: 70 });
    const before = (await build('main-dfew')).view;
    assert.deepEqual(before.cells.map(([label]) => label), ['baseline\nnot run', 'GCA+IAL\nsynthetic, 1 run', 'GCA+IAL, best on test\nnot run']);
    assert.deepEqual(before.cells.map(([, uar]) => uar), ['', '70.00', '']);
    assert.deepEqual(before.records.map(({ status }) => status), ['needs DFEW', 'needs DFEW', 'needs DFEW']);
    assert.equal(before.records[1]!['dfew_uar_mean'], null);
    for (const fold of [1, 2, 3, 4, 5]) await run({ settings: { selection: 'best-on-test' }, preset: 'paper', fold, right: 56, isSynthetic: false });
    const { view, result } = await build('main-dfew');
    assert.deepEqual(view.records.map(({ status }) => status), ['not run', 'not run', 'not'], '56 % of every class is far from WAR 69.24');
    const leaky = result!.rows[2]!;
    assert.ok(Math.abs(leaky.toPublished!.uar - (56 - 55.71)) < 1e-9);
    assert.deepEqual(view.cells.slice(1).map(([label, uar]) => `${label} ${uar}`), ['GCA+IAL\nsynthetic, 1 run 70.00', 'GCA+IAL, best on test\nDFEW, 5 runs, LEAKY 56.00 ± 0.00']);
    assert.ok(view.notes.some((note) => note.startsWith('Status: reproduced: UAR and WAR within 1 point')));
    assert.ok(view.notes.some((note) => note.startsWith('LEAKY: the test split chose the epoch')));
    assert.equal(result!.rows[1]!.toPublished, null, 'the paper is compared with the row that chose alike only');
    assert.deepEqual([view.records[1]!['synthetic_uar_mean'], view.records[1]!['dfew_uar_mean']], [70, null], 'the synthetic 70 does not stand under DFEW');
  });

  it('a row whose epoch the test clips chose is compared with no honest one, except where that is the question', async () => {
    for (const settings of [settingsOf('main-dfew', 'baseline'), {}, { selection: 'best-on-test' } as const]) await run({ settings });
    const { result } = await build('main-dfew');
    assert.deepEqual(result!.rows.map(({ synthetic }) => Boolean(synthetic!.difference)), [false, true, false]);
    assert.ok((await build('leak')).result!.rows[1]!.synthetic!.difference);
  });

  it('clips that one row did not see are in no difference, and that is said', async () => {
    await run({ settings: {}, right: 60 });
    await run({ settings: settingsOf('sampling', 'U x V, authors'), right: 50, unseen: 20 });
    const { result, view } = await build('sampling');
    const { difference } = result!.rows[1]!.synthetic!;
    assert.equal(difference!.leftOut, 7 * 20);
    assert.ok(difference!.war.estimate < -5 && difference!.war.estimate > -15);
    assert.ok(view.notes.includes('Up to 140 clips that one of two rows did not see are not in their difference.'));
  });

  it('runs on other clips than the planned ones stay out of what "ial reproduce" writes', async () => {
    await run({ settings: {}, fingerprint: 'old clips' });
    await run({ settings: {}, fold: 2, fingerprint: 'old clips' });
    const mine = await run({ settings: {}, fingerprint: 'my clips' });
    const clips = [{ dataset: 'dfew' as const, isSynthetic: true, fingerprint: 'my clips' }];
    const [built] = await buildTables(['fusion'], { runs: join(folder(), 'runs'), clips });
    assert.deepEqual(built!.result!.rows[0]!.synthetic!.dirs, [mine]);
  });

  it('Holm corrects over the rows of the table', async () => {
    for (const { label, settings } of TABLES.find(({ name }) => name === 'reduction')!.rows) await run({ settings, right: label === '16' ? 50 : 54 });
    const { rows } = (await build('reduction')).result!;
    for (const { synthetic } of rows.filter(({ label }) => label !== '16')) {
      const { p, pHolm } = synthetic!.difference!.uar;
      assert.ok(pHolm >= p && pHolm <= 1);
    }
    const smallest = rows.flatMap(({ synthetic }) => synthetic!.difference?.uar ?? []).sort((a, b) => a.p - b.p)[0]!;
    assert.ok(Math.abs(smallest.pHolm - Math.min(1, 3 * smallest.p)) < 1e-12, 'the smallest p of three is multiplied by three');
  });

  it('says what it was shrunk to, that runs are of older sources, and leaves runs on other clips out', async () => {
    await run({ settings: settingsOf('lambda', '0'), change: { sources: 'older' } });
    await run({ settings: {}, change: { sources: 'older' } });
    await run({ settings: { lambda: 0.5 }, fingerprint: 'other clips' });
    const { result } = await build('lambda');
    assert.deepEqual(result!.rows.map(({ synthetic }) => synthetic?.runs ?? 0), [1, 0, 1, 0, 0, 0]);
    for (const expected of [/Preset "tiny", not the published recipe/, /Fold 1 only; 1 run a row, one seed/, /1 runs on other clips are not shown/, /2 of 2 runs were made by other sources than today's \(.*sources older\)/]) {
      assert.ok(result!.notes.some((note) => expected.test(note)), String(expected));
    }
  });

  it('a row of fewer runs than others names its folds and seeds', async () => {
    for (const seed of [2, 1]) await run({ settings: settingsOf('lambda', '0'), seed });
    await run({ settings: {}, seed: 2 });
    const text = markdown((await build('lambda')).view);
    assert.match(text, /\| 0<br>synthetic, 2 runs \|/);
    assert.match(text, /\| 0\.1<br>synthetic, 1 run, fold 1, seed 2 \|/);
  });

  it('without settings a table is of the length that most runs have, and says so', async () => {
    for (const settings of [settingsOf('fusion', 'off'), {}]) await run({ settings: { ...settings, epochs: 6 } });
    await run({ settings: {} });
    const { result } = await build('fusion');
    assert.deepEqual(result!.rows.map(({ synthetic }) => synthetic?.runs), [1, 1]);
    assert.ok(result!.notes.includes('Preset "tiny" with epochs=6, not the published recipe.'));
    assert.match(result!.rows[0]!.command, /--preset tiny --set epochs=6 /);
  });

  it('the command of a row without runs plans that row: a full table trains no short runs', async () => {
    for (const [table, set, profile] of [['main-ferv39k', [], 'full'], ['lambda', [], 'full'], ['lambda', ['epochs=5'], 'smoke']] as const) {
      const { result } = await build(table, { preset: 'tiny', set: [...set] });
      for (const { command } of result!.rows) assert.match(command, new RegExp(` --profile ${profile}$`));
      const wanted = rowConfig({ preset: 'tiny', set: [...set] }, settingsOf(table, result!.rows[0]!.label), 1);
      assert.deepEqual(rowConfig({ preset: 'tiny', set: profileSet(profile, 'tiny', set) }, settingsOf(table, result!.rows[0]!.label), 1), wanted);
    }
  });

  it('a run of the present sources is preferred to an older one of the same experiment', async () => {
    const old = await run({ settings: {}, right: 10, change: { sources: 'older', createdAt: '2027-01-01T00:00:00.000Z' } });
    const present = await run({ settings: {}, right: 60 });
    const { result } = await build('fusion');
    assert.deepEqual(result!.rows[0]!.synthetic!.dirs, [present]);
    assert.equal((await finishedRuns(join(folder(), 'runs'))).length, 2);
    assert.notEqual(old, present);
  });

  it('Markdown, CSV and records hold the same rows, with the command that makes each', async () => {
    await run({ settings: settingsOf('components', 'baseline') });
    const { view } = await build('components');
    const text = markdown(view);
    assert.match(text, /^### Global convolution-attention/);
    assert.match(text, /\| baseline<br>synthetic, 1 run \| 50\.00 \| 50\.00 \| reference \| reference \| needs DFEW \|/);
    assert.match(text, /ial reproduce components --only 'baseline' --preset tiny --folds 1 --seeds 1 --data /);
    const lines: Record<string, string>[] = parse(csv(view), { columns: true });
    assert.equal(lines.length, 4);
    assert.deepEqual([lines[0]!['synthetic_uar_mean'], lines[0]!['synthetic_uar_sd'], lines[0]!['synthetic_made_by']], ['50', '', `commit abc1234, sources ${sourcesHash().slice(0, 8)}`]);
    assert.match(csv({ records: [{ a: 'x, "y"' }] }), /^a\n"x, ""y"""\n$/);
  });

  it('published tables need no runs, and an unknown name is refused with those that there are', async () => {
    mkdirSync(join(folder(), 'runs'));
    for (const name of ['field-dfew', 'field-ferv39k', 'later', 'confusion', 'separation', 'intensity', 'leak']) assert.equal((await build(name)).view.name, name);
    await assert.rejects(build('tabel'), /UserError: expected a table out of main-dfew, .*, found "tabel"/);
    const { view } = await build('field-dfew');
    assert.equal(view.cells.find(([method]) => method === 'M3DFEL')!.at(-1), 'DIFFERS');
  });

  it('confusion is row-normalised with counts, and names the data of every run', async () => {
    await run({ settings: {}, right: 70 });
    const { view } = await build('confusion');
    assert.deepEqual(view.cells.slice(0, 4).map(([label]) => label), ['GCA+IAL', 'synthetic, dfew layout', 'seed 1, fold 1', '']);
    assert.deepEqual(view.cells[0]!.slice(1, 5), ['happiness', '100', '70 % (70)', '30 % (30)']);
    assert.equal(view.records.length, 49);
    await run({ settings: {}, fold: 2, right: 70 });
    await run({ settings: {}, seed: 2, right: 70 });
    const pooled = (await build('confusion')).view;
    assert.deepEqual(pooled.cells[0]!.slice(1, 5), ['happiness', '200', '70 % (140)', '30 % (60)'], 'every clip once: folds are added, seeds are not');
    assert.equal(pooled.cells[2]![0], 'seed 1, folds 1, 2');
  });
});
