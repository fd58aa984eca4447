import assert from 'node:assert/strict';
import { confusionTable, evaluationNotes, evaluationTable, intensityText, percent, percentWithError, table } from '../../src/cli/report.ts';
import { metricsOfConfusion } from '../../src/evaluate/metrics.ts';
import type { Evaluation } from '../../src/runs/types.ts';

const EVALUATION: Evaluation = {
  split: 'test', epoch: 3, labelNames: ['happiness', 'fear', 'disgust'], fingerprint: 'f', isSynthetic: true, selection: 'last', isLeaky: false,
  metrics: metricsOfConfusion([[3, 1, 0], [0, 1, 0], [0, 0, 0]]),
};

describe('report', () => {
  it('table aligns the first column left and numbers right, without colours', () => {
    assert.equal(table(['run', 'UAR'], [['a', '1'], ['bcde', '22.5']]), [
      '┌──────┬──────┐', '│ run  │  UAR │', '├──────┼──────┤', '│ a    │    1 │', '│ bcde │ 22.5 │', '└──────┴──────┘'].join('\n'));
  });

  it('percent writes fractions as the field does, a class without clips as a dash', () => {
    assert.deepEqual([percent(0.55714), percent(1, 1), percent(null), percentWithError(0.875, 0.1083)], ['55.71', '100.0', '-', '87.50 ± 10.8']);
  });

  it('evaluationTable shows UAR, WAR and recalls, and marks leaky runs', () => {
    const text = evaluationTable([{ name: 'baseline', evaluation: EVALUATION }, { name: 'gca+ial', evaluation: { ...EVALUATION, isLeaky: true } }]);
    assert.match(text, /│ baseline +│ 87\.50 ± 10\.8 │ 80\.00 ± 17\.9 │ +75\.0 │ 100\.0 │ +- │/);
    assert.match(text, /gca\+ial \(LEAKY\)/);
  });

  it('recall by intensity leaves out bins without clips', () => {
    const of = (estimate: number) => ({ estimate, low: estimate - 0.1, high: estimate + 0.1 });
    const text = intensityText({ bins: [{ low: 0, high: 0.5, clips: 4, recall: of(0.25), margin: of(1) }, { low: 0.5, high: 0.7, clips: 0, recall: null, margin: null }, { low: 0.7, high: 1, clips: 6, recall: of(0.75), margin: of(2) }], correlation: of(0.5), clips: 10, clipsLeftOut: 0 });
    assert.match(text, /│ true peak intensity │ +0 to 0\.5 │ +0\.7 to 1 │\n[^]*│ recall +│ 25\.0 \[15\.0, 35\.0\] │ 75\.0 \[65\.0, 85\.0\] │\n/);
    assert.match(text, /\n10 clips of known intensity, neutral left out; rank correlation of intensity and margin 0\.50 \[0\.40, 0\.60\]\.$/);
  });

  it('notes name clips that could not be read', () => {
    const skipped = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ id, reason: 'broken' }));
    assert.equal(evaluationNotes([{ ...EVALUATION, skipped }])[1], '6 test clips could not be read and are not counted: a, b, c, d, e, ... (all in evaluation.json).');
  });

  it('notes say what the numbers are of, that the set is synthetic, and what LEAKY means', () => {
    assert.deepEqual(evaluationNotes([EVALUATION, EVALUATION]), ['Percent on 5 test clips of the synthetic benchmark (not comparable with real faces); ± is one standard error over clips.']);
    const notes = evaluationNotes([{ ...EVALUATION, isSynthetic: false, isLeaky: true }]);
    assert.equal(notes[0], 'Percent on 5 test clips; ± is one standard error over clips.');
    assert.match(notes[1]!, /^LEAKY: the test split chose the epoch/);
  });

  it('confusionTable has true classes in rows', () => {
    assert.match(confusionTable(EVALUATION.metrics.confusion, EVALUATION.labelNames), /│ happiness +│ +3 │ +1 │ +0 │\n│ fear /);
  });
});
