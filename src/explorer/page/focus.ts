// Which clips stand out: the selection within the range of intensity. All others are dimmed, never removed.
import type { Model, Snapshot } from './model.ts';
import type { State } from './state.ts';

export const isWhole = ({ selection, intensity }: State): boolean => selection === null && intensity[0] <= 0 && intensity[1] >= 1;

/** 1 for each clip in focus. [clips] */
export function focusMask({ count, peaks }: Model, { selection, intensity: [low, high] }: State): Uint8Array {
  const mask = new Uint8Array(count).fill(selection === null ? 1 : 0);
  for (const clip of selection ?? []) mask[clip] = 1;
  // a clip of unknown intensity stays only while nothing is filtered
  if (peaks && (low > 0 || high < 1)) for (let i = 0; i < count; i++) if (!(peaks[i]! >= low && peaks[i]! <= high)) mask[i] = 0;
  return mask;
}

export const clipsOf = (mask: Uint8Array): number[] => Array.from(mask.keys()).filter((i) => mask[i] === 1);

/** [true class][predicted class] clips. */
export function confusionOf(clips: readonly number[], labels: readonly number[], predicted: Uint8Array, classes: number): number[][] {
  const matrix = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (const clip of clips) matrix[labels[clip]!]![predicted[clip]!]!++;
  return matrix;
}

export type Change = 'fixed' | 'broken' | 'both right' | 'both wrong';
export const CHANGES: readonly Change[] = ['fixed', 'broken', 'both right', 'both wrong'];

/** What the second run made of a clip. */
export function changeOf(clip: number, label: number, a: Snapshot, b: Snapshot): Change {
  const [first, second] = [a.predicted[clip] === label, b.predicted[clip] === label];
  if (first === second) return first ? 'both right' : 'both wrong';
  return second ? 'fixed' : 'broken';
}

/** Recall of some clips with Wilson's 95 % interval; null without clips. */
export function recallOf(found: number, clips: number): { readonly recall: number; readonly low: number; readonly high: number } | null {
  if (clips === 0) return null;
  const z = 1.96, p = found / clips, scale = 1 + (z * z) / clips;
  const middle = (p + (z * z) / (2 * clips)) / scale, half = (z / scale) * Math.sqrt((p * (1 - p)) / clips + (z * z) / (4 * clips * clips));
  return { recall: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
