import assert from 'node:assert/strict';
import { complaints } from '../../src/bench/verdict.ts';
import { caseOf, failedSide, measured, recordOf } from './support.ts';

describe('the bench\'s verdict', () => {
  const ours = measured('ours', '', [9]), eager = measured('PyTorch', 'eager', [10]);

  it('a mode that PyTorch cannot do is no complaint', () => {
    assert.deepEqual(complaints(recordOf('step', caseOf(2, 'f32', ours, eager, failedSide('compile', 'no compiler')))), []);
  });

  it('a process that died is, and ours not measured is', () => {
    const dead = { ...failedSide('compile', 'was killed by SIGKILL (out of memory?)'), isDead: true };
    assert.deepEqual(complaints(recordOf('step', caseOf(2, 'f32', ours, dead))), ['PyTorch compile: was killed by SIGKILL (out of memory?)']);
    assert.deepEqual(complaints(recordOf('step', caseOf(2, 'bf16', { ...ours, ms: [], failed: 'not built' }, eager))), ['ours: not built']);
  });

  it('the worst case of ours is held against --at-most', () => {
    const record = recordOf('step', caseOf(2, 'f32', ours, eager), caseOf(8, 'f32', measured('ours', '', [12]), eager));
    assert.deepEqual(complaints(record, 1.2), []);
    assert.deepEqual(complaints(record, 1), ['--at-most: expected at most 1 times PyTorch\'s fastest mode, found 1.20']);
    assert.deepEqual(complaints(recordOf('step', caseOf(2, 'f32', ours, failedSide('eager', 'no'))), 1), ['--at-most: expected at most 1 times PyTorch\'s fastest mode, found nothing to compare']);
  });
});
