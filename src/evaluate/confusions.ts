// The confusions behind a matrix, most frequent first, with the clips that were taken for something else.
import type { Prediction } from '../runs/types.ts';
import { argmax } from './metrics.ts';

export interface ConfusedClip {
  readonly id: string;
  /** Logit of what it was taken for minus that of its label: above 0, the larger the surer. */
  readonly margin: number;
}

export interface Confusion {
  readonly label: number;
  readonly taken: number;
  /** Of all clips of the label, a fraction. */
  readonly share: number;
  /** The surest mistake first. */
  readonly clips: readonly ConfusedClip[];
}

/** Pairs of classes by the share of the true class that they take, largest first; equal ones in the order of the classes. */
export function mostConfused(predictions: readonly Prediction[]): Confusion[] {
  const cells = new Map<string, { label: number; taken: number; clips: ConfusedClip[] }>();
  const totals = new Map<number, number>();
  for (const { id, label, logits } of predictions) {
    const taken = argmax(logits), key = `${label} ${taken}`;
    totals.set(label, (totals.get(label) ?? 0) + 1);
    if (taken === label) continue;
    const cell = cells.get(key) ?? { label, taken, clips: [] };
    cell.clips.push({ id, margin: logits[taken]! - logits[label]! });
    cells.set(key, cell);
  }
  return [...cells.values()]
    .map(({ label, taken, clips }) => ({ label, taken, share: clips.length / totals.get(label)!, clips: clips.sort((a, b) => b.margin - a.margin || a.id.localeCompare(b.id)) }))
    .sort((a, b) => b.share - a.share || a.label - b.label || a.taken - b.taken);
}
