// The nose, and the wrinkles that AU 9 draws across its root and sides.

import { SIDES, type Face } from './features.ts';

export function drawNose({ pen, person, au, palette, scene }: Face): void {
  const half = 11.5 * person.noseWidth;
  const tip = 24 * person.noseLength;
  const up = 5 * au[9] + 1.5 * au[10];
  pen.glow(-8 * Math.sign(scene.lightX), 2, 7, 24, 'shade', 0.62, 8);
  pen.glow(0, -2, 4.5, 24, 'light', 0.55, 14);
  pen.glow(0, tip - 4 - 0.6 * up, 7, 6, 'light', 0.5, 22);
  pen.glow(0, tip + 7, 16, 6, 'shade', 0.6, 6);
  for (const s of SIDES) {
    const wing = pen.project([[s * (half + 1), tip - 5 - up, 6], [s * (half + 2.2), tip + 1 - up, 6], [s * (half - 2), tip + 4 - 0.8 * up, 10]]);
    pen.line(wing, palette.line, 1.7, 0.5);
    pen.disc(pen.at(s * 5.6 * person.noseWidth, tip + 3.6 - 0.5 * up, 15), 3.1, 1.7 + 0.5 * au[9], palette.nostril, 0.75);
  }
  const base = pen.project([
    [-half + 2, tip + 3.5 - 0.7 * up, 12], [-3, tip + 3 - 0.3 * up, 18], [0, tip + 5 - 0.2 * up, 20], [3, tip + 3 - 0.3 * up, 18], [half - 2, tip + 3.5 - 0.7 * up, 12],
  ]);
  pen.line(base, palette.line, 1.5, 0.45);
}

export function drawNoseWrinkles({ pen, au, palette }: Face): void {
  if (au[9] > 0.04) {
    for (const s of SIDES) {
      for (let i = 0; i < 3; i++) {
        const wrinkle = pen.project([[s * 3, -8 + 6 * i, 12], [s * (9 + i), -11 + 6.5 * i, 6], [s * (13 + i), -8 + 7 * i, 2]]);
        pen.line(wrinkle, palette.fold, 1.6, au[9] * (0.5 - 0.1 * i));
      }
    }
  }
  pen.line(pen.project([[-6, -22, 8], [0, -20, 10], [6, -22, 8]]), palette.fold, 1.8, 0.5 * au[9] + 0.1 * au[4]);
}
