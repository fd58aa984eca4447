// The chart of records: reading them, and the pairs that have both sides.
import { UserError } from '../errors.ts';
import { speedFigure, type SpeedPair } from '../figures/bench.ts';
import type { Figure } from '../figures/figure.ts';
import { readJson } from '../files/json.ts';
import { describeMachine, type BenchRecord, type CaseRecord } from './record.ts';
import { fastestPeer, isMeasured, smallest } from './statistics.ts';

/** @throws UserError when the file is no record of `ial bench step` or `ial bench infer`. */
export async function readBenchRecord(file: string): Promise<BenchRecord> {
  const record = await readJson(file) as Partial<BenchRecord> | null;
  const isRecord = record !== null && (record.task === 'step' || record.task === 'infer') && Array.isArray(record.cases) && record.machine !== undefined && record.versions !== undefined;
  if (!isRecord) throw new UserError(`${file}: expected what "ial bench step --json" or "ial bench infer --json" writes`);
  return record as BenchRecord;
}

/** In the order of the records; a case without PyTorch has no pair. */
export const speedPairs = (records: readonly BenchRecord[]): SpeedPair[] =>
  records.flatMap(({ task, cases }) => cases.flatMap((found) => pairOf(task, found)));

function pairOf(task: BenchRecord['task'], found: CaseRecord): SpeedPair[] {
  const ours = found.sides.find((side) => side.side === 'ours' && isMeasured(side)), peer = fastestPeer(found);
  if (!ours || !peer) return [];
  return [{ task, clips: found.clips, precision: found.precision, ours: smallest(ours.ms), peer: smallest(peer.ms), peerMode: peer.mode }];
}

/** @throws UserError when the records are of several machines or versions, or hold nothing of PyTorch. */
export function speedChart(records: readonly BenchRecord[]): Figure {
  const machines = [...new Set(records.map(describeMachine))];
  if (machines.length > 1) throw new UserError(`bench chart: expected records of one machine with the same versions, found ${machines.join(' and ')}`);
  const pairs = speedPairs(records);
  if (pairs.length === 0) throw new UserError('bench chart: nothing to compare: measure with --peer');
  const presets = [...new Set(records.map(({ preset, settings }) => [preset, ...settings].join(' ')))];
  return speedFigure(pairs, { subtitle: `${presets.join(', ')}; ${machines[0]}; smallest of a run, both sides in turn` });
}
