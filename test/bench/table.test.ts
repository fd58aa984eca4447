import assert from 'node:assert/strict';
import { describeMachine } from '../../src/bench/record.ts';
import { benchNotes, caseHead, caseRows, caseWarnings } from '../../src/bench/table.ts';
import { caseOf, failedSide, measured, recordOf } from './support.ts';

describe('the bench\'s table', () => {
  const found = caseOf(8, 'f32', measured('ours', '', [900, 800, 1000]), measured('PyTorch', 'channels_last', [1000, 1200]), failedSide('compile', 'no C++ compiler found'));

  it('has times, clips a second, ratio, memory and the numbers that both sides must agree on', () => {
    assert.deepEqual(caseHead('step', found), ['8 clips, f32', 'min ms', 'median ms', 'clips/s', 'x PyTorch\'s best', 'peak MB', 'losses of the first steps']);
    assert.deepEqual(caseRows(found).slice(0, 2), [
      ['ours', '800.0', '900.0', '10.0', '0.80', '512', '2.0000 1.5000 1.0000'],
      ['PyTorch channels_last', '1000.0', '1100.0', '8.0', '1.00', '512', '2.0000 1.5000 1.0000'],
    ]);
  });

  it('shows a failed mode with its reason', () => {
    assert.deepEqual(caseRows(found)[2], ['PyTorch compile (failed: no C++ compiler found)', '-', '-', '-', '-', '-', '-']);
    const [[long]] = caseRows(caseOf(1, 'f32', failedSide('compile', 'x'.repeat(500)))) as [[string]];
    assert.ok(long.length < 130 && long.endsWith('…)'));
  });

  it('alone there are no ratios', () => {
    assert.equal(caseRows(caseOf(1, 'bf16', measured('ours', '', [5])))[0]![4], '-');
    assert.equal(caseHead('infer', caseOf(1, 'bf16'))[0], '1 clip, bf16');
  });

  it('warns when the sides do not compute the same, and allows bf16 more', () => {
    const apart = (precision: 'f32' | 'bf16', loss: number) => caseWarnings('step', caseOf(8, precision, measured('ours', '', [1], [2]), measured('PyTorch', 'eager', [1], [loss])));
    assert.deepEqual([apart('f32', 2.001), apart('bf16', 2.05)], [[], []]);
    assert.match(apart('f32', 2.01)[0]!, /^WARNING 8 clips, f32: losses of the first steps of ours and PyTorch eager differ by 5\.0e-3 relative, at most 0\.001 expected/);
    assert.equal(apart('bf16', 3).length, 1);
    assert.match(caseWarnings('infer', caseOf(8, 'f32', measured('ours', '', [1], [2]), measured('PyTorch', 'eager', [1], [2, 3])))[0]!, /are not as many/);
  });

  it('warns when the machine did something else', () => {
    assert.match(caseWarnings('step', { ...found, busy: 0.5 })[0]!, /other work used 50 % of the processors/);
    assert.deepEqual(caseWarnings('step', found), []);
  });

  it('names the machine, what was measured, and how to compare', () => {
    const record = recordOf('step', found);
    assert.equal(describeMachine(record), 'Abacus 9, 2 cores, 16 GB, Linux 6.1.0; Node 20.20.2, TensorFlow 2.21.0, PyTorch 2.15.0');
    assert.match(benchNotes(record, false).join('\n'), /one training step.*2 threads, 3 rounds;[^]*--peer/);
    assert.match(benchNotes({ ...record, settings: ['lambda=0'] }, true).join('\n'), /^paper lambda=0: .*all sides in turn[^]*Below 1: faster/);
  });
});
