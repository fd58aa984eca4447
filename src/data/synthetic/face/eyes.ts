// Eyes: lids (AU 5, 6, 7, 9, 43), iris and gaze, creases, pouches and crow's feet.

import { clamp, mix } from '../numbers.ts';
import { EYE_Y, SIDES, sideGain, type Face } from './features.ts';
import { heightAt, sample, type FacePoint, type Point } from './pen.ts';

const IRIS = 6.3;

interface Eye {
  readonly side: -1 | 1;
  /** Centre and half width. */
  readonly x: number;
  readonly half: number;
  /** How far the lids stand above and below the eye's line. */
  readonly up: number;
  readonly low: number;
  /** Lid lines from left to right. */
  readonly upper: readonly Point[];
  readonly lower: readonly Point[];
}

export function drawEyes(face: Face): void {
  for (const side of SIDES) {
    const eye = shapeEye(face, side);
    face.pen.glow(eye.x, EYE_Y + 1, eye.half * 1.25, 10 * face.person.eyeSize, 'shade', 0.28);
    drawBall(face, eye);
    drawLids(face, eye);
    drawCreases(face, eye);
  }
}

function shapeEye({ person, au }: Face, side: -1 | 1): Eye {
  const gain = sideGain(person, side);
  const size = person.eyeSize;
  const open = 6.3 * size + 5.8 * au[5] - 2.4 * au[7] * gain - 1.1 * au[9] - 0.9 * au[6] - 1.04 * au[4] - 1.2 * person.lidDroop;
  const low = Math.max(0.8, 4.7 * size - 2.6 * au[7] - 2.7 * au[6] * gain - 1.7 * au[9] + au[5]);
  const up = mix(Math.max(0.9, open), 0.9 - low, clamp(au[43]));
  const x = side * 29 * person.eyeSpacing;
  const half = 14.5 * size;
  const along = (d: number): number => x + side * d;
  const inner: Point = [along(-half), EYE_Y + 2.2 - person.eyeTilt];
  const outer: Point = [along(half), EYE_Y - 0.6 + person.eyeTilt - 0.8 * au[6]];
  const upper: Point[] = [inner, [along(-half * 0.55), EYE_Y - up * 0.78], [x, EYE_Y - up], [along(half * 0.55), EYE_Y - up * 0.82], outer];
  const lower: Point[] = [inner, [along(-half * 0.5), EYE_Y + low * 0.8], [x, EYE_Y + low], [along(half * 0.5), EYE_Y + low * 0.85], outer];
  const leftToRight = (line: Point[]): Point[] => sample(side < 0 ? line.reverse() : line, 4);
  return { side, x, half, up, low, upper: leftToRight(upper), lower: leftToRight(lower) };
}

/** The white, the iris cut by the lids, and the upper lid's shadow on both. */
function drawBall({ pen, pose, palette, scene }: Face, { x, upper, lower, up, low }: Eye): void {
  pen.polygon(pen.project([...upper, ...lower.toReversed()]), palette.eyeWhite);
  if (up + low < 1.6) return; // shut
  const cx = x + 4 * clamp(pose.gazeX, -1.6, 1.6);
  const cy = EYE_Y - 0.6 + 3 * clamp(pose.gazeY, -1, 1);
  const disc = (radius: number): Point[] => cutDisc(cx, cy, radius, upper, lower);
  pen.polygon(pen.project(disc(IRIS), 1), palette.lash);
  pen.polygon(pen.project(disc(IRIS - 0.8), 1), palette.iris);
  pen.polygon(pen.project(disc(2.8), 1), '#0a0808');
  const shadow = upper.map(([px, py]): Point => [px, Math.min(py + 2.6, heightAt(lower, px))]);
  pen.polygon(pen.project([...upper, ...shadow.toReversed()]), '#000', 0.26);
  if (cy - 2 > heightAt(upper, cx) + 0.5) pen.disc(pen.at(cx + 2 * scene.lightX, cy - 1.8, 1), 1.3, 1.3, '#fff', 0.9);
}

/** A disc of which only the part between the lids is seen. */
function cutDisc(cx: number, cy: number, radius: number, upper: readonly Point[], lower: readonly Point[]): Point[] {
  return CIRCLE.map(([cos, sin]): Point => {
    const px = clamp(cx + radius * cos, upper[0]![0], upper.at(-1)![0]);
    return [px, clamp(cy + radius * sin, heightAt(upper, px), heightAt(lower, px))];
  });
}

const CIRCLE: readonly Point[] = Array.from({ length: 22 }, (_, i) => [Math.cos(i * 0.28559933), Math.sin(i * 0.28559933)]);

function drawLids({ pen, person, palette }: Face, { upper, lower }: Eye): void {
  const every = (line: readonly Point[]): FacePoint[] => line.filter((_, i) => i % 2 === 0);
  pen.line(pen.project(every(upper)), palette.lash, 1.9 + person.lashes, 1);
  pen.line(pen.project(every(lower)), palette.line, 1, 0.5);
}

function drawCreases({ pen, person, au, palette }: Face, { side, x, half, up, low }: Eye): void {
  const along = (d: number): number => x + side * d;
  const crease = pen.project([[along(-half * 0.8), EYE_Y - up * 0.5 - 4], [x, EYE_Y - Math.max(up, 3) - 4.2 + 1.8 * au[5] + 1.2 * au[4]], [along(half * 0.95), EYE_Y - up * 0.4 - 4]]);
  pen.line(crease, palette.fold, 1.3, 0.42 * (1 - 0.5 * au[5]));
  const pouch = pen.project([[along(-half * 0.7), EYE_Y + low + 4.2], [x, EYE_Y + low + 5.2 - au[7]], [along(half * 0.8), EYE_Y + low + 3.2]]);
  pen.line(pouch, palette.fold, 1.4, 0.12 + 0.23 * person.age + 0.45 * Math.max(au[6], 0.8 * au[7], 0.5 * au[9]));
  for (const i of [-1, 0, 1]) {
    pen.line(pen.project([[along(half + 3), EYE_Y + 3 * i], [along(half + 10), EYE_Y + 5.5 * i - 1]]), palette.fold, 1.2, au[6] * (0.36 + 0.36 * person.age));
  }
}
