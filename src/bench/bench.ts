// ial bench step, ial bench infer: every number of clips in every precision, ours and, where asked, PyTorch's modes.
import { availableParallelism } from 'node:os';
import type { ExperimentConfig } from '../config.ts';
import { compareSides, type Side } from './compare.ts';
import { ourCommand, peerCommand } from './launch.ts';
import { thisMachine, type BenchRecord, type CaseRecord, type Precision, type Task } from './record.ts';

/** What PyTorch can be asked for, joined by "+". */
export const PEER_FEATURES = ['eager', 'channels_last', 'compile', 'malloc'] as const;

/** As installed; what its own advice for processors recommends; all of it. */
export const PEER_MODES: readonly string[] = ['eager', 'channels_last', 'channels_last+malloc', 'compile', 'compile+channels_last+malloc'];

export interface BenchOptions {
  readonly task: Task;
  readonly config: ExperimentConfig;
  readonly settings: readonly string[];
  readonly clips: readonly number[];
  readonly precisions: readonly Precision[];
  readonly rounds: number;
  /** Python of the peer's environment, where its modes are measured too. */
  readonly python?: string | undefined;
  readonly modes?: readonly string[];
  readonly signal?: AbortSignal | undefined;
  readonly onNote?: (line: string) => void;
  /** After each case: its table can be shown while the next one runs. */
  readonly onCase?: (found: CaseRecord) => void;
}

/** @throws Interrupted. */
export async function runBench(options: BenchOptions): Promise<BenchRecord> {
  const { task, config, settings, clips, precisions, rounds, signal, onNote, onCase } = options;
  const threads = availableParallelism(), sides = sidesOf(options, threads);
  const cases: CaseRecord[] = [];
  let versions: Readonly<Record<string, string>> = {};
  const onReady = (_: Side, found: Readonly<Record<string, string>>): void => { versions = { ...versions, ...found }; };
  for (const n of clips) {
    for (const precision of precisions) {
      const note = (line: string): void => { onNote?.(`${task}, ${describeCase({ clips: n, precision })}: ${line}`); };
      const found = await compareSides({ job: { task, config, clips: n, precision, threads }, sides, rounds, signal, onNote: note, onReady });
      cases.push(found);
      onCase?.(found);
    }
  }
  return { task, preset: config.preset, settings, threads, rounds, machine: thisMachine(), versions, cases };
}

const sidesOf = ({ python, modes = PEER_MODES }: BenchOptions, threads: number): Side[] => [
  { side: 'ours', mode: '', command: ourCommand(threads) },
  ...python === undefined ? [] : modes.map((mode): Side => ({ side: 'PyTorch', mode, command: peerCommand(python, mode, threads) })),
];

export const describeCase = ({ clips, precision }: Pick<CaseRecord, 'clips' | 'precision'>): string => `${clips} clip${clips === 1 ? '' : 's'}, ${precision}`;
