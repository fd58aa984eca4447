// Beards lie on the skin below lips and folds, and run over the philtrum: no pale box around the mouth.

import { MOUTH_Y, lipRaise, type Face } from './features.ts';
import { mix } from '../numbers.ts';
import type { Beard } from '../identity.ts';
import type { FacePoint } from './pen.ts';

const OPACITY: Readonly<Record<Beard, number>> = { none: 0, stubble: 0.3, full: 0.94, goatee: 0.9 };

export function drawBeard(face: Face): void {
  const { pen, person, palette } = face;
  if (person.beard === 'none') return;
  const opacity = OPACITY[person.beard];
  const right = person.beard === 'goatee' ? goatee(face) : fullBeard(face);
  const both = [...right, ...right.toReversed().filter(([x]) => x !== 0).map(([x, y, lift]): FacePoint => [-x, y, lift ?? 0])];
  pen.shape(pen.project(both), palette.hairDark, opacity);
}

/** Right half from the moustache's middle over the cheek and along the jaw to the chin. */
function fullBeard({ pen, person, au, jaw }: Face): FacePoint[] {
  const w = pen.width;
  const square = person.jaw;
  const lip = MOUTH_Y - lipRaise(au) - 12;
  const smile = 5 * au[12];
  const volume = person.beard === 'full' ? 5 : 0;
  return [
    [0, lip + 1, 4], [13, lip + 1, 3], [29, lip + 6 - smile], [w * 0.68, 34 - smile], [w * 0.9, 8], [w * 0.985, -12], [w * 0.975 + 0.5 * volume, 20],
    [w * mix(0.8, 0.9, square) + 0.7 * volume, 52 + 0.5 * jaw], [w * mix(0.46, 0.6, square) + volume, 80 * person.headHeight + 0.9 * jaw + volume * 0.8],
    [w * mix(0.14, 0.26, square), 91 * person.headHeight + jaw + volume], [0, 92 * person.headHeight + jaw + volume],
  ];
}

function goatee({ person, au, jaw }: Face): FacePoint[] {
  const lip = MOUTH_Y - lipRaise(au) - 12;
  const half = 24.5 * person.mouthWidth + 8 * au[12] + 9 * au[20] + 4;
  return [
    [0, lip + 2, 4], [12, lip + 2, 3], [half, lip + 9 - 8 * au[12]], [half + 3, MOUTH_Y + 6 + 0.4 * jaw], [half - 4, MOUTH_Y + 22 + 0.7 * jaw],
    [16, 89 * person.headHeight + jaw], [0, 93 * person.headHeight + jaw],
  ];
}
