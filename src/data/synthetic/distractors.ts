// Movements that say nothing about the label and occur in every class: speech, blinks, a resting resemblance, a flash of something else.

import type { Expression } from '../../labels.ts';
import type { Random } from '../../random.ts';
import { EMOTIONS, unitsOf, type Activation, type Prototype } from './actionUnits.ts';
import type { Design } from './design.ts';

/** Lips and jaw of someone speaking between two moments (shares of the clip). */
export interface Speech { readonly amplitude: number; readonly rate: number; readonly phase: number; readonly from: number; readonly to: number }

/** An expression other than the label's that is there weakly. */
export interface Trace { readonly expression: Expression; readonly prototype: Prototype; readonly level: number }

export interface Distractors {
  readonly speech: Speech | undefined;
  /** Frames at which the eyes are shut. */
  readonly blinks: readonly number[];
  /** A constant resemblance to an expression. */
  readonly mimic: Trace | undefined;
  /** A second expression that flashes up around `at` (share of the clip). */
  readonly flash: Trace & { readonly at: number } | undefined;
}

/** How one person's face deforms for an expression in one clip. */
export type Vary = (expression: Expression) => Prototype;

/** @param peak peak intensity of the clip's own expression, to which the flash is proportional. */
export function drawDistractors(r: Random, design: Design, expression: Expression, peak: number, frames: number, vary: Vary): Distractors {
  return {
    mimic: r.chance(design.mimics) ? drawMimic(r, design, vary) : undefined,
    flash: expression !== 'neutral' && r.chance(design.second) ? drawFlash(r, expression, peak, vary) : undefined,
    speech: r.chance(design.talking)
      ? { amplitude: r.uniform(0.2, 0.6), rate: r.uniform(0.45, 0.9), phase: r.uniform(0, 9), from: r.uniform(0, 0.5), to: r.uniform(0.5, 1) }
      : undefined,
    blinks: drawBlinks(r, frames),
  };
}

function drawMimic(r: Random, design: Design, vary: Vary): Trace {
  const expression = r.pick(EMOTIONS);
  const { 25: _lips, 26: _jaw, ...closed } = vary(expression); // a resting face has its mouth closed
  return { expression, prototype: closed, level: r.uniform(...design.mimicLevel) };
}

function drawFlash(r: Random, expression: Expression, peak: number, vary: Vary): Trace & { at: number } {
  const other = r.pick(EMOTIONS.filter((e) => e !== expression));
  return { expression: other, prototype: vary(other), level: r.uniform(0.1, 0.35) * peak, at: r.next() };
}

function drawBlinks(r: Random, frames: number): number[] {
  const blinks: number[] = [];
  for (let frame = r.integer(50); frame < frames; frame += 25 + r.integer(40)) blinks.push(frame);
  return blinks;
}

/** Raises each unit to at least `level` times its share in the prototype. */
export function raiseTo(activation: Activation, prototype: Prototype, level: number): void {
  for (const unit of unitsOf(prototype)) activation[unit] = Math.max(activation[unit], level * prototype[unit]!);
}

/** The flash is a bell of a seventh of the clip. */
export function addFlash(activation: Activation, { flash }: Distractors, t: number): void {
  if (flash === undefined) return;
  const u = (t - flash.at) / 0.15;
  raiseTo(activation, flash.prototype, flash.level * Math.exp(-u * u));
}

/** @param frame a syllable lasts so many frames, however long the clip is. */
export function addSpeech(activation: Activation, { speech }: Distractors, frame: number, t: number): void {
  if (speech === undefined || t < speech.from || t > speech.to) return;
  const { amplitude, rate, phase } = speech;
  const opening = amplitude * Math.max(0, Math.sin(frame * rate + phase) + 0.5 * Math.sin(frame * rate * 1.73 + 1));
  activation[25] += 0.8 * opening;
  activation[26] += 0.45 * opening;
  activation[10] += 0.12 * opening;
  activation[20] += 0.2 * amplitude * Math.max(0, Math.sin(frame * rate * 0.6));
}

export function addBlinks(activation: Activation, { blinks }: Distractors, frame: number): void {
  for (const blink of blinks) {
    const closed = [1, 0.75, 0.2][Math.abs(frame - blink)] ?? 0;
    activation[43] = Math.max(activation[43], closed);
  }
}
