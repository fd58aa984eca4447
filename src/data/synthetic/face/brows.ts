// Eyebrows: raised inside (AU 1) or outside (AU 2), lowered and drawn together (AU 4); 1 with 4 gives the oblique brow of sadness and fear.

import { clamp } from '../numbers.ts';
import { SIDES, sideGain, type Face } from './features.ts';
import type { FacePoint } from './pen.ts';

export function drawBrows({ pen, person, au, palette }: Face): void {
  for (const s of SIDES) {
    const gain = sideGain(person, s);
    const inner = -13.5 * au[1] * gain;
    const outer = -13 * au[2] * gain + 4.5 * au[1] * clamp(1 - 1.6 * au[2]);
    // AU 1 overrides the lowering of AU 4 at the inner end, as it does in people
    const lowered = 11.5 * au[4] * (1 - 0.85 * au[1]) + 4.2 * au[9];
    const together = -6.5 * au[4] * gain;
    const y = -37 - person.browHeight;
    const thick = person.browThickness;
    const point = (d: number, pull: number, height: number): FacePoint => [s * (29 * person.eyeSpacing + d + pull * together), y + height];
    const start = point(-17, 1, 2 + inner + lowered);
    const rise = point(-7, 0.7, -1.5 * person.browArch + 0.75 * inner + 0.35 * outer + 0.8 * lowered);
    const arch = point(5, 0.3, -3.2 * person.browArch + 0.25 * inner + 0.8 * outer + 0.45 * lowered);
    const end = point(18, 0, 1 + 0.95 * outer + 0.12 * lowered + 0.96 * au[6] + 2.2 * au[1] * au[4]);
    const shifted = ([px, py]: FacePoint, k: number): FacePoint => [px, py + k * thick];
    const outline = [shifted(start, -0.8), shifted(rise, -1), shifted(arch, -0.85), end, shifted(arch, 0.65), shifted(rise, 1), shifted(start, 1)];
    pen.glow(s * 29 * person.eyeSpacing, y + 6 + 0.7 * lowered, 18, 4, 'shade', 0.35 * au[4]);
    pen.shape(pen.project(outline, 3), palette.brow, person.browOpacity);
  }
}
