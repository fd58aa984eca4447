// Shapes of the points, so that classes can be told apart without their colours: drawn on the map by the shader, in the
// legend as paths. Both are in a square from -1 to 1, y down.
import { svg } from './dom.ts';

const PLUS = 'M-.38-1H.38V-.38H1V.38H.38V1H-.38V.38H-1V-.38H-.38Z';

/** A shape and its turn in degrees; more classes begin again. */
const PATHS: readonly (readonly [string, number])[] = [
  ['M-1 0A1 1 0 1 1 1 0A1 1 0 1 1-1 0Z', 0], ['M-.87-.87H.87V.87H-.87Z', 0], ['M0-1L1 .8H-1Z', 0], ['M0-1L1 0 0 1-1 0Z', 0],
  ['M0-1L1 .8H-1Z', 180], [PLUS, 0], [PLUS, 45], ['M-1 0A1 1 0 1 1 1 0A1 1 0 1 1-1 0ZM-.45 0A.45.45 0 1 0 .45 0A.45.45 0 1 0-.45 0Z', 0],
];
export const SHAPES = PATHS.length;

/** How far out a place is: 1 on the edge of the shape. */
export const REACH_GLSL = `
float plus(vec2 a) { return min(max(a.x / 0.38, a.y), max(a.y / 0.38, a.x)); }
float triangle(vec2 p) { return max(0.866 * abs(p.x) - 0.5 * (p.y - 0.2), p.y - 0.2) / 0.6; }
float reach(vec2 p, int shape) {
  vec2 a = abs(p);
  if (shape == 1) return max(a.x, a.y) / 0.87;
  if (shape == 2) return triangle(p);
  if (shape == 3) return a.x + a.y;
  if (shape == 4) return triangle(vec2(p.x, -p.y));
  if (shape == 5) return plus(a);
  if (shape == 6) return plus(abs(vec2(p.x + p.y, p.x - p.y)) * 0.7071);
  if (shape == 7) return abs(length(p) - 0.725) / 0.275;
  return length(p);
}`;

export function shapeSwatch(colour: string, shape: number): SVGElement {
  const [path, turn] = PATHS[shape % SHAPES]!;
  return svg('svg', { class: 'swatch', viewBox: '-1 -1 2 2', 'aria-hidden': 'true' }, svg('path', { d: path, fill: colour, transform: `rotate(${turn})` }));
}
