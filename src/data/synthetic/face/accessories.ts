// Glasses, and whatever hides a part of the face.

import type { Occluder } from '../scene.ts';
import { EYE_Y, SIDES, type Face } from './features.ts';
import { hex } from './palette.ts';
import { grid } from './pen.ts';

export function drawGlasses({ pen, person }: Face): void {
  if (person.glasses === 'none') return;
  const isThick = person.glasses === 'thick';
  const colour = hex(isThick ? [30, 28, 32] : [120, 90, 40]);
  const x = 29 * person.eyeSpacing;
  for (const s of SIDES) {
    const rim = pen.project([[s * (x - 18), EYE_Y - 8], [s * x, EYE_Y - 12], [s * (x + 18), EYE_Y - 9], [s * (x + 17), EYE_Y + 7], [s * x, EYE_Y + 13], [s * (x - 16), EYE_Y + 8]], 14);
    pen.shape(rim, '#fff', 0.08);
    pen.line([...rim, rim[0]!, rim[1]!], colour, isThick ? 2 : 1.3);
    pen.line([pen.at(s * (x + 18), EYE_Y - 5, 14), pen.atDepth(s * (pen.width + 4), EYE_Y - 8, -4)], colour, 1.5);
  }
  pen.line(pen.project([[-(x - 17), EYE_Y - 3, 15], [0, EYE_Y - 6, 20], [x - 17, EYE_Y - 3, 15]]), colour, 1.5);
}

/** It does not move with the head. */
export function occluderSvg({ kind, x, y, width, height, turn, colour }: Occluder): string {
  return kind === 'bar'
    ? `<rect x="${grid(x)}" y="${grid(y)}" width="${grid(width)}" height="${grid(height)}" rx="90" fill="${hex(colour)}" transform="rotate(${Math.round(turn)} ${grid(x)} ${grid(y)})"/>`
    : `<ellipse cx="${grid(x)}" cy="${grid(y)}" rx="${grid(width / 2)}" ry="${grid(height / 2)}" fill="${hex(colour)}"/>`;
}
