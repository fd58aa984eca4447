import assert from 'node:assert/strict';
import { seenFigure, trendFigure, type TrendLine } from '../../src/figures/instrument.ts';
import { matchSnapshot } from './snapshot.ts';

const around = (estimate: number) => ({ estimate, low: estimate - 0.03, high: estimate + 0.02 });
const line = (name: string, gain: number, correlation: number | null): TrendLine => ({
  name, correlation, bins: [0.2, 0.5, 0.9].map((peak) => ({ peak, clips: 40, recall: 0.3 + gain * peak })),
});
const titleOf = ({ layout }: { readonly layout: Readonly<Record<string, unknown>> }): string => JSON.stringify(layout['title']);

describe('seenFigure', () => {
  it('draws UAR with its interval by what was seen, and says what the second loses', () => {
    matchSnapshot('instrumentSeen', seenFigure([{ name: 'all frames', uar: around(0.6) }, { name: 'shuffled frames', uar: around(0.52) }], { classes: 7 }));
  });

  it('has nothing to say of one row', () => {
    assert.match(titleOf(seenFigure([{ name: 'all frames', uar: around(0.6) }], { classes: 7 })), /Nothing to compare/);
  });
});

describe('trendFigure', () => {
  it('draws recall against intensity, a thin line a class and all in black', () => {
    matchSnapshot('instrumentIntensity', trendFigure(line('all', 0.5, 1), [line('fear', 0.4, 0.9), line('disgust', 0.2, null)]));
  });

  it('says whether recall rises or falls', () => {
    assert.match(titleOf(trendFigure(line('all', 0.5, 1), [])), /Recall rises from 40\u00a0% .* to 75\u00a0% .*1\.00/);
    assert.match(titleOf(trendFigure(line('all', -0.2, -1), [])), /Recall falls/);
    assert.match(titleOf(trendFigure({ name: 'all', correlation: null, bins: [] }, [])), /No clips of known intensity/);
  });
});
