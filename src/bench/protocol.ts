// What the bench and its worker processes say to each other: a JSON line for each request, a JSON line for each answer.
// Ours is worker.ts, PyTorch's is bench/pytorch/serve.py.
import type { ExperimentConfig } from '../config.ts';
import type { Precision, Task } from './record.ts';

export interface Job {
  readonly task: Task;
  readonly config: ExperimentConfig;
  readonly clips: number;
  readonly precision: Precision;
  /** Of PyTorch, joined by "+": eager, channels_last, compile. */
  readonly mode: string;
  readonly threads: number;
}

export type Request =
  | { readonly kind: 'configure' } & Job
  | { readonly kind: 'time'; readonly steps: number }
  | { readonly kind: 'memory' };

export interface Answers {
  readonly configure: { readonly device: string; readonly threads: number; readonly versions: Readonly<Record<string, string>> };
  /** Milliseconds and numbers to check of each step. */
  readonly time: { readonly ms: readonly number[]; readonly values: readonly (readonly number[])[] };
  readonly memory: { readonly peakMb: number };
}

export type Kind = keyof Answers;

/** A worker's answer that it cannot do what is asked: a result, not a fault of the bench. */
export class Refusal extends Error { override readonly name = 'Refusal'; }

const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every((item) => typeof item === 'number');

const IS: { readonly [K in Kind]: (answer: Record<string, unknown>) => boolean } = {
  configure: ({ device, threads, versions }) => typeof device === 'string' && typeof threads === 'number' && typeof versions === 'object' && versions !== null,
  time: ({ ms, values }) => isNumbers(ms) && Array.isArray(values) && values.length === ms.length && values.every(isNumbers),
  memory: ({ peakMb }) => typeof peakMb === 'number',
};

/** @throws Refusal when the worker says that it cannot; Error when the line is no answer to this kind of request. */
export function readAnswer<K extends Kind>(kind: K, line: string): Answers[K] {
  const answer = parse(line);
  if (answer['kind'] === 'error' && typeof answer['message'] === 'string') throw new Refusal(answer['message']);
  if (answer['kind'] !== kind || !IS[kind](answer)) throw new Error(`expected an answer to "${kind}", found ${line.slice(0, 100)}`);
  return answer as unknown as Answers[K];
}

function parse(line: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : {};
  } catch { return {}; }
}
