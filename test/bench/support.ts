// Fake workers, and a made-up record.
import { fileURLToPath } from 'node:url';
import type { WorkerCommand } from '../../src/bench/child.ts';
import type { Side } from '../../src/bench/compare.ts';
import type { BenchRecord, CaseRecord, SideRecord } from '../../src/bench/record.ts';

export const fakeWorker = (behaviour: object = {}): WorkerCommand =>
  ({ command: process.execPath, args: [fileURLToPath(new URL('./fakeWorker.mjs', import.meta.url)), JSON.stringify(behaviour)], env: process.env });

export const fakeSide = (side: Side['side'], mode: string, behaviour: object = {}): Side => ({ side, mode, command: fakeWorker(behaviour) });

export const measured = (side: SideRecord['side'], mode: string, ms: readonly number[], check: readonly number[] = [2, 1.5, 1]): SideRecord =>
  ({ side, mode, ms, check, peakMb: 512 });

export const failedSide = (mode: string, failed: string): SideRecord => ({ side: 'PyTorch', mode, ms: [], check: [], peakMb: null, failed });

export const caseOf = (clips: number, precision: CaseRecord['precision'], ...sides: readonly SideRecord[]): CaseRecord => ({ clips, precision, sides, busy: 0.02 });

export const recordOf = (task: BenchRecord['task'], ...cases: readonly CaseRecord[]): BenchRecord => ({
  task, preset: 'paper', settings: [], threads: 2, rounds: 3, cases,
  machine: { processor: 'Abacus 9', cores: 2, memoryGb: 16, system: 'Linux 6.1.0' },
  versions: { Node: '20.20.2', TensorFlow: '2.21.0', PyTorch: '2.15.0' },
});
