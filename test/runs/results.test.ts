import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import { readEvaluation, readFeatures, readPredictions, writeEvaluation, writeFeatures, writePredictions } from '../../src/runs/results.ts';
import type { Evaluation, Features, Predictions } from '../../src/runs/types.ts';
import { temporaryFolder } from './support.ts';

const PREDICTIONS: Predictions = {
  split: 'test', epoch: 3, labelNames: ['happiness', 'fear'], fingerprint: 'f00d',
  predictions: [{ id: '00001', label: 0, logits: [Math.fround(0.1), -2] }, { id: 'Action/Sad/0010', label: 1, logits: [1e-8, Math.fround(1 / 3)].map(Math.fround) }],
};
const FEATURES: Features = { split: 'test', epoch: 3, ids: ['ä', 'b'], labels: Int32Array.of(1, 0), values: Float32Array.of(1, 2, 3, 4, 5, 6), width: 3 };

describe('results of a run', () => {
  const dir = temporaryFolder();

  it('predictions come back to the last bit, written short and one clip a line', async () => {
    await writePredictions(dir(), PREDICTIONS);
    assert.deepEqual(await readPredictions(dir()), PREDICTIONS);
    const text = readFileSync(join(dir(), 'predictions.json'), 'utf8');
    assert.match(text, /\n\{"id":"00001","label":0,"logits":\[0\.1,-2\]\},\n/);
  });

  it('predictions that are not finite are refused', async () => {
    const bad = { ...PREDICTIONS, predictions: [{ id: 'x', label: 0, logits: [NaN, 0] }] };
    await assert.rejects(writePredictions(dir(), bad), /predictions\.json: refused to write NaN at logits\[0\]/);
  });

  it('readPredictions names the file and the clip that is wrong', async () => {
    const broken = async (rows: unknown, expected: RegExp): Promise<void> => {
      writeFileSync(join(dir(), 'predictions.json'), JSON.stringify({ ...PREDICTIONS, predictions: rows }));
      await assert.rejects(readPredictions(dir()), expected);
    };
    await assert.rejects(readPredictions(dir()), /predictions\.json: cannot read: no such file/);
    await broken({}, /predictions\.json: expected split, epoch, labelNames and predictions/);
    await broken([{ label: 0, logits: [0, 0] }], /predictions\[0\]: expected an id, found none/);
    await broken([{ id: 'a', label: 2, logits: [0, 0] }], /predictions\[0\]: expected a label of 0 to 1, found 2/);
    await broken([{ id: 'a', label: 0, logits: [0, null] }], /predictions\[0\]: expected 2 logits, found \[0,null\]/);
  });

  it('features come back with ids, labels, split and epoch', async () => {
    await writeFeatures(dir(), FEATURES);
    assert.deepEqual(await readFeatures(dir()), FEATURES);
    await assert.rejects(writeFeatures(dir(), { ...FEATURES, width: 2 }), /2 ids, 2 labels, 6 values of width 2/);
    await assert.rejects(writeFeatures(dir(), { ...FEATURES, values: Float32Array.of(1, 2, 3, 4, NaN, 6) }), /the features of clip "b" hold NaN/);
    writeFileSync(join(dir(), 'features.safetensors'), 'x');
    await assert.rejects(readFeatures(dir()), /features\.safetensors: not a valid safetensors file/);
  });

  it('an evaluation comes back, absent classes as null', async () => {
    const evaluation: Evaluation = {
      split: 'test', epoch: 3, labelNames: ['a', 'b', 'c'], fingerprint: 'f', isSynthetic: true, selection: 'last', isLeaky: false,
      metrics: metricsOf([{ id: '1', label: 0, logits: [1, 0, 0] }, { id: '2', label: 1, logits: [1, 0, 0] }], 3),
    };
    await writeEvaluation(dir(), evaluation);
    assert.deepEqual(await readEvaluation(dir()), evaluation);
    assert.deepEqual((await readEvaluation(dir())).metrics.recall, [1, 0, null]);
    writeFileSync(join(dir(), 'evaluation.json'), '{"metrics":{}}');
    await assert.rejects(readEvaluation(dir()), /evaluation\.json: expected an evaluation/);
  });

  it('readEvaluation refuses one that lacks what tables read, or says more than all', async () => {
    const metrics = metricsOf(PREDICTIONS.predictions, 2), whole = { labelNames: PREDICTIONS.labelNames, metrics };
    const { confusion: _, ...without } = metrics;
    for (const broken of [{ ...whole, metrics: { uar: 0.5, war: 0.5 } }, { ...whole, metrics: { ...metrics, uar: 7 } }, { ...whole, metrics: without }, { ...whole, metrics: { ...metrics, counts: [1] } }, { metrics }, null]) {
      writeFileSync(join(dir(), 'evaluation.json'), JSON.stringify(broken));
      await assert.rejects(readEvaluation(dir()), /evaluation\.json: expected an evaluation with labelNames and metrics: .*ial evaluate/);
    }
  });
});
