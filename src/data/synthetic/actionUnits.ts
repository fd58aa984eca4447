// Facial action units (FACS: Ekman, Friesen and Hager 2002) and which of them make up each expression.
// The combinations are EMFACS' prototypes (Friesen and Ekman 1983, EMFACS-7; the table is in Du, Tao and Martinez 2014, PNAS 111:E1454);
// the weights are ours: the share of an AU's full contraction at the apex of a maximal expression.

import type { Expression } from '../../labels.ts';

/**
 * 1 inner brow raiser, 2 outer brow raiser, 4 brow lowerer, 5 upper lid raiser, 6 cheek raiser, 7 lid tightener, 9 nose wrinkler,
 * 10 upper lip raiser, 12 lip corner puller, 15 lip corner depressor, 16 lower lip depressor, 17 chin raiser, 20 lip stretcher,
 * 23 lip tightener, 25 lips part, 26 jaw drop, 43 eyes closed.
 */
export const ACTION_UNITS = [1, 2, 4, 5, 6, 7, 9, 10, 12, 15, 16, 17, 20, 23, 25, 26, 43] as const;

export type ActionUnit = (typeof ACTION_UNITS)[number];

/** How strongly each action unit is contracted: 0 at rest, 1 at full contraction. Noise may push it a little outside. */
export type Activation = Record<ActionUnit, number>;

/** The action units of an expression at its apex; those not named are at rest. */
export type Prototype = Readonly<Partial<Activation>>;

export const PROTOTYPES: Readonly<Record<Expression, Prototype>> = {
  happiness: { 6: 0.8, 12: 1, 25: 0.7 },
  sadness: { 1: 0.9, 4: 0.6, 15: 0.85, 17: 0.45, 43: 0.15 },
  neutral: {},
  anger: { 4: 1, 5: 0.35, 7: 0.7, 17: 0.3, 23: 0.8 },
  surprise: { 1: 0.95, 2: 1, 5: 0.9, 25: 0.5, 26: 0.85 },
  disgust: { 4: 0.3, 9: 0.95, 10: 0.7, 15: 0.4, 16: 0.4, 17: 0.25, 25: 0.4 },
  fear: { 1: 0.9, 2: 0.55, 4: 0.65, 5: 0.95, 7: 0.2, 20: 0.85, 25: 0.7, 26: 0.25 },
};

/** Expressions whose early signals are shared and whose raters confuse them (Jack, Garrod and Schyns 2014, Current Biology 24:187). */
export const CONFUSED_WITH: Readonly<Partial<Record<Expression, Expression>>> = {
  anger: 'disgust', disgust: 'anger', surprise: 'fear', fear: 'surprise',
};

/** The six expressions other than neutral, in the order of the labels. */
export const EMOTIONS = ['happiness', 'sadness', 'anger', 'surprise', 'disgust', 'fear'] as const satisfies readonly Expression[];

export function atRest(): Activation {
  return { 1: 0, 2: 0, 4: 0, 5: 0, 6: 0, 7: 0, 9: 0, 10: 0, 12: 0, 15: 0, 16: 0, 17: 0, 20: 0, 23: 0, 25: 0, 26: 0, 43: 0 };
}

/** The action units a prototype names, in ascending order. */
export const unitsOf = (prototype: Prototype): ActionUnit[] => ACTION_UNITS.filter((unit) => prototype[unit] !== undefined);
