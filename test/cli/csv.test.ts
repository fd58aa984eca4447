// Any set by a list of one's own, with 5, 7 and 11 classes, the whole way through the command line.
import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DoctorReport } from '../../src/data/doctor/doctor.ts';
import { confusionFigure } from '../../src/figures/confusion.ts';
import { recallFigure } from '../../src/figures/recall.ts';
import { openRun } from '../../src/runs/run.ts';
import type { Evaluation } from '../../src/runs/types.ts';
import { jpeg, writeTree } from '../data/folders.ts';
import { hasFfmpeg, makeVideo } from '../data/videos.ts';
import { inProcess, outcome, start, type Outcome } from './process.ts';

/** A network that trains in seconds. */
const SMALL = ['imageSize=16', 'numSegments=2', 'width=4/8/16', 'reduction=4', 'staticMlp=8', 'temporalMlp=16', 'batchSize=5', 'epochs=1'];
const SETTINGS = SMALL.flatMap((setting) => ['--set', setting]);

const CLASSES: Readonly<Record<number, readonly string[]>> = {
  5: ['happy', 'sad', 'neutral', 'bored', 'very bored'], // spaces, and words of no list of expressions
  7: ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise'],
  11: ['anger', 'disgust', 'fear', 'happiness', 'neutral', 'sadness', 'surprise', 'contempt', 'anxiety', 'helplessness', 'disappointment'],
};

async function ial(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const { code, ...said } = await inProcess(args);
  assert.equal(code, 0, said.stderr);
  return said;
}

/** In a process of its own: in this one the errors of commands that are loaded later are another class. */
const refused = (...args: string[]): Promise<Outcome> => outcome(start('../../bin/ial.mjs', args));

/** Four clips a class, two of them tested by each of two folds, of 2 to 5 frames; intensities in levels, two people. */
async function writeSet(root: string, classes: readonly string[]): Promise<void> {
  const frame = [await jpeg(48, 48, 1), await jpeg(48, 48, 2), await jpeg(48, 48, 3)];
  const lines: string[] = [], files: Record<string, Buffer> = {};
  for (const [c, label] of classes.entries()) for (let n = 0; n < 4; n++) {
    const clip = `clips/${label} ${n}`;
    lines.push(`${clip},${label},${1 + (n % 2)},${['LO', 'MD', 'HI', 'XX'][n]},person ${n % 2}`);
    for (let f = 0; f < 2 + n; f++) files[`${clip}/${f}.jpg`] = Buffer.concat([frame[(c + f) % 3]!, Buffer.from(`${clip}${f}`)]);
  }
  await writeTree(root, { ...files, 'clips.csv': `path,label,fold,intensity,person\n${lines.join('\n')}\n` });
}

describe('the command line on a list of one\'s own', function () {
  this.timeout(600_000);
  let root: string;
  const at = (name: string): string => join(root, name);
  const evaluationOf = async (run: string): Promise<Evaluation> => JSON.parse(await readFile(join(run, 'evaluation.json'), 'utf8')) as Evaluation;
  before(async () => { root = await mkdtemp(join(tmpdir(), 'ial-csv-')); });
  after(() => rm(root, { recursive: true, force: true }));

  for (const [count, names] of Object.entries(CLASSES).map(([n, classes]) => [Number(n), classes] as const)) {
    it(`trains, evaluates, exports, measures, predicts, explores and shows ${count} classes`, async () => {
      const data = at(`set${count}`), run = at(`runs/${count}`);
      await writeSet(data, names);
      const report = JSON.parse((await ial('doctor', data, '--json')).stdout) as DoctorReport;
      assert.deepEqual([report.layout, report.labelNames.length, report.clips, report.folds.map(({ train }) => train)], ['csv', count, 4 * count, [1, 2].map(() => names.map(() => 2))]);
      assert.deepEqual(report.findings.filter(({ severity }) => severity === 'error'), []);

      const trained = await ial('train', '--data', data, '--dataset', 'csv', '--fold', '2', '--preset', 'tiny', '--out', run, ...SETTINGS);
      assert.match(trained.stderr, new RegExp(`classes: ${count} by name`));
      const { record } = await openRun(run);
      assert.deepEqual([record.dataset.name, record.dataset.fold, record.experiment.numClasses, record.dataset.labelNames.length], ['csv', 2, count, count]);
      const { metrics, labelNames, isSynthetic } = await evaluationOf(run);
      assert.deepEqual([metrics.counts, isSynthetic], [names.map(() => 2), false]);
      assert.equal(labelNames.includes('happiness'), true);

      assert.deepEqual(JSON.parse((await ial('evaluate', run, '--json')).stdout), await evaluationOf(run));
      const { intensity } = await evaluationOf(run);
      assert.deepEqual(intensity!.bins.filter(({ clips }) => clips > 0).map(({ low, clips }) => [low, clips]), [[0.56, count - 1]], 'of each class but neutral one MD and one XX');
      await ial('features', run, '--out', at(`${count}.csv`));
      assert.equal((await readFile(at(`${count}.csv`), 'utf8')).trim().split('\n').length, 1 + 2 * count);
      const [separated] = JSON.parse((await ial('separation', run, '--json')).stdout) as { labelNames: string[] }[];
      assert.equal(separated!.labelNames.length, count);
      const [predicted] = (JSON.parse((await ial('predict', join(data, 'clips', `${names[0]} 0`), '--run', run, '--json')).stdout) as { clips: { probabilities: unknown[] }[] }).clips;
      assert.equal(predicted!.probabilities.length, count);
      await ial('explore', run, '--out', at(`${count}.html`), '--map', 'pca');
      assert.match(await readFile(at(`${count}.html`), 'utf8'), new RegExp(`"labelNames":${JSON.stringify(labelNames).replaceAll('[', '\\[')}`));

      const figures = [confusionFigure(metrics.confusion, { labelNames }), recallFigure([{ name: 'run', metrics }], { labelNames })];
      assert.deepEqual(figures[0]!.data[0]!['x'], labelNames);
      assert.deepEqual((figures[1]!.data[0]!['x'] as string[]).slice(0, -1), labelNames);
    });
  }

  for (const [count, names] of Object.entries(CLASSES).map(([n, classes]) => [Number(n), classes] as const)) {
    it(`makes the tables of the paper on own clips of ${count} classes, with intensity by level, and prints them again`, async () => {
      const list = join(at(`set${count}`), 'clips.csv'), runs = at(`made${count}`), tables = at(`tables${count}`);
      const reproduce = ['reproduce', 'main', '--data', `csv=${list}`, '--only', 'baseline', '--only', 'GCA+IAL', '--preset', 'tiny', ...SETTINGS];
      const made = await ial(...reproduce, '--runs', runs, '--tables', tables);
      assert.match(made.stdout, /Main result\n[^]*own clips, 1 run[^]*2 made, 0 failed/);
      assert.doesNotMatch(made.stdout, /DFEW|FERV39k|synthetic/);
      const { intensity, labelNames } = await evaluationOf(join(runs, (await readdir(runs)).find((name) => name.startsWith('tiny-csv1'))!));
      const confusion = await readFile(join(tables, 'confusion.md'), 'utf8');
      assert.deepEqual([labelNames.length, labelNames.filter((name) => !confusion.includes(name))], [names.length, []]);
      const planned = async (...args: string[]): Promise<string> => (await ial(...reproduce, '--dry-run', '--runs', at('elsewhere'), ...args)).stdout;
      assert.match(await planned('--archive', runs), /0 runs to make, 2 finished, 2 of them in .*made\d+ \(--no-archive makes them here\)\n/);
      assert.match(await planned('--no-archive'), /2 runs to make, 0 finished; /);
      const printed = await ial('table', 'main', 'intensity', '--dataset', 'csv', '--runs', runs, ...SMALL.flatMap((setting) => ['--set', setting]));
      assert.match(printed.stdout, /Main result\n[^]*baseline[^]*GCA\+IAL/);
      assert.equal(intensity!.clips, 2 * (count - 1), 'the levels LO and HI of all classes but neutral, which is left out; XX is unknown');
    });
  }

  it('refuses wrong classes, an unknown fold and a policy that is none, in one line', async () => {
    const train = ['train', '--data', at('set5'), '--dataset', 'csv', '--preset', 'tiny', '--out', at('none')];
    for (const [args, expected] of [
      [['--set', 'numClasses=7'], /^ial: setting numClasses: expected 5 .*found 7\n$/m], [['--fold', '3'], /^ial: .*expected clips of fold 3, found the folds 1, 2;.*\n$/],
      [['--on-bad-clip', 'ignore'], /^ial: .*'ignore' is invalid. Allowed choices are stop, skip\.\n$/],
    ] as const) {
      const { code, stderr } = await refused(...train, ...args);
      assert.equal(code, 1);
      assert.match(stderr, expected);
    }
  });

  it('skips clips that cannot be read when told, and records each by id: before, while training, in the test', async () => {
    await cp(at('set5'), at('broken'), { recursive: true });
    const clip = (name: string): string => join(at('broken'), 'clips', name);
    await rm(clip('happy 0'), { recursive: true }); // tested by fold 1
    await rm(clip('sad 1'), { recursive: true }); // trained on
    for (const frame of ['0.jpg', '1.jpg', '2.jpg', '3.jpg']) await writeFile(join(clip('bored 2'), frame), ''); // tested
    for (const frame of ['0.jpg', '1.jpg', '2.jpg', '3.jpg', '4.jpg']) await writeFile(join(clip('bored 3'), frame), 'no picture'); // trained on
    const train = ['train', '--data', at('broken'), '--dataset', 'csv', '--preset', 'tiny', '--out', at('runs/skipping'), ...SETTINGS, '--set', 'batchSize=9', '--set', 'epochs=2'];
    const stopped = await refused(...train);
    assert.match(stopped.stderr, /^ial: .*clips\.csv:7: expected frames of training clip clips\/sad 1 in .*found no such folder.*--on-bad-clip skip\n$/m);
    const { stderr, stdout } = await ial(...train, '--on-bad-clip', 'skip');
    assert.equal(stderr.match(/clip clips\/bored 3 is skipped/g)?.length, 1, 'said once, not each epoch');
    assert.match(stdout, /2 test clips could not be read and are not counted: clips\/happy 0, clips\/bored 2/);
    const run = await openRun(at('runs/skipping'));
    assert.deepEqual(run.record.dataset.skipped, { train: ['clips/sad 1'], test: ['clips/happy 0'] });
    assert.deepEqual((await run.readMetrics()).map(({ skipped }) => skipped), [['clips/bored 3'], ['clips/bored 3']]);
    const { skipped, metrics } = await evaluationOf(at('runs/skipping'));
    assert.deepEqual(skipped!.map(({ id }) => id), ['clips/happy 0', 'clips/bored 2']);
    assert.equal(metrics.counts.reduce((sum, n) => sum + n, 0), 8);

    const again = await refused('evaluate', at('runs/skipping'));
    assert.equal(again.code, 1);
    assert.match(again.stderr, /found no such folder/);
    assert.deepEqual(JSON.parse((await ial('evaluate', at('runs/skipping'), '--on-bad-clip', 'skip', '--json')).stdout), await evaluationOf(at('runs/skipping')));
  });

  it('trains on video files as on folders', async function () {
    if (!hasFfmpeg) { console.log('        ffmpeg is not installed'); this.skip(); }
    const names = ['calm', 'excited'], lines: string[] = [];
    await writeTree(at('videos'), { 'readme.txt': '' });
    for (const label of names) for (let n = 0; n < 5; n++) {
      makeVideo(join(at('videos'), `${label} ${n}.mkv`), 4 + n);
      lines.push(`${label} ${n}.mkv,${label},${n < 3 ? 'train' : 'test'}`);
    }
    await writeFile(join(at('videos'), 'clips.csv'), `${lines.join('\n')}\n`);
    const { stderr } = await ial('train', '--data', at('videos'), '--dataset', 'csv', '--preset', 'tiny', '--out', at('runs/videos'), ...SETTINGS);
    assert.match(stderr, /frames: 10 video files/);
    assert.deepEqual((await evaluationOf(at('runs/videos'))).metrics.counts, [2, 2]);
    const report = await inProcess(['doctor', at('videos'), '--json']);
    const { frames, layout } = JSON.parse(report.stdout) as DoctorReport;
    assert.deepEqual([layout, frames], ['csv', 2 * (4 + 5 + 6 + 7 + 8)]);
  });
});
