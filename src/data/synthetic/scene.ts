// What surrounds an expression: head pose and its drift, gaze, light, background, an occluder, and what the camera does to the picture.
// Lengths are in units of the 224-unit drawing, angles in radians, whatever size is rendered.

import type { Random } from '../../random.ts';
import type { Design } from './design.ts';
import type { Colour } from './identity.ts';

export interface Pose {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  readonly x: number;
  readonly y: number;
  /** 1.34 makes the head fill 75 to 80 % of the width. */
  readonly scale: number;
  /** -1 (left, up) to 1. */
  readonly gazeX: number;
  readonly gazeY: number;
}

export interface Patch { readonly kind: 'disc' | 'bar'; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly colour: Colour; readonly opacity: number }

export interface Occluder { readonly kind: 'disc' | 'bar'; readonly x: number; readonly y: number; readonly width: number; readonly height: number; /** Degrees. */ readonly turn: number; readonly colour: Colour }

export interface Scene {
  /** Direction (-1 to 1 each) and strength (0 to 1) of the light. */
  readonly lightX: number;
  readonly lightY: number;
  readonly lightStrength: number;
  readonly background: readonly [Colour, Colour];
  readonly patches: readonly Patch[];
  readonly cloth: Colour;
  /** Whiteness of eyes and teeth. */
  readonly white: number;
  readonly occluder: Occluder | undefined;
}

export interface Camera {
  /** Standard deviation of the blur in units of a 160-unit picture; 0 for none. */
  readonly blur: number;
  /** Standard deviation of the sensor's noise, of 255. */
  readonly noise: number;
  /** Gain. */
  readonly exposure: number;
  readonly tint: Colour;
  readonly tintOpacity: number;
  /** JPEG quality, 45 to 92. */
  readonly quality: number;
  /** Where each frame begins in the noise table. */
  readonly noiseOffset: number;
}

const anyColour = (r: Random): Colour => [r.uniform(20, 240), r.uniform(20, 240), r.uniform(20, 240)];
const half = (c: Colour): Colour => [c[0] / 2, c[1] / 2, c[2] / 2];

export function drawScene(r: Random, design: Design): Scene {
  return {
    lightX: r.pick([-1, 1]) * r.uniform(0.2, 1),
    lightY: r.uniform(-1, 0.3),
    lightStrength: r.uniform(0.1, 0.3 + 0.8 * design.nuisance),
    background: [anyColour(r), half(anyColour(r))],
    patches: Array.from({ length: r.integer(7) }, () => drawPatch(r)),
    cloth: anyColour(r),
    white: r.uniform(0.8, 1),
    occluder: r.chance(design.occluders) ? drawOccluder(r) : undefined,
  };
}

function drawPatch(r: Random): Patch {
  const look = { colour: anyColour(r), opacity: r.uniform(0.15, 0.6) };
  const diameter = 2 * r.uniform(8, 50);
  return r.chance(0.5)
    ? { kind: 'disc', x: r.uniform(0, 224), y: r.uniform(0, 224), width: diameter, height: diameter, ...look }
    : { kind: 'bar', x: r.uniform(-20, 200), y: r.uniform(-20, 200), width: r.uniform(10, 90), height: r.uniform(20, 200), ...look };
}

function drawOccluder(r: Random): Occluder {
  const y = r.pick([r.uniform(150, 200), r.uniform(0, 40), r.uniform(60, 150)]);
  return { kind: r.pick(['disc', 'bar']), x: r.uniform(10, 150), y, width: r.uniform(40, 110), height: r.uniform(18, 60), turn: r.uniform(-40, 40), colour: anyColour(r) };
}

export function drawCamera(r: Random, { nuisance }: Design): Camera {
  return {
    blur: r.chance(0.35 * nuisance) ? r.uniform(0.5, 1.6) : 0,
    noise: r.uniform(0, 7 * nuisance),
    exposure: Math.exp(r.normal(0, 0.14 * nuisance)),
    tint: r.pick<Colour>([[255, 190, 120], [120, 160, 255], [0, 0, 0], [255, 255, 255]]),
    tintOpacity: r.uniform(0, 0.16 * nuisance),
    quality: 45 + r.integer(48),
    noiseOffset: r.integer(65536),
  };
}

/** The head's position in every frame: a random stance, and a slow sway of each of its coordinates. */
export function drawPoses(r: Random, { nuisance }: Design, frames: number): Pose[] {
  const stance = {
    yaw: r.normal(0, 0.17 * nuisance), pitch: r.normal(0, 0.09 * nuisance), roll: r.normal(0, 0.07 * nuisance),
    x: r.normal(0, 9 * nuisance), y: -17 + r.normal(0, 9 * nuisance), scale: 1.34 * Math.exp(r.normal(0, 0.045 * nuisance)),
  };
  const sway = (amplitude: number): ((t: number) => number) => {
    const [a, rate, phase] = [amplitude * nuisance * Math.abs(r.normal()), r.uniform(0.3, 1.6), r.uniform(0, 7)];
    return (t) => a * Math.sin(rate * t * 6.283 + phase);
  };
  const [yaw, pitch, roll, x, y] = [sway(0.11), sway(0.05), sway(0.05), sway(3.2), sway(3.2)];
  const gaze = { x: r.normal(0, 0.5), y: r.normal(0, 0.3), turnsAt: r.integer(frames), turn: r.normal(0, 0.6) };
  return Array.from({ length: frames }, (_, frame) => {
    const t = frame / (frames - 1);
    return {
      yaw: stance.yaw + yaw(t), pitch: stance.pitch + pitch(t), roll: stance.roll + roll(t),
      x: stance.x + x(t), y: stance.y + y(t), scale: stance.scale,
      gazeX: gaze.x + (frame > gaze.turnsAt ? gaze.turn : 0), gazeY: gaze.y,
    };
  });
}
