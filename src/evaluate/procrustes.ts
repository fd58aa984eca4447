// Maps laid over each other: UMAP's place, turn, reflection and size mean nothing, so they are taken out before two maps of
// the same clips are shown side by side (Procrustes alignment by least squares: Gower and Dijksterhuis 2004, chapter 4).

export interface PlacedMap {
  readonly ids: readonly string[];
  /** [ids, 2], row-major. */
  readonly positions: Float32Array;
}

export interface AlignedMap extends PlacedMap {
  /** Clips that both maps have, which decided the alignment. */
  readonly shared: number;
  /** What remains: 0 the maps are the same up to the alignment, 1 they have nothing in common. */
  readonly disparity: number;
}

/** Turns, reflects, scales and moves `map` so that its clips come to lie where `onto` has them. @throws RangeError with fewer than 3 shared clips, or where those lie in one place. */
export function align(map: PlacedMap, onto: PlacedMap): AlignedMap {
  const at = new Map(onto.ids.map((id, i) => [id, i]));
  const pairs = map.ids.flatMap((id, i) => { const j = at.get(id); return j === undefined ? [] : [[i, j] as const]; });
  if (pairs.length < 3) throw new RangeError(`align: expected at least 3 clips in both maps, found ${pairs.length}`);
  const from = middle(map.positions, pairs.map(([i]) => i)), to = middle(onto.positions, pairs.map(([, j]) => j));
  const [a, b] = [spread(map.positions, pairs.map(([i]) => i), from), spread(onto.positions, pairs.map(([, j]) => j), to)];
  if (!(a > 0 && b > 0)) throw new RangeError('align: expected clips in more than one place');
  const { rotation, trace } = bestTurn(map.positions, from, onto.positions, to, pairs);
  const scale = trace / a;
  const positions = map.positions.slice();
  for (let i = 0; i < positions.length; i += 2) {
    const x = map.positions[i]! - from[0], y = map.positions[i + 1]! - from[1];
    positions[i] = to[0] + scale * (rotation[0] * x + rotation[1] * y);
    positions[i + 1] = to[1] + scale * (rotation[2] * x + rotation[3] * y);
  }
  return { ids: map.ids, positions, shared: pairs.length, disparity: Math.max(0, 1 - (trace * trace) / (a * b)) };
}

/** Each map onto the one before it, the first as it is; for the epochs of a run. */
export function alignAll(maps: readonly PlacedMap[]): AlignedMap[] {
  const aligned: AlignedMap[] = [];
  for (const map of maps) {
    const before = aligned.at(-1);
    aligned.push(before ? align(map, before) : { ...map, shared: map.ids.length, disparity: 0 });
  }
  return aligned;
}

type Point = readonly [number, number];

function middle(positions: Float32Array, rows: readonly number[]): Point {
  let [x, y] = [0, 0];
  for (const row of rows) { x += positions[2 * row]!; y += positions[2 * row + 1]!; }
  return [x / rows.length, y / rows.length];
}

/** Sum of squared distances from the middle. */
function spread(positions: Float32Array, rows: readonly number[], [x, y]: Point): number {
  return rows.reduce((sum, row) => sum + (positions[2 * row]! - x) * (positions[2 * row]! - x) + (positions[2 * row + 1]! - y) * (positions[2 * row + 1]! - y), 0);
}

/** In the plane the best turn has a closed form, once without and once with a reflection; trace is what it gains. */
function bestTurn(a: Float32Array, from: Point, b: Float32Array, to: Point, pairs: readonly (readonly [number, number])[]): { rotation: readonly [number, number, number, number]; trace: number } {
  let [xx, xy, yx, yy] = [0, 0, 0, 0];
  for (const [i, j] of pairs) {
    const ax = a[2 * i]! - from[0], ay = a[2 * i + 1]! - from[1], bx = b[2 * j]! - to[0], by = b[2 * j + 1]! - to[1];
    xx += ax * bx; xy += ax * by; yx += ay * bx; yy += ay * by;
  }
  const turned = Math.hypot(xx + yy, xy - yx), reflected = Math.hypot(xx - yy, xy + yx);
  if (turned >= reflected) {
    const [c, s] = turned === 0 ? [1, 0] : [(xx + yy) / turned, (xy - yx) / turned];
    return { rotation: [c, -s, s, c], trace: turned };
  }
  const [c, s] = [(xx - yy) / reflected, (xy + yx) / reflected];
  return { rotation: [c, s, s, -c], trace: reflected };
}
