import assert from 'node:assert/strict';
import type { IntensityGain } from '../../src/evaluate/intensityGain.ts';
import { gainText, intensityGainFigure, type GainMeasure } from '../../src/figures/intensityGain.ts';
import { matchSnapshot } from './snapshot.ts';

const around = (estimate: number) => ({ estimate, low: estimate - 0.03, high: estimate + 0.03 });
function gain(weak: number): IntensityGain {
  const of = (value: number) => ({ clips: 60, recall: around(value), margin: around(value / 2) });
  const bins = [{ low: 0.1, high: 0.4, ...of(weak), byPair: [weak - 0.02, null, weak + 0.05] }, { low: 0.4, high: 0.7, clips: 0, recall: null, margin: null, byPair: [null, null, null] }, { low: 0.7, high: 1, ...of(0), byPair: [0.01, 0, -0.01] }];
  return { bins, all: of(weak / 2), weak: of(weak), strong: of(0), tilt: of(weak) };
}
const titleOf = (weak: number, measure: GainMeasure = 'recall'): string => JSON.stringify(intensityGainFigure([{ name: '+IAL', gain: gain(weak) }], { measure, reference: 'baseline' }).layout['title']).replaceAll('<br>', ' ');

describe('intensityGainFigure', () => {
  it('draws the difference with its interval in each bin that holds clips, and for recall every pair alone', () => {
    matchSnapshot('intensityGain', intensityGainFigure([{ name: '+IAL', gain: gain(0.02) }, { name: 'GCA+IAL', gain: gain(0.05) }], { measure: 'recall', reference: 'baseline' }));
    assert.equal(intensityGainFigure([{ name: '+IAL', gain: gain(0.02) }], { measure: 'margin', reference: 'baseline' }).data.length, 1);
  });

  it('says of the last one whether the weak clips\' gain may be nothing', () => {
    assert.match(titleOf(0.02), /\+IAL over baseline on weak clips: \+2\.0 \(−1\.0 to \+5\.0\) points of recall, which may be nothing: the interval holds zero/);
    assert.doesNotMatch(titleOf(0.05), /nothing/);
    assert.doesNotMatch(titleOf(-0.05), /nothing/);
    assert.match(titleOf(0.2, 'margin'), /\+0\.100 \(\+0\.070 to \+0\.130\) of margin/);
  });

  it('gainText says nothing of no clips', () => {
    assert.equal(gainText({ clips: 0, recall: null, margin: null }, 'recall'), '–');
  });
});
