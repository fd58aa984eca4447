// The benchmark that `npm start` renders, and the figures and numbers it leaves in figures/.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RenderOptions } from '../data/synthetic/index.ts';
import { confusionFigure } from '../figures/confusion.ts';
import type { Figure } from '../figures/figure.ts';
import { closeFigures, figurePng } from '../figures/png.ts';
import { recallFigure } from '../figures/recall.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import type { EnsuredRun } from './reproduce.ts';

/** Folder of the quick benchmark below the working folder. */
export const QUICK_DATA = join('datasets', 'synthetic', 'quick');

/** Large enough that UAR's standard error is 2 points, small enough to be rendered in a minute and a half on 2 cores. */
export const QUICK_BENCHMARK: Pick<RenderOptions, 'layout' | 'trainClips' | 'testClips' | 'size' | 'frames' | 'seed'> =
  { layout: 'dfew', trainClips: 896, testClips: 560, size: 80, frames: [16, 40], seed: 1 };

/** Figures of the runs by name: recall of all runs together, and a confusion matrix of each. */
export function quickFigures(runs: readonly EnsuredRun[]): ReadonlyMap<string, Figure> {
  const [first] = runs;
  const { labelNames, isSynthetic, metrics } = first!.evaluation;
  const data = `${metrics.counts.reduce((sum, n) => sum + n, 0)} test clips${isSynthetic ? ' of the synthetic benchmark' : ''}, one seed`;
  const confusions = runs.map(({ plan: { name }, evaluation }) =>
    [`${name}-confusion`, confusionFigure(evaluation.metrics.confusion, { labelNames, subtitle: `${name}: ${data}` })] as const);
  const recall = recallFigure(runs.map(({ plan, evaluation }) => ({ name: plan.variant, metrics: evaluation.metrics })), { labelNames, subtitle: `${data}; whiskers: one standard error over the test clips; dotted: chance` });
  return new Map([[`${first!.plan.config.preset}-recall`, recall], ...confusions]);
}

/** Writes NAME.json (what Plotly draws, numbers and all) and NAME.png for each figure. @returns the PNG files. */
export async function writeFigures(figures: ReadonlyMap<string, Figure>, folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  try {
    for (const [name, figure] of figures) {
      await writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(figure)}\n`);
      const png = join(folder, `${name}.png`);
      await writeFileAtomic(png, await figurePng(figure, { width: 900, height: figure.layout.height }));
      files.push(png);
    }
  } finally { await closeFigures(); }
  return files;
}
