// The mouth: corners up (AU 12), down (15) or out (20), lips raised (9, 10), lowered (16), pushed up (17), tightened (23), parted (25, 26).

import { clamp, mix } from '../numbers.ts';
import { MOUTH_Y, SIDES, lipRaise, sideGain, type Face } from './features.ts';
import { heightAt, sample, type Point } from './pen.ts';

/** Lips lie so far above the ellipsoid. */
const LIFT = 5;
/** Where the lips are measured, from corner to corner; 0.2 is the peak of Cupid's bow. */
const STATIONS = [-1, -0.9, -0.6, -0.2, 0, 0.2, 0.6, 0.9, 1] as const;
const UPPER_THICKNESS = [0, 0.3, 0.76, 1, 0.72, 1, 0.76, 0.3, 0] as const;
const LOWER_THICKNESS = [0, 0.32, 0.8, 1.05, 1.1, 1.05, 0.8, 0.32, 0] as const;

interface Mouth {
  /** Distance between the lips' inner edges at the middle. */
  readonly gap: number;
  readonly half: number;
  readonly corners: readonly [Point, Point];
  /** Edges from left to right: outside and inside of the upper lip, inside and outside of the lower. */
  readonly upperOuter: readonly Point[];
  readonly upperInner: readonly Point[];
  readonly lowerInner: readonly Point[];
  readonly lowerOuter: readonly Point[];
  /** Full thickness of the lips. */
  readonly upper: number;
  readonly lower: number;
}

function shapeMouth(face: Face): Mouth {
  const { person, au } = face;
  const raise = lipRaise(au);
  const gap = 4 * au[25] + 20 * au[26] + 10 * au[12] * au[25] + 5.5 * au[20] * au[25]
    + (2.2 * au[10] + 2.4 * au[16] + 0.8 * au[9]) * clamp(2.2 * au[25] + au[26]);
  const half = 24.5 * person.mouthWidth + 11 * au[12] + 11 * au[20] - 3.2 * au[23] + 1.2 * au[15] - au[17]
    - 7.5 * au[26] * (1 - 0.8 * au[20]) * (1 - 0.6 * au[12]);
  const thin = (1 - 0.5 * au[23]) * (1 - 0.28 * au[12]) * (1 - 0.3 * au[20]);
  const upper = 5 * person.lipThickness * thin * (1 - 0.2 * au[10]);
  const lower = 6.8 * person.lipThickness * thin * (1 - 0.25 * au[17] + 0.2 * au[16]);
  const corners = [corner(face, half, -1), corner(face, half, 1)] as const;
  const top = MOUTH_Y - raise - 0.8 * au[25] + 3.2 * au[12] - 2.6 * au[17] - 3 * au[15];
  const bottom = MOUTH_Y + gap - 0.8 * raise * clamp(1 - gap / 8) + 2.6 * au[12] - 3 * au[17] - 1.5 * au[15] + 1.4 * au[16] + 0.8;
  const round = roundness(face);
  const above: Profile = (u) => mix(1 - u * (0.2 + 0.8 * u), ellipse(u), 0.75 * round);
  const below: Profile = (u) => mix(1 - u * u, ellipse(u), 0.85 * round);
  const arch = (u: number): number => 4 * raise * u * (1 - u);
  return {
    gap, half, corners, upper, lower,
    upperOuter: edge(corners, top, above, (u, i) => -upper * UPPER_THICKNESS[i]! - 0.2 * arch(u)),
    upperInner: edge(corners, top + 0.9, above, (u) => -0.18 * arch(u)),
    lowerInner: edge(corners, bottom, below, () => 0),
    lowerOuter: edge(corners, bottom, below, (_, i) => lower * LOWER_THICKNESS[i]!),
  };
}

/** Height from corner (0, at u = 1) to middle (1, at u = 0). */
type Profile = (u: number) => number;
const ellipse: Profile = (u) => Math.sqrt(Math.max(0, 1 - u * u));

/**
 * A dropped jaw rounds the opening, an ellipse instead of a parabola with corners at half its height, so that surprise has no V-shaped
 * lower lip; stretched lips (20) and a smile (12) keep their corners.
 */
const roundness = ({ au }: Face): number => clamp(1.5 * au[26] - 0.9 * au[20] * au[26]) * (1 - 0.7 * clamp(au[12]));

function corner(face: Face, half: number, side: -1 | 1): Point {
  const { person, au, jaw } = face;
  const gain = sideGain(person, side);
  const y = MOUTH_Y - 12.5 * au[12] * gain + 12 * au[15] * gain + 3.5 * au[20] + (0.22 + 0.22 * roundness(face)) * jaw - 1.2 * au[17] + 0.45 * au[25];
  return [side * (half + 6 * (gain - 1) * au[12]), y];
}

/** One edge of a lip through the stations. @param middle its height halfway; @param offset by |u| and station */
function edge(corners: readonly [Point, Point], middle: number, profile: Profile, offset: (u: number, station: number) => number): Point[] {
  return STATIONS.map((u, i) => {
    const [x, y] = corners[u < 0 ? 0 : 1];
    return [Math.abs(u) * x, mix(y, middle, profile(Math.abs(u))) + offset(Math.abs(u), i)];
  });
}

export function drawMouth(face: Face): void {
  const { pen, person, au, palette } = face;
  const mouth = shapeMouth(face);
  const isOpen = mouth.gap > 1.2;
  const { upperOuter, upperInner, lowerInner, lowerOuter } = mouth;
  pen.glow(0, MOUTH_Y - lipRaise(au) - mouth.upper - 5, 4, 6, 'shade', 0.4, 6);
  pen.glow(0, lowerOuter[4]![1] + 4.5, 18, 5, 'shade', 0.55);
  if (isOpen) drawInside(face, mouth);
  const lip = (a: readonly Point[], b: readonly Point[]): Point[] => pen.project([...sample(a, 3), ...sample(b, 3).reverse()], LIFT);
  pen.polygon(lip(upperOuter, upperInner), palette.upperLip);
  pen.polygon(lip(lowerInner, lowerOuter), palette.lowerLip);
  pen.glow(0, lowerInner[4]![1] + 0.5 * mouth.lower, 10, 2.2 * person.lipThickness, 'light', 0.35, LIFT);
  pen.line(pen.project(upperInner, LIFT), palette.nostril, isOpen ? 1.2 : 1.5 + 0.4 * au[23], isOpen ? 0.6 : 1);
  for (const s of SIDES) {
    const [x, y] = mouth.corners[s < 0 ? 0 : 1];
    pen.glow(x + 2.5 * s, y, 4.5, 4.5, 'deep', 0.22 + 0.33 * Math.max(au[12], au[15], au[20], 0.5 * au[23]));
  }
}

/** The dark of the open mouth, teeth and tongue, each cut to the opening. */
function drawInside(face: Face, { gap, half, upperInner, lowerInner }: Mouth): void {
  const { pen, au, palette } = face;
  const top = sample(upperInner, 3);
  const bottom = sample(lowerInner, 3);
  const fill = (a: readonly Point[], b: readonly Point[], colour: string): void => pen.polygon(pen.project([...a, ...b.toReversed()], LIFT - 1), colour);
  fill(top, bottom, '#3a0d10');
  // 1 in the middle, 0 at `reach` of the half width: the corners of an open mouth are dark
  const bow = (x: number, reach: number): number => Math.max(0, 1 - (x / (reach * half)) * (x / (reach * half)));
  const under = top.map(([x, y]): Point => [x, Math.min(y + upperTeeth(face, gap) * Math.min(1, 2 * bow(x, 0.84)), Math.max(y, heightAt(bottom, x)))]);
  const raised = (height: number, reach: number): Point[] => bottom.map(([x, y]) => [x, Math.max(y - height * bow(x, reach), heightAt(under, x))]);
  const lowerTeeth = clamp(0.9 * au[16] + 0.8 * au[20] - 0.2) * Math.min(5.5, 0.45 * gap);
  if (gap > 6 && lowerTeeth < 1.5) fill(raised(0.42 * gap, 0.66), bottom, '#9c4346');
  if (lowerTeeth > 0.5) fill(raised(1.3 * lowerTeeth, 0.8), bottom, palette.teeth);
  fill(top, under, palette.teeth);
}

const upperTeeth = ({ au }: Face, gap: number): number =>
  clamp(0.35 + au[10] + 1.1 * au[12] + au[9] + 0.6 * au[20] - 0.25 * au[15]) * Math.min(8, 0.75 * gap + 1);
