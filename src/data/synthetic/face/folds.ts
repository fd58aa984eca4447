// Folds of the skin: from nose to mouth (AU 9, 10, 12, 20), at the mouth's corners (15), on the forehead (1, 2) and between the brows (4).

import { clamp } from '../numbers.ts';
import { MOUTH_Y, SIDES, sideGain, type Face } from './features.ts';

export function drawCheekFolds(face: Face): void {
  const { pen, person, au, palette } = face;
  const wing = 11.5 * person.noseWidth;
  const tip = 24 * person.noseLength;
  const up = 5 * au[9] + 1.5 * au[10];
  for (const s of SIDES) {
    const smile = au[12] * sideGain(person, s);
    const bulge = 5 * smile + 3 * au[10];
    const depth = clamp(0.04 + 0.2 * person.age + 0.52 * Math.max(smile, au[10], 0.8 * au[9], 0.45 * au[20]));
    const fold = pen.project([
      [s * (wing + 3), tip - 6 - up, 2],
      [s * (wing + 10 + 0.7 * bulge + 2 * au[10]), tip + 6 - 0.7 * up - 2 * au[12], 1],
      [s * (23 + 6 * smile + 6 * au[20] + 2 * au[10]), MOUTH_Y - 7 - 4 * smile + 4 * au[15] - 3 * au[10]],
    ]);
    pen.line(fold, palette.fold, 2.2, depth);
    if (smile > 0.12) pen.glow(s * (30 + 5 * au[12]), 31 - 7 * au[12], 9, 6, 'shade', 0.32 * au[12]);
    const mouthCorner = pen.project([
      [s * (24 * person.mouthWidth + 2), MOUTH_Y + 6 + 8 * au[15]], [s * (26 * person.mouthWidth + 2), MOUTH_Y + 13 + 9 * au[15]], [s * 24 * person.mouthWidth, MOUTH_Y + 20 + 8 * au[15]],
    ]);
    pen.line(mouthCorner, palette.fold, 1.8, 0.5 * au[15] + 0.08 * person.age);
  }
}

export function drawForehead({ pen, person, au, palette }: Face): void {
  const raised = Math.max(au[1], au[2]);
  const half = au[2] > 0.3 * au[1] ? 42 : 18; // the inner brow alone wrinkles only the middle
  const bend = au[1] > au[2] ? -2 : 1;
  for (let i = 0; i < 3; i++) {
    const y = -58 - 8 * i - 3 * raised;
    const line = pen.project([[-half, y + 2 * au[2]], [-half / 2, y - 1 + bend], [0, y + (bend < 0 ? -2.5 : 1)], [half / 2, y - 1 + bend], [half, y + 2 * au[2]]]);
    pen.line(line, palette.fold, 1.5, 0.42 * raised * (1 - 0.15 * i) + 0.1 * person.age * (1 - 0.3 * i));
  }
  for (const s of SIDES) {
    const frown = pen.project([[s * (4.5 - 1.2 * au[4]), -44 + 3 * au[4], 4], [s * (5 - 1.4 * au[4]), -35 + 3 * au[4], 5], [s * 3.5, -27 + 2 * au[4], 6]]);
    pen.line(frown, palette.fold, 2, 0.6 * au[4] + 0.05 * person.age);
  }
  pen.glow(0, -36, 11, 9, 'shade', 0.45 * au[4]);
}
