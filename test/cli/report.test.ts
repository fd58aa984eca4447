import assert from 'node:assert/strict';
import { confusionTable, evaluationNotes, evaluationTable, percent, percentWithError, table } from '../../src/cli/report.ts';
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
