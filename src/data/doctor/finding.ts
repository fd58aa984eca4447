// What the doctor finds: one kind of thing at a time, with what training will do about it.

/** error: training stops; warning: it runs, and its results are off or not what they seem; note: as found, worth knowing. */
export type Severity = 'error' | 'warning' | 'note';

export interface Finding {
  /** Stable name for scripts, e.g. "missing-folder". */
  readonly id: string;
  readonly severity: Severity;
  /** What it is, one sentence. */
  readonly what: string;
  /** How many clips, frames or lines; 1 for what is true of a whole list. */
  readonly count: number;
  /** Up to ten, e.g. clip ids with what is wrong. */
  readonly examples: readonly string[];
  /** What training does about it. */
  readonly training: string;
  /** What to do; empty for notes. */
  readonly advice: string;
}

export const MAX_EXAMPLES = 10;

/** A finding of as many items as there are; none without items. */
export function found(id: string, severity: Severity, what: string, items: readonly string[], { training, advice = '' }: { readonly training: string; readonly advice?: string }): Finding[] {
  return items.length === 0 ? [] : [{ id, severity, what, count: items.length, examples: items.slice(0, MAX_EXAMPLES), training, advice }];
}

const ORDER: readonly Severity[] = ['error', 'warning', 'note'];

/** Errors first; the order within each is kept. */
export const bySeverity = (findings: readonly Finding[]): Finding[] => findings.toSorted((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
