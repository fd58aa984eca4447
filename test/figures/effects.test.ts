import assert from 'node:assert/strict';
import { effectsFigure, effectsFinding, type Effect, type EffectGroup, type EffectRow } from '../../src/figures/effects.ts';
import { matchSnapshot } from './snapshot.ts';

const effect = (estimate: number, pHolm: number, smallest: number | null = 3): Effect => ({ estimate, low: estimate - 2, high: estimate + 2, pHolm, smallest });
const row = (label: string, uar?: Effect): EffectRow => ({ label, value: { uar: 50, war: 52 }, effect: uar ? { uar, war: { ...uar, estimate: uar.estimate / 2 } } : null });
const components = (uar: Effect): EffectGroup => ({ name: 'Components', reference: 'baseline', rows: [row('baseline'), row('+IAL', effect(-0.4, 0.6)), row('GCA+IAL', uar)] });
const placement: EffectGroup = { name: 'Place', reference: 'none', rows: [row('none'), { label: 'layer2', value: null, effect: null }, row('both', effect(-4, 0.01))] };

describe('effectsFigure', () => {
  it('draws one group with intervals and the effects that cannot be seen', () => {
    matchSnapshot('effects', effectsFigure([components(effect(3.2, 0.004))], { subtitle: 'a benchmark' }));
  });

  it('draws several groups, each under its name, and says which rows were not run', () => {
    matchSnapshot('effectsGroups', effectsFigure([components(effect(1, 0.3)), placement]));
  });

  it('fills the marks of what is beyond noise only', () => {
    const { data } = effectsFigure([components(effect(3.2, 0.004))]);
    assert.deepEqual(data.slice(0, 2).map(({ x }) => x), [[3.2], [-0.4]]);
    assert.notEqual((data[0]!['marker'] as { color: string }).color, '#ffffff');
    assert.equal((data[1]!['marker'] as { color: string }).color, '#ffffff');
  });

  it('both panels have the same scale, with zero in the middle', () => {
    const { layout } = effectsFigure([components(effect(3.2, 0.004))]);
    const [left, right] = ['xaxis', 'xaxis2'].map((name) => (layout[name] as { range: number[] }).range);
    assert.deepEqual(left, right);
    assert.equal(left![0], -left![1]!);
    assert.ok(left![1]! > 5.2);
  });

  it('draws UAR and WAR once where classes of one size make them the same', () => {
    const same = effect(3.2, 0.004), rows = [{ label: 'baseline', value: { uar: 50, war: 50 }, effect: null }, { label: 'GCA+IAL', value: { uar: 53.2, war: 53.2 }, effect: { uar: same, war: { ...same, low: 1 } } }];
    const { layout } = effectsFigure([{ name: 'Components', reference: 'baseline', rows }]);
    assert.equal((layout['xaxis'] as { title: { text: string } }).title.text, 'UAR = WAR, difference (points)');
    assert.equal(layout['xaxis2'], undefined);
  });

  it('says the finding, and what could not have been found', () => {
    assert.equal(effectsFinding([components(effect(3.2, 0.004))]), '1 of 2 differences in UAR against baseline is beyond noise: GCA+IAL +3.2 points');
    assert.equal(effectsFinding([components(effect(1, 0.3))]), 'No difference in UAR is beyond noise; effects below 3.0 points would stay unseen here');
    assert.equal(effectsFinding([components(effect(1, 0.3, 4.5)), placement]), '1 of 3 differences in UAR is beyond noise: Place: both instead of none −4.0 points');
    assert.equal(effectsFinding([components(effect(0, 1, null))].map((group) => ({ ...group, rows: group.rows.filter(({ label }) => label !== '+IAL') }))), 'No difference in UAR is beyond noise; the runs give the same predictions');
    assert.equal(effectsFinding([{ ...placement, rows: placement.rows.slice(0, 2) }]), 'Nothing to compare yet');
  });
});
