// What every part of the face needs to draw itself.

import type { Activation } from '../actionUnits.ts';
import type { Identity } from '../identity.ts';
import type { Pose, Scene } from '../scene.ts';
import type { Palette } from './palette.ts';
import type { Pen } from './pen.ts';

export interface Face {
  readonly pen: Pen;
  readonly person: Identity;
  /** Clamped to what the drawing can show. */
  readonly au: Readonly<Activation>;
  readonly pose: Pose;
  readonly scene: Scene;
  readonly palette: Palette;
  /** How far the chin has dropped, units. */
  readonly jaw: number;
}

/** Picture left, picture right. */
export const SIDES = [-1, 1] as const;

/** How much of an action unit one side shows. */
export const sideGain = (person: Identity, side: -1 | 1): number => 1 - side * person.asymmetry;

export const EYE_Y = -16;
export const MOUTH_Y = 52;

/** How far AU 9 and 10 raise the upper lip, units. */
export const lipRaise = (au: Readonly<Activation>): number => 9.5 * au[10] + 4.5 * au[9];
