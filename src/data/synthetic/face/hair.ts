// Hair: what hangs behind the head, the cap above the forehead, and strands beside the face.

import { SIDES, type Face } from './features.ts';
import type { FacePoint, Point } from './pen.ts';

/** How far hair behind the head reaches down, units. */
const LENGTHS = { bald: 0, short: 0, fringe: 0, curly: 0, tied: 0, bob: 70, long: 118 } as const;

export function drawHairBehind({ pen, person, palette }: Face): void {
  const w = pen.width;
  const length = LENGTHS[person.hairStyle];
  if (length > 0) {
    pen.shape(pen.plane([
      [-w - 12, -40], [-w * 0.8, -104], [0, -122], [w * 0.8, -104], [w + 12, -40], [w + 13, length * 0.6], [w * 0.75, length], [-w * 0.75, length], [-w - 13, length * 0.6],
    ], -22), palette.hairDark);
  }
  if (person.hairStyle === 'curly') pen.shape(pen.plane(curls(w * 1.13, 106, 14, 4.4), -14), palette.hairDark);
  if (person.hairStyle === 'tied') pen.disc(pen.atDepth(0, -118, -20), 24, 20, palette.hairDark);
}

/** A lumpy arc over the crown. @param reach its angle, radians: pi ends at the temples, more goes behind the ears. */
function curls(halfWidth: number, height: number, lumps: number, reach: number): Point[] {
  return Array.from({ length: 2 * lumps + 1 }, (_, i) => {
    const angle = reach * (i / (2 * lumps) - 0.5);
    const bulge = i % 2 === 0 ? 0.97 : 1.05;
    return [halfWidth * Math.sin(angle) * bulge, -22 - height * Math.cos(angle) * bulge];
  });
}

export function drawHairInFront(face: Face): void {
  const { pen, person, palette } = face;
  if (person.hairStyle === 'bald') return;
  const w = pen.width;
  const tall = person.headHeight;
  const crown: Point[] = person.hairStyle === 'curly'
    ? curls(w * 1.07, 98 * tall, 9, 3.05)
    : [[-w * 1.03, -20], [-w * 1.06, -62], [-w * 0.75, -104 * tall], [0, -117 * tall], [w * 0.75, -104 * tall], [w * 1.06, -62], [w * 1.03, -20]];
  pen.shape([...pen.plane(crown, 4), ...pen.project(hairline(face), 2)], palette.hair);
  if (person.hairStyle !== 'curly') drawShine(face);
  if (LENGTHS[person.hairStyle] > 0) drawStrands(face);
}

/** The cap's lower edge from the picture's right to its left. */
function hairline({ pen, person }: Face): FacePoint[] {
  const w = pen.width;
  const h = person.hairline;
  switch (person.hairStyle) {
    case 'fringe': return [[w * 0.93, -44], [w * 0.66, -59 - 0.7 * h], [w * 0.1, -58 - 0.7 * h], [-w * 0.45, -66 - 0.7 * h], [-w * 0.93, -44]]; // above raised brows
    case 'curly': return [[w * 0.96, -44], [w * 0.84, -58], [w * 0.62, -64 - h], [w * 0.34, -74 - h], [w * 0.05, -70 - h], [-w * 0.28, -75 - h], [-w * 0.58, -65 - h], [-w * 0.84, -57], [-w * 0.96, -44]];
    case 'bob': case 'long': return [[w * 0.94, -40], [w * 0.8, -66], [w * 0.36, -78 - h], [w * 0.1, -86 - h], [-w * 0.3, -80 - h], [-w * 0.78, -64], [-w * 0.94, -40]];
    default: return [[w * 0.93, -46], [w * 0.72, -72 - h], [w * 0.2, -80 - h], [-w * 0.3, -78 - h], [-w * 0.75, -68 - h], [-w * 0.93, -46]];
  }
}

function drawShine({ pen, palette }: Face): void {
  const w = pen.width;
  pen.line(pen.plane([[-w * 0.55, -93], [-w * 0.1, -106], [w * 0.45, -99]], 20), palette.hairLight, 3.5, 0.4);
  pen.line(pen.plane([[-w * 0.8, -76], [-w * 0.5, -90], [-w * 0.1, -97]], 20), palette.hairDark, 1.6, 0.4);
  pen.line(pen.plane([[w * 0.82, -74], [w * 0.55, -89], [w * 0.15, -96]], 20), palette.hairDark, 1.6, 0.4);
}

function drawStrands({ pen, person, palette }: Face): void {
  const w = pen.width;
  const length = LENGTHS[person.hairStyle];
  for (const s of SIDES) {
    const strand: Point[] = [[s * w * 0.86, -72], [s * (w + 7), -56], [s * (w + 13), 0], [s * (w + 12), length * 0.62], [s * (w - 2), length * 0.8], [s * (w - 1), 20], [s * w * 0.93, -34]];
    pen.shape(pen.plane(strand, 2), palette.hair);
    pen.line(pen.plane([[s * (w + 3), -40], [s * (w + 7), 4], [s * (w + 5), length * 0.6]], 3), palette.hairDark, 1.6, 0.45);
  }
}
