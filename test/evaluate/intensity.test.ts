import assert from 'node:assert/strict';
import { intensityReport, peakIntensities, scaledMargins, seenPeaks } from '../../src/evaluate/intensity.ts';
import type { Prediction } from '../../src/runs/types.ts';

const clip = (id: string, label: number, ...logits: number[]): Prediction => ({ id, label, logits });

describe('intensity', () => {
  it('the peak of a clip is its largest intensity', () => {
    assert.deepEqual(peakIntensities(new Map([['a', [0, 0.4, 0.1]]])), new Map([['a', 0.4]]));
  });

  it('of the frames that the network saw where it saw a part; a value for the whole clip stands for itself', () => {
    const clip = (id: string, count: number) => ({ id, label: 0, frames: Array.from({ length: count }, (_, i) => `${i}.jpg`) });
    const rising = Array.from({ length: 40 }, (_, i) => i / 40);
    const peaks = seenPeaks([clip('a', 40), clip('b', 40), clip('unknown', 40)], new Map([['a', rising], ['b', [0.7]]]), { numSegments: 4, framesPerSegment: 1 });
    assert.deepEqual([...peaks], [['a', 35 / 40], ['b', 0.7]]); // frames 5, 15, 25 and 35
  });

  it('margins do not change when a network stretches or shifts its logits', () => {
    const run = [clip('a', 0, 2, 0, 1), clip('b', 2, 1, -1, 0)];
    const stretched = run.map((row) => ({ ...row, logits: row.logits.map((logit) => 7 * logit + 3) }));
    const margins = scaledMargins(run);
    assert.deepEqual(margins.map((m) => Math.round(m * 1e9)), scaledMargins(stretched).map((m) => Math.round(m * 1e9)));
    assert.ok(Math.abs(margins[0]! - 1 / Math.sqrt(4 / 6)) < 1e-12); // centred logits +-1, 0: mean square 4 / 6
    assert.ok(Math.abs(margins[1]! + 1 / Math.sqrt(4 / 6)) < 1e-12);
    assert.deepEqual(scaledMargins([clip('a', 0, 1, 1)]), [0]);
  });

  it('recall and margin are those of each bin; edges belong to the bin above, the last to the last', () => {
    const run = [clip('a', 0, 1, 0), clip('b', 0, 0, 1), clip('c', 1, 0, 2), clip('d', 1, 0, 1), clip('e', 1, 0, 1)];
    const peaks = new Map([['a', 0.1], ['b', 0.2], ['c', 0.5], ['d', 1], ['e', 1.2]]);
    const { bins, clips, clipsLeftOut } = intensityReport(run, peaks, { seed: 1, edges: [0.1, 0.5, 1], resamples: 50 });
    assert.deepEqual(bins.map((bin) => [bin.low, bin.high, bin.clips, bin.recall!.estimate]), [[0.1, 0.5, 2, 0.5], [0.5, 1, 2, 1]]);
    assert.deepEqual([clips, clipsLeftOut], [4, 1]);
  });

  it('a network that sees strong clips better has a rising recall and a positive correlation', () => {
    const run = Array.from({ length: 120 }, (_, i) => clip(`c${i}`, 0, i / 60, 1 + ((i * 7) % 5) / 20));
    const peaks = new Map(run.map(({ id }, i) => [id, i / 120]));
    const identities = new Map(run.map(({ id }, i) => [id, `p${i % 12}`]));
    const { bins, correlation } = intensityReport(run, peaks, { seed: 1, edges: [0, 0.25, 0.75, 1], identities, resamples: 200 });
    const recalls = bins.map(({ recall }) => recall!.estimate);
    assert.ok(recalls[0]! < recalls[1]! && recalls[1]! < recalls[2]!, recalls.join());
    assert.ok(correlation!.low > 0.9 && correlation!.low <= correlation!.estimate && correlation!.estimate <= correlation!.high);
    for (const { margin } of bins) assert.ok(margin!.low <= margin!.estimate && margin!.estimate <= margin!.high);
  });

  it('empty bins say null, neutral can be left out, and edges must ascend', () => {
    const run = [clip('a', 0, 1, 0), clip('b', 1, 1, 0)];
    const report = intensityReport(run, new Map([['a', 0.2], ['b', 0.2]]), { seed: 1, edges: [0, 0.5, 1], resamples: 10, excludeLabels: [1] });
    assert.deepEqual([report.bins[0]!.clips, report.bins[1]!.recall, report.bins[1]!.margin, report.correlation], [1, null, null, null]);
    assert.throws(() => intensityReport(run, new Map(), { seed: 1, edges: [0, 0] }), /RangeError: intensityReport: expected ascending edges, found 0, 0/);
  });
});
