// Do a list's labels count from 0 or from 1? Official DFEW lists say 1..7; S2D ships lists of the same name that say 0..6,
// as the text lists of IAL, Former-DFER, DFER-CLIP and MAE-DFER do. The values decide, over the whole of both splits.
import { EXPRESSIONS, expressionIndex } from '../labels.ts';
import { UserError } from '../errors.ts';
import type { ClipList } from './list.ts';

export type LabelBase = 0 | 1;

export interface BaseDecision { readonly base: LabelBase; readonly note: string }

interface Found { readonly value: number; readonly where: string }

function* numericLabels(lists: readonly ClipList[]): Generator<Found> {
  for (const { file, rows } of lists) {
    for (const { label, line } of rows) if (expressionIndex(label) < 0) yield { value: parseLabel(label, `${file}:${line}`), where: `${file}:${line}` };
  }
}

function parseLabel(label: string, where: string): number {
  const value = Number(label);
  if (label.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= EXPRESSIONS.length) return value;
  const isNumber = label.trim() !== '' && Number.isFinite(value);
  throw new UserError(`${where}: expected a label 0..6 or 1..7 or one of ${EXPRESSIONS.join(', ')}, found ${isNumber ? label : `the unknown word "${label}"`}; mend the line`);
}

/**
 * 0 present: from 0. 7 present: from 1. Neither: ambiguous, `preferred` is taken and the note says so.
 * @throws UserError for a label out of range, an unknown word, or a 0 and a 7 together.
 */
export function decideBase(lists: readonly ClipList[], preferred: LabelBase, forced?: LabelBase): BaseDecision {
  let zero: Found | undefined;
  let seven: Found | undefined;
  for (const found of numericLabels(lists)) {
    if (found.value === 0) zero ??= found;
    if (found.value === EXPRESSIONS.length) seven ??= found;
  }
  const [low, high] = [zero?.where, seven?.where];
  if (low !== undefined && high !== undefined) throw new UserError(`${high}: label 7 counts from 1, but label 0 at ${low} counts from 0; the lists are of different origin, use both from one archive`);
  if (forced !== undefined) return force(forced, low, high);
  if (low !== undefined) return { base: 0, note: `labels count from 0 (label 0 at ${low})` };
  if (high !== undefined) return { base: 1, note: `labels count from 1 (label 7 at ${high})` };
  return { base: preferred, note: `label base ambiguous: neither 0 nor 7 occurs; taken to count from ${preferred}, as ${preferred === 1 ? 'the official lists' : 'lists of this format'} do` };
}

function force(forced: LabelBase, zero: string | undefined, seven: string | undefined): BaseDecision {
  const against = forced === 1 ? zero : seven;
  if (against !== undefined) throw new UserError(`${against}: labels were said to count from ${forced}, found label ${forced === 1 ? 0 : 7}; choose the other base`);
  return { base: forced, note: `labels count from ${forced} (as told)` };
}

/** Index in EXPRESSIONS of a list's label, a word or a number that decideBase has seen. */
export const resolveLabel = (label: string, base: LabelBase): number => {
  const named = expressionIndex(label);
  return named >= 0 ? named : Number(label) - base;
};
