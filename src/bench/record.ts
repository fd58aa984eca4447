// What a measurement leaves: a record in JSON that the table prints and the chart draws.
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

export type Task = 'step' | 'infer';
export type Precision = 'f32' | 'bf16';
export const PRECISIONS: readonly Precision[] = ['f32', 'bf16'];

/** One side in one mode, measured in a process of its own. */
export interface SideRecord {
  readonly side: 'ours' | 'PyTorch';
  /** Of PyTorch: what was switched on, joined by "+"; "" for ours. */
  readonly mode: string;
  /** Why there are no numbers: one line. */
  readonly failed?: string;
  /** True where the process ended instead of answering. */
  readonly isDead?: boolean;
  /** Milliseconds of every measured step. */
  readonly ms: readonly number[];
  /** Largest resident memory of the process, megabytes (2^20 bytes). */
  readonly peakMb: number | null;
  /** Losses of the first steps, or the first logits: what shows that all sides do the same work. */
  readonly check: readonly number[];
}

/** All sides with the same batch in the same precision, measured in turn. */
export interface CaseRecord {
  readonly clips: number;
  readonly precision: Precision;
  readonly sides: readonly SideRecord[];
  /** Share of the processors that others used while all sides waited, before and after the rounds: the larger one. */
  readonly busy: number;
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
}

export interface BenchRecord {
  readonly task: Task;
  readonly preset: string;
  /** Of --set. */
  readonly settings: readonly string[];
  readonly threads: number;
  readonly rounds: number;
  readonly machine: Machine;
  /** Of Node, TensorFlow, PyTorch. */
  readonly versions: Readonly<Record<string, string>>;
  readonly cases: readonly CaseRecord[];
}

export const thisMachine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? 'unknown processor',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release().split('-')[0]}`,
});

/** "AMD EPYC, 2 cores, 23 GB, Linux 6.1.0; Node 20.20.2, TensorFlow 2.21.0". */
export function describeMachine({ machine, versions }: Pick<BenchRecord, 'machine' | 'versions'>): string {
  const { processor, cores, memoryGb, system } = machine;
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [`${processor}, ${cores} core${cores === 1 ? '' : 's'}, ${memoryGb} GB, ${system}`, names.join(', ')].filter(Boolean).join('; ');
}
