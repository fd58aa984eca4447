// The face's movement in one clip: which action units are contracted how much in every frame, and the true intensity of the label.
//
// A transition clip shows one expression fading while another rises; the label is the one that rises. Only these clips make the order
// of frames informative (asymmetric curves, late onsets and mild `evolve` did not): see oracle.ts for the figures.

import type { Expression } from '../../labels.ts';
import type { Random } from '../../random.ts';
import { ACTION_UNITS, CONFUSED_WITH, EMOTIONS, PROTOTYPES, atRest, unitsOf, type Activation, type ActionUnit, type Prototype } from './actionUnits.ts';
import { drawCurveType, makeCurve, type Curve, type CurveType } from './curves.ts';
import type { Design } from './design.ts';
import { addBlinks, addFlash, addSpeech, drawDistractors, raiseTo, type Distractors } from './distractors.ts';
import type { Identity } from './identity.ts';
import { beta, clamp, mix, smoothstep } from './numbers.ts';

/** The expression that fades in a transition clip. */
export interface Fading { readonly expression: Expression; readonly peak: number; readonly prototype: Prototype; readonly curve: Curve }

/** none: a neutral clip in which nothing fades either. */
export type CurveName = CurveType | 'transition' | 'none';

export interface Motion {
  readonly expression: Expression;
  readonly frames: number;
  readonly curveType: CurveName;
  /** Peak intensity in [0, 1]; 0 for neutral. */
  readonly peak: number;
  /** Course of the label's expression; also drawn for neutral clips, whose peak is 0. */
  readonly curve: Curve;
  readonly own: Prototype;
  readonly fading: Fading | undefined;
  /** The confusable expression as this person would show it; undefined where there is none. */
  readonly partner: Prototype | undefined;
  /** Share of the partner that stays, 0 to 1, and the moment (share of the expression shown so far) at which the rest has gone. */
  readonly overlap: number;
  readonly turn: number;
  /** Delay of each action unit, share of the clip. */
  readonly latency: Readonly<Activation>;
  readonly distractors: Distractors;
}

export interface Course {
  /** True intensity of the label's expression in every frame, in [0, 1]. */
  readonly intensity: readonly number[];
  readonly activation: readonly Activation[];
}

const drawPeak = (r: Random, { peak }: Design): number => peak.low + (peak.high - peak.low) * beta(r, peak.alpha, peak.beta);

export function planMotion(r: Random, design: Design, expression: Expression, person: Identity, frames: number): Motion {
  const vary = (e: Expression): Prototype => varied(r, PROTOTYPES[e], person);
  const peak = expression === 'neutral' ? 0 : drawPeak(r, design);
  const type = drawCurveType(r, design.curves);
  const curve = makeCurve(r, type, expression);
  const confusable = CONFUSED_WITH[expression];
  const transition = r.chance(design.transitions) ? planTransition(r, design, expression, vary) : undefined;
  return {
    expression, frames, peak,
    curveType: transition ? 'transition' : expression === 'neutral' ? 'none' : type,
    curve: transition?.rising ?? curve,
    fading: transition?.fading,
    own: vary(expression),
    partner: confusable && vary(confusable),
    overlap: design.overlap * r.next(),
    turn: r.uniform(0.3, 0.6),
    latency: drawLatencies(r),
    distractors: drawDistractors(r, design, expression, peak, frames, vary),
  };
}

/** A person's version of a prototype in one clip: every unit a little different, and now and then one nearly missing. */
function varied(r: Random, prototype: Prototype, person: Identity): Prototype {
  const own: Partial<Activation> = {};
  for (const unit of unitsOf(prototype)) {
    own[unit] = prototype[unit]! * clamp(r.normal(1, 0.16), 0.4, 1.3) * person.gain[unit] * (r.chance(0.08) ? 0.3 : 1);
  }
  return own;
}

function planTransition(r: Random, design: Design, expression: Expression, vary: (e: Expression) => Prototype): { rising: Curve; fading: Fading } {
  const first = r.pick(EMOTIONS.filter((e) => e !== expression));
  const at = r.uniform(0.38, 0.58);
  const length = r.uniform(0.12, 0.25);
  return {
    rising: (t) => smoothstep((t - at) / length + 0.15),
    fading: { expression: first, peak: drawPeak(r, design), prototype: vary(first), curve: (t) => smoothstep((at - t) / length + 0.5) },
  };
}

function drawLatencies(r: Random): Activation {
  const latency = atRest();
  for (const unit of ACTION_UNITS) latency[unit] = r.normal(0, 0.035);
  return latency;
}

/** The motion frame by frame. `r` draws the small tremor of every unit. */
export function playMotion(r: Random, motion: Motion, person: Identity, design: Design): Course {
  const time = Array.from({ length: motion.frames }, (_, f) => f / (motion.frames - 1));
  const shown = time.map(motion.curve);
  const total = shown.reduce((sum, x) => sum + x, 0) || 1;
  let soFar = 0;
  const activation = time.map((t, frame) => {
    soFar += shown[frame]! / total;
    const state = restingState(motion, person, design);
    addExpressions(state, motion, t, mix(1, smoothstep((soFar - motion.turn) / 0.24 + 0.5), design.evolve));
    addFlash(state, motion.distractors, t);
    addSpeech(state, motion.distractors, frame, t);
    addBlinks(state, motion.distractors, frame);
    for (const unit of ACTION_UNITS) state[unit] += 0.02 * design.nuisance * r.normal();
    return state;
  });
  return { intensity: shown.map((x) => motion.peak * x), activation };
}

function restingState(motion: Motion, person: Identity, design: Design): Activation {
  const state = atRest();
  for (const unit of ACTION_UNITS) state[unit] = person.resting[unit] * design.resting;
  const { mimic } = motion.distractors;
  if (mimic) raiseTo(state, mimic.prototype, mimic.level);
  return state;
}

/** @param purity 1: the label's expression alone; 0: what it shares with its confusable partner (transition clips: always 1). */
function addExpressions(state: Activation, motion: Motion, t: number, purity: number): void {
  const { fading, own, partner, latency } = motion;
  if (fading) contract(state, fading.prototype, (unit) => fading.peak * fading.curve(clamp(t - latency[unit])));
  const foreign = partner && !fading ? clamp((1 - purity) * 0.85 + purity * motion.overlap) : 0;
  const level = (unit: ActionUnit): number => motion.peak * motion.curve(clamp(t - latency[unit]));
  contract(state, own, (unit) => level(unit) * (1 - foreign));
  if (partner && foreign > 0) contract(state, partner, (unit) => level(unit) * foreign);
}

/** Adds an expression; what was there before yields by half. */
function contract(state: Activation, prototype: Prototype, level: (unit: ActionUnit) => number): void {
  for (const unit of unitsOf(prototype)) {
    const i = level(unit);
    state[unit] = state[unit] * (1 - 0.5 * i) + i * prototype[unit]!;
  }
}
