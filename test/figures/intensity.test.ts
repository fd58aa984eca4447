import assert from 'node:assert/strict';
import { intensityFigure } from '../../src/figures/intensity.ts';
import { intensity } from './examples.ts';
import { matchSnapshot } from './snapshot.ts';

describe('intensityFigure', () => {
  it('draws recall with its interval per bin that holds clips', () => {
    matchSnapshot('intensity', intensityFigure([{ name: 'baseline', report: intensity(0) }, { name: 'GCA+IAL', report: intensity(0.1) }]));
  });

  it('says whether the intervals of the weakest clips overlap', () => {
    const title = (gain: number): string => JSON.stringify(intensityFigure([{ name: 'a', report: intensity(0) }, { name: 'b', report: intensity(gain) }]).layout['title']);
    assert.match(title(0.1), /intervals overlap/);
    assert.doesNotMatch(title(0.4), /overlap/);
  });
});
