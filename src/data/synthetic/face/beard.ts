// Beards lie on the skin below lips and folds, and run over the philtrum: no pale box around the mouth.

import { MOUTH_Y, lipRaise, type Face } from './features.ts';
import { mix } from '../numbers.ts';
import type { Beard } from '../identity.ts';
import type { FacePoint, Point } from './pen.ts';

const OPACITY: Readonly<Record<Beard, number>> = { none: 0, stubble: 0.3, full: 0.94, goatee: 0.9 };

export function drawBeard(face: Face): void {
  const { pen, person, palette } = face;
  if (person.beard === 'none') return;
  const isGoatee = person.beard === 'goatee';
  const skin = isGoatee ? goateeEdge(face) : cheekEdge(face);
  const right = [...pen.project(skin), ...(isGoatee ? [] : pen.plane(jawEdge(face), 6))];
  const left = [...pen.project(skin.map(mirror)), ...(isGoatee ? [] : pen.plane(jawEdge(face).map(([x, y]): Point => [-x, y]), 6))];
  pen.shape([...right, ...left.reverse()], palette.hairDark, OPACITY[person.beard]);
}

const mirror = ([x, y, lift]: FacePoint): FacePoint => [-x, y, lift ?? 0];

/** On the skin, from the moustache's right half over the cheek to the ear. */
function cheekEdge({ pen, au }: Face): FacePoint[] {
  const lip = MOUTH_Y - lipRaise(au) - 12;
  const smile = 5 * au[12];
  return [[4, lip + 1, 4], [14, lip + 1, 3], [29, lip + 6 - smile], [pen.width * 0.68, 34 - smile], [pen.width * 0.88, 8]];
}

/** Along the head's outline from the ear to the chin; a full beard stands off it. */
function jawEdge({ pen, person, jaw }: Face): Point[] {
  const w = pen.width;
  const off = person.beard === 'full' ? 5 : -1;
  const square = person.jaw;
  return [
    [w * 0.98, -14], [w * 0.97 + 0.4 * off, 20], [w * mix(0.8, 0.9, square) + 0.7 * off, 52 + 0.5 * jaw],
    [w * mix(0.46, 0.6, square) + 0.8 * off, 79 * person.headHeight + 0.9 * jaw + 0.8 * off], [w * mix(0.14, 0.26, square), 91 * person.headHeight + jaw + off],
  ];
}

function goateeEdge({ person, au, jaw }: Face): FacePoint[] {
  const lip = MOUTH_Y - lipRaise(au) - 12;
  const half = 24.5 * person.mouthWidth + 8 * au[12] + 9 * au[20] + 4;
  return [
    [4, lip + 2, 4], [12, lip + 2, 3], [half, lip + 9 - 8 * au[12]], [half + 3, MOUTH_Y + 6 + 0.4 * jaw], [half - 4, MOUTH_Y + 22 + 0.7 * jaw],
    [16, 88 * person.headHeight + jaw], [5, 92 * person.headHeight + jaw],
  ];
}
