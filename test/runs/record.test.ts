import assert from 'node:assert/strict';
import { differences, isLeaky, refuseChanged } from '../../src/runs/record.ts';
import { RECORD } from './record.ts';

describe('run record', () => {
  it('differences lists nested keys with both values', () => {
    assert.deepEqual(differences({ a: 1, b: { c: [1, 2], d: 0 } }, { a: 1, b: { c: [1, 3], d: 0 }, e: 'x' }), ['b.c: [1,2] -> [1,3]', 'e: nothing -> "x"']);
    assert.deepEqual(differences(RECORD, structuredClone(RECORD)), []);
  });

  it('refuseChanged names the keys that make a resumed run another run', () => {
    const asked = { ...RECORD, experiment: { ...RECORD.experiment, lambda: 0.5, gca: { layer2: true, layer3: false } }, dataset: { ...RECORD.dataset, fingerprint: 'beef' } };
    assert.throws(() => { refuseChanged('runs/a', RECORD, asked); }, /^UserError: runs\/a: cannot resume with another configuration: gca\.layer3: true -> false; lambda: 0\.1 -> 0\.5; dataset\.fingerprint: "f00d" -> "beef"$/);
  });

  it('refuseChanged accepts a moved dataset, another commit and another machine', () => {
    refuseChanged('runs/a', RECORD, { ...RECORD, commit: null, device: 'gpu', createdAt: 'later', dataset: { ...RECORD.dataset, root: '/elsewhere' } });
  });

  it('refuseChanged tells other frames of the same lists, and other sources', () => {
    assert.throws(() => { refuseChanged('runs/a', { ...RECORD, rendered: 'aa' }, { ...RECORD, rendered: 'bb' }); }, /rendered: "aa" -> "bb"$/);
    const begun = { ...RECORD, sources: 'old', commit: 'c0ffee' };
    assert.throws(() => { refuseChanged('runs/a', begun, { ...RECORD, sources: 'new' }); }, /^UserError: runs\/a: cannot resume: it was begun by other sources than today's, .*\(commit c0ffee\); finish it with those, or train anew/);
    refuseChanged('runs/a', begun, { ...begun, commit: 'beef' });
  });

  it('refuseChanged tells one scene from all', () => {
    assert.throws(() => { refuseChanged('runs/a', RECORD, { ...RECORD, dataset: { ...RECORD.dataset, scene: 'War' } }); }, /dataset\.scene: nothing -> "War"$/);
  });

  it('isLeaky is true only where the test split chooses', () => {
    const leaky = (['last', 'best-on-validation', 'best-on-test'] as const).map((selection) => isLeaky({ ...RECORD.experiment, selection }));
    assert.deepEqual(leaky, [false, false, true]);
  });
});
