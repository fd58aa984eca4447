// Contact sheets: grids of what the benchmark looks like, for the workbook and for looking.

import sharp from 'sharp';
import { EXPRESSIONS, type Expression } from '../../labels.ts';
import { random } from '../../random.ts';
import { ACTION_UNITS, PROTOTYPES, atRest, type Activation } from './actionUnits.ts';
import { DESIGN, type Design } from './design.ts';
import { describeClip } from './describe.ts';
import { backgroundSvg, faceSvg } from './face/face.ts';
import { makeIdentity, type Identity } from './identity.ts';
import { mix } from './numbers.ts';
import { frameRenderer, layOver, rasterise } from './render.ts';
import { drawScene, type Pose } from './scene.ts';

const FACING: Pose = { yaw: 0.05, pitch: 0, roll: 0, x: 0, y: -16, scale: 1.32, gazeX: 0, gazeY: 0 };

/** One picture of a sheet: encoded bytes of a square image. */
export type Tile = Promise<Uint8Array> | Uint8Array;

/** JPEG is smaller; it is what figures hold. */
export type SheetFormat = 'png' | 'jpeg';

/** Rows of square tiles as one picture. @param tile side of a tile, pixels. */
export async function contactSheet(rows: readonly (readonly Tile[])[], tile: number, format: SheetFormat = 'png'): Promise<Buffer> {
  const width = Math.max(...rows.map((row) => row.length)) * tile;
  const cells = await Promise.all(rows.flatMap((row, y) => row.map(async (input, x) => ({ input: Buffer.from(await input), left: x * tile, top: y * tile }))));
  const sheet = sharp({ create: { width, height: rows.length * tile, channels: 3, background: '#fff' } }).composite(cells);
  return (format === 'png' ? sheet.png({ palette: true, quality: 92, effort: 7 }) : sheet.jpeg({ quality: 85, mozjpeg: true })).toBuffer();
}

/** A person at rest, or showing an expression with the given intensity. */
export function expressionState(person: Identity, expression: Expression, intensity: number): Activation {
  const state = atRest();
  for (const unit of ACTION_UNITS) {
    const shown = PROTOTYPES[expression][unit];
    const resting = 0.5 * person.resting[unit];
    state[unit] = shown === undefined ? resting : mix(resting, shown, intensity);
  }
  return state;
}

/** A studio portrait as PNG. */
export function portrait(seed: number, number: number, expression: Expression, intensity: number, size: number, pose: Partial<Pose> = {}): Promise<Buffer> {
  const person = makeIdentity(seed, number);
  const scene = drawScene(random(seed, 'studio', number), { ...DESIGN, nuisance: 0.3, occluders: 0 });
  const svg = faceSvg(person, expressionState(person, expression, intensity), { ...FACING, ...pose }, scene, size);
  const rgb = layOver(rasterise(svg), rasterise(backgroundSvg(scene, size)));
  return sharp(rgb, { raw: { width: size, height: size, channels: 3 } }).png().toBuffer();
}

/** Every expression (columns) of some people (rows) at full intensity. */
export const expressionSheet = (seed: number, people: readonly number[], tile = 150, format?: SheetFormat): Promise<Buffer> =>
  contactSheet(people.map((n) => EXPRESSIONS.map((e) => portrait(seed, n, e, 1, tile))), tile, format);

/** Every expression (columns) of one person from weak to strong (rows). */
export const intensitySheet = (seed: number, person: number, levels: readonly number[] = [0.1, 0.25, 0.5, 0.75, 1], tile = 150, format?: SheetFormat): Promise<Buffer> =>
  contactSheet(levels.map((level) => EXPRESSIONS.map((e) => portrait(seed, person, e, level, tile))), tile, format);

/** Neutral portraits of the first people, turned a little. */
export function identitySheet(seed: number, rows = 5, columns = 8, tile = 112, format?: SheetFormat): Promise<Buffer> {
  return contactSheet(Array.from({ length: rows }, (_, y) => Array.from({ length: columns }, (_unused, x) => {
    const r = random(seed, 'turn', y * columns + x);
    return portrait(seed, y * columns + x, 'neutral', 0, tile, { yaw: r.normal(0, 0.15), pitch: r.normal(0, 0.08), roll: r.normal(0, 0.06) });
  })), tile, format);
}

/** Clips as strips, one for each expression, as the benchmark renders them. `design` may ask for weak clips, transitions, ... */
export function clipSheet(seed: number, design: Partial<Design> = {}, columns = 10, tile = 112): Promise<Buffer> {
  const rows = EXPRESSIONS.map((_, label) => {
    const clip = describeClip(seed, label * DESIGN.clipsPerIdentity, { label, design: { ...DESIGN, ...design } });
    const render = frameRenderer(clip, tile);
    return Array.from({ length: columns }, (_unused, i) => render(Math.floor((i + 0.5) * clip.intensity.length / columns)));
  });
  return contactSheet(rows, tile);
}
