import assert from 'node:assert/strict';
import { preset, validate } from '../../src/config.ts';
import { requirementsOf, viewConfig, viewRunName, VIEWS } from '../../src/experiments/instrument.ts';

const around = (estimate: number, half = 0.03) => ({ estimate, low: estimate - half, high: estimate + half });
const trend = (correlation: number | null) => ({ correlation, bins: [] });
const oracle = ([90, 70, 50] as const).map((uar, i) => ({ view: (['ordered', 'blind', 'middle'] as const)[i]!, uar, recallByPeak: [], onTransitions: 0, onOthers: 0 }));
const good = {
  uar: { 'ordered': around(0.63), 'shuffled': around(0.53), 'middle': around(0.4), 'mean pixels': around(0.28) },
  lead: { shuffled: { ...around(0.1), p: 0.001 }, middle: { ...around(0.23), p: 0.001 } },
  trend: { overall: trend(0.98), perClass: { happiness: trend(0.9), fear: trend(0.85) } },
  oracle,
};
const missed = (clips: number, measured: typeof good): string[] => requirementsOf(clips, measured).filter(({ isMet }) => !isMet).map(({ what }) => what);

describe('instrument', () => {
  it('its networks differ in what they see alone, never use GCA or IAL, and are possible at every preset', () => {
    for (const name of ['small', 'tiny']) {
      const configs = VIEWS.map((view) => validate(viewConfig(view, preset(name))));
      assert.deepEqual(configs.map(({ sampling, numSegments, fusion }) => [sampling, numSegments, fusion]), [['even', preset(name).numSegments, true], ['shuffled', preset(name).numSegments, true], ['middle', 1, false]]);
      for (const { lambda, auxWeight, gca } of configs) assert.deepEqual([lambda, auxWeight, gca], [0, 0, { layer2: false, layer3: false }]);
    }
  });

  it('names a run by what decides it', () => {
    assert.equal(viewRunName('middle', 'small', '9565f4fd6db1', 2), 'instrument-small-middle-9565f4fd-seed2');
  });

  it('asks for what makes the benchmark useful, and says which requirement is missed', () => {
    assert.deepEqual(missed(1008, good), []);
    assert.deepEqual(missed(560, good), ['test clips']);
    assert.deepEqual(missed(1008, { ...good, uar: { ...good.uar, ordered: around(0.9) } }), ['UAR of the baseline']);
    assert.deepEqual(missed(1008, { ...good, uar: { ...good.uar, shuffled: around(0.59) } }), ['UAR lost when trained and tested on shuffled frames']);
    assert.deepEqual(missed(1008, { ...good, lead: { ...good.lead, middle: { ...around(0.04), p: 0.2 } } }), ['UAR lost when trained and tested on the middle frame alone']);
    assert.deepEqual(missed(1008, { ...good, trend: { ...good.trend, overall: trend(null) } }), ['rank correlation of recall and peak intensity, 8 bins']);
    assert.deepEqual(missed(1008, { ...good, trend: { ...good.trend, perClass: { ...good.trend.perClass, fear: trend(0.7) } } }), ['the same in each class but neutral']);
    assert.deepEqual(missed(1008, { ...good, uar: { ...good.uar, 'mean pixels': around(0.36) } }), ['UAR of a linear probe on mean pixels']);
    assert.deepEqual(missed(1008, { ...good, oracle: [oracle[1]!, oracle[0]!, oracle[2]!] }), ['UAR of an oracle on the true action units']);
  });
});
