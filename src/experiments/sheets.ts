// What a synthetic benchmark looks like: its expressions, their intensity, its people, and some of its clips, as figures.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { contactSheet, expressionSheet, identitySheet, intensitySheet, type ClipDescription, type SyntheticBenchmark } from '../data/synthetic/index.ts';
import { contactSheetFigure, type Sheet } from '../figures/contactSheet.ts';
import type { Figure } from '../figures/figure.ts';
import { closeFigures, figurePng } from '../figures/png.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { EXPRESSIONS } from '../labels.ts';

const LEVELS = [0.1, 0.25, 0.5, 0.75, 1], PEOPLE = [0, 1, 4, 7], PERSON = 3;
/** Rows and columns of portraits. */
const CROWD = [4, 8] as const;
/** Frames of a clip, and the side of one in pixels. */
const FRAMES = 9, TILE = 88;

/** Figures by name. Portraits are of the benchmark's people in calm light; clips are as they are rendered. */
export async function benchmarkSheets(benchmark: SyntheticBenchmark): Promise<ReadonlyMap<string, Figure>> {
  const { seed } = benchmark.parameters;
  const clips = EXPRESSIONS.map((expression) => benchmark.ids.find((id) => benchmark.describe(id).expression === expression)).filter((id) => id !== undefined);
  const rendered = 'synthetic faces; no real person';
  return new Map([
    ['sheet-expressions', contactSheetFigure(await sheet(expressionSheet(seed, PEOPLE, 120, 'jpeg'), PEOPLE.length, EXPRESSIONS.length), {
      title: 'Seven expressions at full intensity, made of action units', subtitle: `${rendered}; four of the benchmark's people`, columnLabels: EXPRESSIONS,
    })],
    ['sheet-intensity', contactSheetFigure(await sheet(intensitySheet(seed, PERSON, LEVELS, 120, 'jpeg'), LEVELS.length, EXPRESSIONS.length), {
      title: 'Below a quarter of the full intensity, expressions are hard to tell apart', subtitle: `${rendered}; one person, true intensity at the left`, columnLabels: EXPRESSIONS, rowLabels: LEVELS.map(String),
    })],
    ['sheet-people', contactSheetFigure(await sheet(identitySheet(seed, ...CROWD, 100, 'jpeg'), ...CROWD), {
      title: 'People differ in shape, skin, hair, age, beard and glasses', subtitle: `${rendered}; at rest, each with a resting face of its own`,
    })],
    ['sheet-clips', contactSheetFigure(await sheet(clipRows(benchmark, clips), clips.length, FRAMES), {
      title: 'A clip of each expression, as the network gets them', subtitle: `synthetic faces; the first listed clip of each; left: label, true peak intensity, what it follows`,
      rowLabels: clips.map((id) => rowLabel(benchmark.describe(id))),
    })],
  ]);
}

async function sheet(jpeg: Promise<Buffer>, rows: number, columns: number): Promise<Sheet> {
  return { image: `data:image/jpeg;base64,${(await jpeg).toString('base64')}`, rows, columns };
}

function clipRows({ describe, render }: SyntheticBenchmark, ids: readonly string[]): Promise<Buffer> {
  const row = async (id: string): Promise<Buffer[]> => {
    const count = describe(id).intensity.length;
    const frames = await render(id, Array.from({ length: FRAMES }, (_, i) => Math.floor((i + 0.5) * count / FRAMES)));
    return Promise.all(frames.map((frame) => sharp(frame).resize(TILE, TILE).png().toBuffer()));
  };
  return Promise.all(ids.map(row)).then((rows) => contactSheet(rows, TILE, 'jpeg'));
}

const rowLabel = ({ expression, peak, first }: ClipDescription): string =>
  `<b>${expression}</b>${expression === 'neutral' ? '' : ` ${peak.toFixed(2)}`}${first ? `<br>after ${first.expression}` : ''}`;

/** Writes NAME.json and NAME.png, the picture in 256 colours. @returns the PNG files. @throws UserError when there is no Chromium. */
export async function writeSheets(figures: ReadonlyMap<string, Figure>, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  try {
    for (const [name, figure] of figures) {
      const png = join(folder, `${name}.png`);
      await writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(figure)}\n`);
      await writeFileAtomic(png, await sharp(await figurePng(figure, { scale: 1 })).png({ palette: true, quality: 90, compressionLevel: 9 }).toBuffer());
      files.push(png);
    }
  } finally { await closeFigures(); }
  return files;
}
