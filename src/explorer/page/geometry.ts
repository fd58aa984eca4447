// Where things are: a grid to find the point under the mouse, and what lies inside a drawn line.

export interface Finder {
  /** Index of the nearest point within `radius`, or -1. */
  nearest(x: number, y: number, radius: number): number;
}

const CELLS = 96;

/** positions [points, 2], anywhere. */
export function createFinder(positions: Float32Array): Finder {
  const [left, top, right, bottom] = extent(positions);
  const width = (right - left) / CELLS || 1, height = (bottom - top) / CELLS || 1;
  const column = (x: number): number => Math.min(CELLS - 1, Math.max(0, Math.floor((x - left) / width)));
  const row = (y: number): number => Math.min(CELLS - 1, Math.max(0, Math.floor((y - top) / height)));
  const cells: number[][] = Array.from({ length: CELLS * CELLS }, () => []);
  for (let i = 0; i < positions.length / 2; i++) cells[row(positions[2 * i + 1]!) * CELLS + column(positions[2 * i]!)]!.push(i);
  return {
    nearest(x, y, radius) {
      let best = -1, least = radius * radius;
      for (let r = row(y - radius); r <= row(y + radius); r++) {
        for (let c = column(x - radius); c <= column(x + radius); c++) {
          for (const i of cells[r * CELLS + c]!) {
            const squared = (positions[2 * i]! - x) ** 2 + (positions[2 * i + 1]! - y) ** 2;
            if (squared < least || (squared === least && i > best)) { best = i; least = squared; }
          }
        }
      }
      return best;
    },
  };
}

export function extent(positions: Float32Array, clips?: readonly number[]): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (i: number): void => {
    left = Math.min(left, positions[2 * i]!); right = Math.max(right, positions[2 * i]!);
    top = Math.min(top, positions[2 * i + 1]!); bottom = Math.max(bottom, positions[2 * i + 1]!);
  };
  if (clips) for (const i of clips) take(i);
  else for (let i = 0; i < positions.length / 2; i++) take(i);
  return left <= right ? [left, top, right, bottom] : [-1, -1, 1, 1];
}

/** Even-odd rule. polygon [x, y, x, y, ...] */
export function isInside(x: number, y: number, polygon: readonly number[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 2; i < polygon.length; j = i, i += 2) {
    const [ax, ay, bx, by] = [polygon[i]!, polygon[i + 1]!, polygon[j]!, polygon[j + 1]!];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

export const clipsInside = (positions: Float32Array, polygon: readonly number[]): number[] =>
  Array.from({ length: positions.length / 2 }, (_, i) => i).filter((i) => isInside(positions[2 * i]!, positions[2 * i + 1]!, polygon));
