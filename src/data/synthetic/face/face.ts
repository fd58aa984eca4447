// A face as SVG: a pure function of person, action units, pose and light. The 224-unit drawing is scaled to the wanted size.

import { ACTION_UNITS, atRest, type Activation } from '../actionUnits.ts';
import type { Identity } from '../identity.ts';
import { clamp } from '../numbers.ts';
import type { Pose, Scene } from '../scene.ts';
import { drawGlasses, occluderSvg } from './accessories.ts';
import { drawBeard } from './beard.ts';
import { drawBrows } from './brows.ts';
import { drawEyes } from './eyes.ts';
import type { Face } from './features.ts';
import { drawCheekFolds, drawForehead } from './folds.ts';
import { drawHairBehind, drawHairInFront } from './hair.ts';
import { drawChin, drawEars, drawModelling, drawShoulders, headPath } from './head.ts';
import { drawMouth } from './mouth.ts';
import { drawNose, drawNoseWrinkles } from './nose.ts';
import { hex, makePalette, type Palette } from './palette.ts';
import { GRID, Pen, grid } from './pen.ts';

/** Beyond this an action unit distorts the drawing. */
const MOST = 1.15;

const open = (size: number): string => `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${224 * GRID} ${224 * GRID}">`;

/** The head and what is in front of it, on nothing. @param size pixels; @param palette of this person in this scene, when many frames share it. */
export function faceSvg(person: Identity, activation: Activation, pose: Pose, scene: Scene, size: number, palette: Palette = makePalette(person, scene)): string {
  const pen = new Pen(person, pose);
  const au = atRest();
  for (const unit of ACTION_UNITS) au[unit] = clamp(activation[unit], 0, MOST);
  drawHead({ pen, person, au, pose, scene, palette, jaw: 16 * au[26] });
  const occluder = scene.occluder ? occluderSvg(scene.occluder) : '';
  return `${open(size)}${palette.defs}${pen.svg()}${occluder}</svg>`;
}

/** Back to front. */
function drawHead(face: Face): void {
  const { pen, person } = face;
  const outline = headPath(face);
  drawHairBehind(face);
  drawShoulders(face);
  if (person.hairStyle !== 'long') drawEars(face);
  pen.put(`<path d="${outline}" fill="url(#skin)"/>`);
  drawModelling(face);
  drawBeard(face);
  drawNose(face);
  drawNoseWrinkles(face);
  drawCheekFolds(face);
  drawForehead(face);
  drawEyes(face);
  drawBrows(face);
  drawMouth(face);
  drawChin(face);
  pen.put(`<path d="${outline}" fill="url(#lamp)"/>`);
  drawHairInFront(face);
  drawGlasses(face);
}

/** What is behind the head; the same in every frame of a clip. */
export function backgroundSvg({ background, patches, lightX }: Scene, size: number): string {
  const shapes = patches.map(({ kind, x, y, width, height, colour, opacity }) => kind === 'disc'
    ? `<circle cx="${grid(x)}" cy="${grid(y)}" r="${grid(width / 2)}" fill="${hex(colour)}" fill-opacity="${opacity.toFixed(2)}"/>`
    : `<rect x="${grid(x)}" y="${grid(y)}" width="${grid(width)}" height="${grid(height)}" fill="${hex(colour)}" fill-opacity="${opacity.toFixed(2)}"/>`);
  return `${open(size)}<defs><radialGradient id="wall" cx="${(0.5 + 0.3 * lightX).toFixed(2)}" cy=".3" r=".9"><stop offset="0" stop-color="${hex(background[0])}"/>`
    + `<stop offset="1" stop-color="${hex(background[1])}"/></radialGradient></defs><rect width="${grid(224)}" height="${grid(224)}" fill="url(#wall)"/>${shapes.join('')}</svg>`;
}
