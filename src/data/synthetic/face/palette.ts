// The colours of one face under one light, and the gradients that shade it.

import type { Colour, Identity } from '../identity.ts';
import { clamp, mix } from '../numbers.ts';
import type { Scene } from '../scene.ts';

export const blend = (a: Colour, b: Colour, t: number): Colour => [mix(a[0], b[0], t), mix(a[1], b[1], t), mix(a[2], b[2], t)];
export const darken = (c: Colour, k: number): Colour => [c[0] * k, c[1] * k, c[2] * k];

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));
export const hex = (c: Colour): string => `#${HEX[Math.round(clamp(c[0], 0, 255))]}${HEX[Math.round(clamp(c[1], 0, 255))]}${HEX[Math.round(clamp(c[2], 0, 255))]}`;

/** Gradients of `Palette.defs` that fade to nothing: shadow, deep shadow, highlight, flush. */
export type Glow = 'shade' | 'deep' | 'light' | 'flush';

export interface Palette {
  readonly shade: Colour;
  readonly deep: Colour;
  readonly light: Colour;
  /** SVG colours. */
  readonly fold: string;
  readonly line: string;
  readonly nostril: string;
  readonly lash: string;
  readonly brow: string;
  readonly iris: string;
  readonly upperLip: string;
  readonly lowerLip: string;
  readonly eyeWhite: string;
  readonly teeth: string;
  readonly hair: string;
  readonly hairDark: string;
  readonly hairLight: string;
  readonly neck: string;
  readonly ear: string;
  /** The SVG gradients `skin`, `lamp` (light across the head), and one per Glow. */
  readonly defs: string;
}

export function makePalette({ skin, hair, brow, lips, iris }: Identity, scene: Scene): Palette {
  const shade = blend(darken(skin, 0.62), [90, 30, 20], 0.18);
  const deep = blend(darken(skin, 0.38), [60, 15, 10], 0.25);
  const light = blend(skin, [255, 246, 236], 0.45);
  return {
    shade, deep, light,
    fold: hex(blend(shade, deep, 0.85)),
    line: hex(deep),
    nostril: hex(darken(deep, 0.6)),
    lash: hex(darken(deep, 0.35)),
    brow: hex(brow),
    iris: hex(iris),
    upperLip: hex(darken(lips, 0.86)),
    lowerLip: hex(lips),
    eyeWhite: hex(darken([243, 238, 234], scene.white)),
    teeth: hex(darken([240, 234, 222], scene.white)),
    hair: hex(hair),
    hairDark: hex(darken(hair, 0.6)),
    hairLight: hex(blend(hair, [255, 240, 220], 0.22)),
    neck: hex(darken(blend(skin, shade, 0.75), 0.96)),
    ear: hex(blend(skin, shade, 0.4)),
    defs: gradients(skin, shade, deep, light, scene),
  };
}

function gradients(skin: Colour, shade: Colour, deep: Colour, light: Colour, { lightX, lightY, lightStrength }: Scene): string {
  const centre = `cx="${(0.5 + 0.22 * lightX).toFixed(2)}" cy="${(0.42 + 0.2 * lightY).toFixed(2)}"`;
  return `<defs><radialGradient id="skin" ${centre} r=".68">`
    + `<stop offset="0" stop-color="${hex(blend(skin, light, 0.35))}"/><stop offset=".55" stop-color="${hex(skin)}"/>`
    + `<stop offset="1" stop-color="${hex(darken(blend(skin, shade, 0.75), 0.92))}"/></radialGradient>`
    + glow('shade', shade) + glow('deep', deep) + glow('light', light) + glow('flush', blend(skin, [205, 70, 60], 0.5))
    + `<linearGradient id="lamp" x1="${lightX > 0 ? 1 : 0}" y1="0" x2="${lightX > 0 ? 0 : 1}" y2="${lightY < 0 ? 0.35 : -0.35}">`
    + `<stop offset="0" stop-color="#fff" stop-opacity="${(0.16 * lightStrength).toFixed(2)}"/><stop offset=".5" stop-color="#000" stop-opacity="0"/>`
    + `<stop offset="1" stop-color="#000" stop-opacity="${(0.5 * lightStrength).toFixed(2)}"/></linearGradient></defs>`;
}

const glow = (id: Glow, colour: Colour): string =>
  `<radialGradient id="${id}"><stop offset="0" stop-color="${hex(colour)}"/><stop offset="1" stop-color="${hex(colour)}" stop-opacity="0"/></radialGradient>`;
