// Neck, ears, the head's outline and its soft modelling.

import { mix } from '../numbers.ts';
import { SIDES, type Face } from './features.ts';
import { smooth, type Point } from './pen.ts';

export function drawShoulders({ pen, palette, scene }: Face): void {
  pen.shape(pen.plane([[-36, 60], [-38, 112], [-110, 140], [-130, 190], [130, 190], [110, 140], [38, 112], [36, 60]], -18), palette.neck);
  pen.shape(pen.plane([[-33, 60], [-33, 102], [-14, 116], [14, 116], [33, 102], [33, 60]], -16), '#000', 0.16); // the chin's shadow
  pen.shape(pen.plane([[-150, 190], [-112, 130], [-46, 114], [0, 128], [46, 114], [112, 130], [150, 190]], -12), `rgb(${scene.cloth.map(Math.round).join(',')})`);
}

export function drawEars({ pen, palette }: Face): void {
  const w = pen.width;
  for (const s of SIDES) {
    pen.shape(pen.plane([[s * (w - 3), -30], [s * (w + 8), -32], [s * (w + 9), -12], [s * (w + 3), 12], [s * (w - 4), 14]], -4), palette.ear);
    pen.line(pen.plane([[s * (w + 1), -23], [s * (w + 5), -24], [s * (w + 5), -12], [s * (w + 1), 0]], -3), palette.fold, 1.3, 0.4);
  }
}

/** The head's outline in face coordinates, from the crown down the picture's left side and up the right. */
export function headOutline({ pen, person, jaw }: Face): Point[] {
  const [w, tall, square] = [pen.width, person.headHeight, person.jaw];
  const left: Point[] = [
    [-w * 0.55, -92 * tall], [-w * 0.92, -62], [-w, -18], [-w * 0.97, 20],
    [-w * mix(0.8, 0.9, square), 52 + 0.5 * jaw],
    [-w * mix(0.46, 0.6, square), 79 * tall + 0.9 * jaw],
    [-w * mix(0.14, 0.26, square), 91 * tall + jaw],
  ];
  return [[0, -100 * tall], ...left, ...left.map(([x, y]): Point => [-x, y]).reverse()];
}

/** The outline as an SVG path; the jaw lies a little before the rest. */
export const headPath = (face: Face): string => smooth(headOutline(face).map(([x, y]) => face.pen.atDepth(x, y, y > 40 ? 10 : 0)), true);

/** Eye sockets, cheeks (raised by AU 6 and 12), forehead, chin and the hollow below the lip. */
export function drawModelling({ pen, person, au, jaw }: Face): void {
  const eyeX = 29 * person.eyeSpacing;
  const cheek = Math.max(au[6], 0.7 * au[12]);
  for (const s of SIDES) {
    pen.glow(s * eyeX, -21, 25, 19, 'shade', 0.5 * person.socket);
    pen.glow(s * (36 + 2 * au[12]), 20 - 7 * au[6] - 5 * au[12], 20, 16 + 3 * au[6], 'flush', 0.28 + 0.12 * (au[6] + au[12]) + person.blush);
    pen.glow(s * (34 + 2 * au[12]), 14 - 6 * au[12] - 4 * au[6], 12 + 3 * au[6], 9, 'light', 0.3 + 0.35 * cheek);
  }
  pen.glow(0, -66, 36, 20, 'light', 0.34);
  pen.glow(0, 74 + 0.8 * jaw - 3 * au[17], 15, 9, 'light', 0.28);
  pen.glow(0, 64 + 0.55 * jaw - 2 * au[17], 20, 6, 'shade', 0.5);
}

/** AU 17 pushes the chin boss up and dimples it. */
export function drawChin({ pen, au, jaw, palette }: Face): void {
  if (au[17] < 0.04) return;
  const y = 78 + 0.8 * jaw - 3.5 * au[17];
  pen.glow(0, y, 13, 10, 'light', 0.25 * au[17]);
  for (const [dx, dy] of [[-5, 0], [4, 1], [-1, 4], [6, -3], [-7, 4], [2, -4]] as const) pen.glow(dx, y + dy, 2.4, 1.8, 'deep', 0.7 * au[17]);
  pen.line(pen.project([[-13, y - 8], [0, y - 12], [13, y - 8]]), palette.fold, 2, 0.75 * au[17]);
}
