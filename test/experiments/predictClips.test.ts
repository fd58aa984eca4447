// A run asked about clips: the numbers of its evaluation, what frames contribute, what is warned about; features and
// separation of the same run.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as tf from '@tensorflow/tfjs-core';
import { preset, type ExperimentConfig } from '../../src/config.ts';
import { decodeFrame } from '../../src/data/decode.ts';
import { readDataset } from '../../src/data/dataset.ts';
import type { Dataset } from '../../src/data/clip.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { loadEngine, type Engine } from '../../src/engine/tensorflow.ts';
import { Interrupted, UserError } from '../../src/errors.ts';
import { evaluateAgain } from '../../src/experiments/evaluation.ts';
import { exportFeatures } from '../../src/experiments/exportFeatures.ts';
import { importRun } from '../../src/experiments/importRun.ts';
import { openPredictor, type Predictor } from '../../src/experiments/predictClips.ts';
import { separateRun } from '../../src/experiments/separationRun.ts';
import { specification } from '../../src/model/specification.ts';
import { initialWeights } from '../../src/model/weights.ts';
import { openRun } from '../../src/runs/run.ts';
import { readSafetensors, writeSafetensors } from '../../src/runs/safetensors.ts';
import sharp from 'sharp';

const config: ExperimentConfig = { ...preset('tiny'), width: [4, 8, 16], imageSize: 32, numSegments: 4, staticMlp: 8, temporalMlp: 16, reduction: 4 };

describe('experiments/predictClips', function () {
  this.timeout(120_000);
  let engine: Engine, dataset: Dataset, root: string, dir: string, predictor: Predictor;

  before(async () => {
    engine = await loadEngine();
    root = await mkdtemp(join(tmpdir(), 'ial-predict-'));
    dir = join(root, 'run');
    await renderSynthetic({ root: join(root, 'data'), layout: 'dfew', trainClips: 28, testClips: 14, size: 40, seed: 3 });
    dataset = await readDataset({ name: 'dfew', root: join(root, 'data'), fold: 1 });
    const weights = initialWeights(config);
    const tensors = new Map(specification(config).map(({ name, shape }) => [name, { dtype: 'F32', shape, data: weights.get(name)! }] as const));
    await writeSafetensors(join(root, 'w.safetensors'), tensors, { experiment: JSON.stringify(config), isSynthetic: 'true', fingerprint: dataset.fingerprint });
    await importRun({ file: join(root, 'w.safetensors'), out: dir });
    await evaluateAgain({ engine, dir, data: join(root, 'data') });
    predictor = await openPredictor(engine, dir);
  });
  after(async () => {
    predictor.dispose();
    await rm(root, { recursive: true, force: true });
  });

  const folderOf = (i: number): string => dirname(dataset.test[i]!.frames[0]!);

  it('gives the logits of the evaluation for the same clips', async () => {
    const { predictions } = await (await openRun(dir)).readPredictions();
    for (const [i, { logits }] of predictions.slice(0, 4).entries()) {
      const { probabilities, predicted, rival, margin } = await predictor.predict(folderOf(i), { contributions: false });
      for (const [k, logit] of logits.entries()) assert.ok(Math.abs(probabilities[k]!.logit - logit) < 1e-5, `${i}: ${String(logits)}`);
      assert.ok(Math.abs(probabilities.reduce((sum, { probability }) => sum + probability, 0) - 1) < 1e-9);
      const ordered = [...probabilities].sort((a, b) => b.logit - a.logit);
      assert.deepEqual([predicted, rival], [ordered[0]!.label, ordered[1]!.label]);
      assert.ok(Math.abs(margin - (ordered[0]!.logit - ordered[1]!.logit)) < 1e-12);
    }
  });

  it('a frame\'s contribution is what the margin loses when a clip with the frame before in its place is asked about', async () => {
    const whole = await predictor.predict(folderOf(0));
    const files = whole.frames.map(({ name }) => join(folderOf(0), name));
    assert.equal(files.length, 4);
    for (const t of [0, 2]) {
      const copy = join(root, `copy${t}`);
      await mkdir(copy);
      for (const [i, file] of files.entries()) await writeFile(join(copy, `${i}.jpg`), await readFile(i === t ? files[t === 0 ? 1 : t - 1]! : file));
      const { probabilities } = await predictor.predict(copy, { contributions: false });
      const logit = (label: string): number => probabilities.find((one) => one.label === label)!.logit;
      const lost = whole.margin - (logit(whole.predicted) - logit(whole.rival));
      assert.ok(Math.abs(whole.frames[t]!.contribution! - lost) < 1e-5, `${t}: ${whole.frames[t]!.contribution} and ${lost}`);
      assert.ok(Math.abs(lost) > 1e-7, 'the frame makes a difference');
    }
  });

  it('a box gives what cropping the frames beforehand gives, and must lie within them', async () => {
    const box = { left: 4, top: 2, width: 30, height: 34 }, copy = join(root, 'cropped');
    await mkdir(copy);
    for (const [i, file] of dataset.test[1]!.frames.entries()) {
      const { data, width, height } = await decodeFrame(file, 'x');
      await sharp(data, { raw: { width, height, channels: 3 } }).extract(box).png().toFile(join(copy, `${i}.png`));
    }
    const [boxed, cropped] = [await predictor.predict(folderOf(1), { box, contributions: false }), await predictor.predict(copy, { contributions: false })];
    assert.deepEqual(boxed.probabilities, cropped.probabilities);
    await assert.rejects(predictor.predict(folderOf(1), { box: { ...box, left: 20 } }), (error: unknown) => error instanceof UserError && /expected the box 20,2,30,34 within its 40 x 40 pixels/.test(error.message));
  });

  it('says that a synthetic run\'s probabilities mean nothing for real faces, that weights are from elsewhere, and what is odd about a clip', async () => {
    assert.match(predictor.caveats.join(), /synthetic benchmark \(rendered faces\): these probabilities mean nothing for real faces/);
    await importRun({ file: join('test', 'fixtures', 'pth', 'authors.pth'), out: join(root, 'authors') });
    const authors = await openPredictor(engine, join(root, 'authors'));
    try {
      assert.match(authors.caveats.join(), /authors\.pth: what they were trained on is not known here/);
      assert.equal((await authors.predict(folderOf(0))).frames.length, 3);
    } finally { authors.dispose(); }
    const copy = join(root, 'few');
    await mkdir(copy);
    await sharp({ create: { width: 640, height: 360, channels: 3, background: '#4070c0' } }).png().toFile(join(copy, '1.png'));
    const { warnings, frames } = await predictor.predict(copy);
    assert.match(warnings.join('|'), /^frames are 640 x 360: .*\|only 0 % of the pixels .*\|only 1 frames, the network sees 4/);
    assert.deepEqual(frames.map(({ contribution }) => contribution), [0, 0, 0, 0], 'equal frames stand in for each other');
  });

  it('times the first pass, a warm one and each clip', async () => {
    const { latency } = await predictor.predict(folderOf(2));
    const speed = predictor.speed()!;
    assert.ok(speed.first > 0 && speed.warm > 0);
    assert.ok(latency.decode > 0 && latency.network > 0 && latency.contributions! > 0);
    assert.ok(Math.abs(latency.total - (latency.decode + latency.network + latency.contributions!)) < 1e-9);
    assert.equal((await predictor.predict(folderOf(2), { contributions: false })).latency.contributions, undefined);
  });

  it('stops when asked to, and leaves no tensors behind', async () => {
    await assert.rejects(predictor.predict(folderOf(0), { signal: AbortSignal.abort() }), Interrupted);
    const before = tf.memory().numTensors;
    const other = await openPredictor(engine, dir);
    await other.predict(folderOf(0));
    other.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it('features go out as safetensors and CSV, with the predictions', async () => {
    const { ids, values, width, labels } = await (await openRun(dir)).readFeatures();
    await exportFeatures(dir, join(root, 'f.safetensors'));
    const tensors = await readSafetensors(join(root, 'f.safetensors'));
    assert.deepEqual([tensors.get('features')!.data, tensors.get('labels')!.data, tensors.get('logits')!.shape], [values, labels, [ids.length, 7]]);
    await exportFeatures(dir, join(root, 'f.csv'));
    const rows = parse(await readFile(join(root, 'f.csv'), 'utf8'), { columns: true }) as Record<string, string>[];
    assert.deepEqual(rows.map(({ clip }) => clip), ids);
    assert.deepEqual(rows.map(({ label }) => label), Array.from(labels, (label) => dataset.labelNames[label]));
    assert.deepEqual(Float32Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, i) => Number(row[`f${i}`])))), values, 'every float32 comes back');
    await assert.rejects(exportFeatures(dir, join(root, 'f.npy')), /f\.npy: expected a name in \.safetensors, \.csv, \.tsv/);
  });

  it('a run of other classes is not evaluated on these', async () => {
    await importRun({ file: join('test', 'fixtures', 'pth', 'authors.pth'), out: join(root, 'others'), labels: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] });
    await assert.rejects(evaluateAgain({ engine, dir: join(root, 'others'), data: join(root, 'data') }), /others: its classes are a, b, c, d, e, f, g, those of .* are happiness, .*: import it with --labels/);
  });

  it('separation is computed once and kept in evaluation.json', async () => {
    const first = await separateRun({ dir });
    assert.equal((await (await openRun(dir)).readEvaluation()).separation!.clips, dataset.test.length);
    let rows = 0;
    const again = await separateRun({ dir, onProgress: () => { rows++; } });
    assert.deepEqual([again, rows], [JSON.parse(JSON.stringify(first)), 0]);
    await separateRun({ dir, again: true, onProgress: () => { rows++; } });
    assert.ok(rows > 0);
    await assert.rejects(separateRun({ dir: join(root, 'authors') }), /evaluation\.json: cannot read: no such file/);
  });
});
