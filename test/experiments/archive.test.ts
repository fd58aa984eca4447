// Archived runs: everything that readers need, nothing of this machine, no weights.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readDataset } from '../../src/data/dataset.ts';
import { readIdentities } from '../../src/data/sidecar.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import { archiveRuns } from '../../src/experiments/archive.ts';
import { finishedRuns } from '../../src/experiments/finished.ts';
import { identitiesOf } from '../../src/experiments/people.ts';
import { createRun, openRun } from '../../src/runs/run.ts';
import { checkpoint, line, RECORD } from '../runs/record.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('archived runs', () => {
  const folder = temporaryFolder();
  let rendered = '';
  before(async () => {
    rendered = mkdtempSync(join(tmpdir(), 'ial-archive-'));
    await renderSynthetic({ root: rendered, layout: 'dfew', trainClips: 28, testClips: 14, size: 32, seed: 3 });
  });
  after(() => { rmSync(rendered, { recursive: true, force: true }); });

  /** A finished run on rendered clips that lie where a checkout has the benchmark of `npm start`. */
  async function made(name = 'one', place = 'datasets/synthetic/quick', epochs = 1): Promise<string> {
    const root = join(folder(), place);
    cpSync(rendered, root, { recursive: true });
    const { fingerprint, labelNames, test } = await readDataset({ name: 'dfew', root, fold: 1 });
    const predictions = test.map(({ id, label }) => ({ id, label, logits: labelNames.map((_, c) => Number(c === label)) }));
    const run = await createRun(join(folder(), 'runs', name), { ...RECORD, sources: 'f00d', experiment: { ...RECORD.experiment, epochs }, dataset: { ...RECORD.dataset, root, fingerprint, labelNames } });
    await run.appendMetrics(line(1));
    await run.saveCheckpoint(checkpoint(1));
    await run.writePredictions({ split: 'test', epoch: 1, labelNames, fingerprint, predictions });
    await run.writeFeatures({ split: 'test', epoch: 1, ids: test.map(({ id }) => id), labels: Int32Array.from(test, ({ label }) => label), values: new Float32Array(2 * test.length), width: 2 });
    await run.writeEvaluation({ split: 'test', epoch: 1, labelNames, fingerprint, isSynthetic: true, selection: 'last', isLeaky: false, metrics: metricsOf(predictions, labelNames.length) });
    await run.close();
    return root;
  }
  const archive = (options: object = {}) => archiveRuns({ runs: join(folder(), 'runs'), to: join(folder(), 'archive'), ...options });

  it('reads as the run itself, without its weights and without a path of this machine', async () => {
    const root = await made();
    const { runs, bytes } = await archive();
    assert.deepEqual(runs.map(({ name }) => name), ['one']);
    assert.equal(bytes, runs[0]!.bytes);
    const [before, after] = await Promise.all([openRun(join(folder(), 'runs/one')), openRun(join(folder(), 'archive/one'))]);
    assert.deepEqual(await after.readPredictions(), await before.readPredictions());
    assert.deepEqual(await after.readEvaluation(), await before.readEvaluation());
    assert.deepEqual(await after.readMetrics(), await before.readMetrics());
    assert.deepEqual({ ...after.record, dataset: { ...after.record.dataset, root } }, before.record);
    assert.equal(after.record.dataset.root.replaceAll('\\', '/'), 'datasets/synthetic/quick');
    assert.ok(!readFileSync(join(folder(), 'archive/one/config.json'), 'utf8').includes(folder()));
    assert.ok(!existsSync(join(folder(), 'archive/one/checkpoints')) && !existsSync(join(folder(), 'archive/one/features.safetensors')));
  });

  it('people and seen peaks travel along, so that intervals are the same where the clips are not', async () => {
    const root = await made(), people = await readIdentities(root);
    await archive();
    rmSync(root, { recursive: true });
    const finished = await finishedRuns(join(folder(), 'archive'));
    const known = await identitiesOf(finished);
    const { predictions } = await finished[0]!.run.readPredictions();
    assert.deepEqual(predictions.map(({ id }) => known!.get(id)), predictions.map(({ id }) => people!.get(id)));
    const clips = (await finished[0]!.run.readClips())!;
    const neutral = finished[0]!.evaluation.labelNames.indexOf('neutral');
    for (const { id, label } of predictions) assert.ok(label === neutral ? clips.get(id)!.peak === 0 : clips.get(id)!.peak! > 0.1 && clips.get(id)!.peak! <= 1, `${id}: ${clips.get(id)!.peak}`);
  });

  it('features go along where they are asked for; a run that was archived before is replaced, others stay', async () => {
    await made();
    mkdirSync(join(folder(), 'archive/one'), { recursive: true });
    writeFileSync(join(folder(), 'archive/one/stale'), '');
    mkdirSync(join(folder(), 'archive/other'));
    await archive({ features: ['one'] });
    assert.equal((await (await openRun(join(folder(), 'archive/one'))).readFeatures()).width, 2);
    assert.ok(!existsSync(join(folder(), 'archive/one/stale')) && existsSync(join(folder(), 'archive/other')));
    await archive();
    assert.equal((await (await openRun(join(folder(), 'archive/one'))).readFeatures()).width, 2, 'what was archived with features keeps them');
    assert.equal((await finishedRuns([join(folder(), 'runs'), join(folder(), 'archive')])).length, 1, 'a run and its copy are one run');
  });

  it('without its clips a run is archived with a warning; a name that is no finished run is refused', async () => {
    rmSync(await made('one', 'elsewhere'), { recursive: true });
    const warnings: string[] = [];
    await archive({ onWarning: (text: string) => { warnings.push(text); } });
    assert.match(warnings.join('\n'), /^one: without people and intensities: .*elsewhere/);
    const run = await openRun(join(folder(), 'archive/one'));
    assert.equal(await run.readClips(), undefined);
    assert.equal(run.record.dataset.root, '', 'a folder outside the working folder is no one\'s business');
    await assert.rejects(archive({ names: ['two'] }), /UserError: .*two: expected a run that was trained and evaluated to its end/);
  });

  it('refuses the folder of the runs itself, under whatever name: their weights would be lost', async () => {
    await made();
    symlinkSync(join(folder(), 'runs'), join(folder(), 'link'));
    for (const to of [join(folder(), 'runs'), join(folder(), 'runs/../runs/'), join(folder(), 'link')]) await assert.rejects(archive({ to }), /expected another folder than that of the runs/);
    assert.ok(existsSync(join(folder(), 'runs/one/checkpoints')));
  });

  it('a run is finished with its last epoch, evaluated, and with predictions that can be read', async () => {
    const names = async (): Promise<string[]> => (await finishedRuns(join(folder(), 'runs'))).map(({ run }) => basename(run.dir));
    await made('whole');
    await made('half', undefined, 2); // trained and evaluated to the first of two epochs
    assert.deepEqual(await names(), ['whole']);
    await made('cut');
    truncateSync(join(folder(), 'runs/cut/predictions.json'), 100);
    assert.deepEqual(await names(), ['whole']);
  });
});
