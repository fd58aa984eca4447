import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBenchRecord, speedChart, speedPairs } from '../../src/bench/chart.ts';
import { UserError } from '../../src/errors.ts';
import { caseOf, failedSide, measured, recordOf } from './support.ts';

describe('the bench\'s chart', () => {
  const both = recordOf('step', caseOf(8, 'f32', measured('ours', '', [850, 800]), measured('PyTorch', 'eager', [1000]), measured('PyTorch', 'compile', [900])));

  it('pairs ours with PyTorch\'s fastest mode', () => {
    assert.deepEqual(speedPairs([both]), [{ task: 'step', clips: 8, precision: 'f32', ours: 800, peer: 900, peerMode: 'compile' }]);
  });

  it('names the machine below the finding', () => {
    assert.match((speedChart([both]).layout['title'] as { text: string }).text, /A training step takes 0\.89 of PyTorch's time.*Abacus 9/s);
  });

  it('refuses records of several machines, and records without PyTorch', () => {
    const other = { ...both, machine: { ...both.machine, processor: 'Slide rule' } };
    assert.throws(() => speedChart([both, other]), (error) => error instanceof UserError && /expected records of one machine.*Abacus 9.*Slide rule/.test(error.message));
    assert.throws(() => speedChart([recordOf('infer', caseOf(1, 'f32', measured('ours', '', [1]), failedSide('eager', 'no')))]), /nothing to compare: measure with --peer/);
  });

  it('reads what the bench writes, and names a file that is something else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ial-chart-')), file = join(folder, 'step.json');
    try {
      writeFileSync(file, JSON.stringify(both));
      assert.deepEqual(await readBenchRecord(file), both);
      for (const text of ['{"task":"other"}', 'null', '[]']) {
        writeFileSync(file, text);
        await assert.rejects(readBenchRecord(file), /step\.json: expected what "ial bench step --json"/);
      }
    } finally { rmSync(folder, { recursive: true }); }
  });
});
