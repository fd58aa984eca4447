import assert from 'node:assert/strict';
import { preset } from '../../src/config.ts';
import { protocolRows } from '../../src/experiments/protocol.ts';
import { RECORD } from '../runs/record.ts';

describe('protocolRows', () => {
  it('a small run on rendered faces differs in everything', () => {
    const rows = protocolRows(RECORD);
    assert.deepEqual(rows.filter(({ paper, here }) => paper === here), []);
    assert.deepEqual(rows.map(({ here }) => here), [
      'rendered, with known intensity', '42 / 21 (fold 1)', '8 x 1 of 56 x 56', '16 / 32 / 64', 'adamw, learning rate 0.0015, batch 8', '15', 'the last one',
    ]);
  });

  it('the published recipe is the paper\'s in frames, channels and optimiser', () => {
    const rows = protocolRows({ ...RECORD, experiment: { ...preset('paper'), selection: 'best-on-test' }, dataset: { ...RECORD.dataset, isSynthetic: false } });
    assert.deepEqual(rows.filter(({ paper, here }) => paper === here).map(({ what }) => what), ['frames', 'channels', 'optimiser']);
    assert.equal(rows.at(-1)!['here'], 'best on the test clips (LEAKY)');
  });
});
