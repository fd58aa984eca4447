// UAR and WAR of every fold, variants side by side, and their means: what a fold changes against what a variant changes.
import { axis, FAINT, layout, percent, points, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

/** One run, fractions. */
export interface FoldScore {
  readonly fold: number;
  readonly seed: number;
  readonly uar: number;
  readonly war: number;
}

export interface RunScores {
  readonly name: string;
  readonly scores: readonly FoldScore[];
}

export interface FoldsOptions {
  /** Default both. A published log may hold only one of them. */
  readonly metrics?: readonly ('uar' | 'war')[];
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

type Metric = 'uar' | 'war';

/** @param runs the one that is compared with first */
export function foldsFigure(runs: readonly RunScores[], { metrics = metricsOf(runs), title = foldsFinding(runs, metrics[0]!), subtitle }: FoldsOptions = {}): Figure {
  const folds = [...new Set(runs.flatMap(({ scores }) => scores.map(({ fold }) => fold)))].sort((a, b) => a - b);
  const gap = 0.08, width = (1 - gap * (metrics.length - 1)) / metrics.length;
  const axes = metrics.flatMap((metric, i): [string, unknown][] => {
    const n = i === 0 ? '' : String(i + 1), start = i * (width + gap);
    return [
      [`xaxis${n}`, axis('fold', { domain: [start, start + width], anchor: `y${n}`, tickvals: [...folds.keys(), folds.length + 0.3], ticktext: [...folds.map(String), '<b>mean</b>'], range: [-0.6, folds.length + 0.9], showgrid: false })],
      [`yaxis${n}`, axis(`${isSame(runs) ? 'UAR = WAR' : metric.toUpperCase()} (%)`, { anchor: `x${n}`, range: rangeOf(runs, metric) })],
    ];
  });
  const rules = metrics.map((_, i) => ({ type: 'line', xref: `x${i === 0 ? '' : i + 1}`, x0: folds.length - 0.35, x1: folds.length - 0.35, yref: 'paper', y0: 0, y1: 1, line: { color: FAINT, width: 1 } }));
  const below = [subtitle, runs.some(hasSeeds) ? 'small marks: single seeds' : undefined, `right: mean and standard deviation over the folds${areAlike(runs) ? '' : ' that each was run on: not comparable as long as they differ'}`].filter((text) => text !== undefined).join('; ');
  return {
    data: metrics.flatMap((metric, i) => runs.flatMap((run, r) => [marks(run, folds, metric, i, r, runs.length), whole(run, folds, metric, i, r, runs.length), ...hasSeeds(run) ? [seeds(run, folds, metric, i, r, runs.length)] : []])),
    layout: layout({ title, subtitle: below, height: 330, showlegend: runs.length > 1, ...Object.fromEntries(axes), shapes: rules }),
  };
}

/** With equally many clips of every class WAR is UAR: it is drawn once. */
const isSame = (runs: readonly RunScores[]): boolean => runs.every(({ scores }) => scores.every(({ uar, war }) => Math.abs(uar - war) < 1e-9));
const metricsOf = (runs: readonly RunScores[]): readonly Metric[] => (isSame(runs) ? ['uar'] : ['uar', 'war']);

const areAlike = (runs: readonly RunScores[]): boolean => new Set(runs.map(({ scores }) => [...new Set(scores.map(({ fold }) => fold))].sort().join())).size < 2;
const hasSeeds = ({ scores }: RunScores): boolean => new Set(scores.map(({ fold }) => fold)).size < scores.length;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / Math.max(1, values.length - 1));

/** Mean over the seeds of each fold; folds that were not run are left out. */
function meansOf(scores: readonly FoldScore[], metric: Metric): Map<number, number> {
  const folds = [...new Set(scores.map(({ fold }) => fold))];
  return new Map(folds.map((fold) => [fold, mean(scores.filter((one) => one.fold === fold).map((one) => one[metric]))]));
}

/** Variants beside each other within a fold. */
const shift = (index: number, runs: number): number => 0.16 * (index - (runs - 1) / 2);

function marks({ name, scores }: RunScores, folds: readonly number[], metric: Metric, panel: number, index: number, runs: number): Trace {
  const { colour, symbol } = runStyle(index, runs), means = meansOf(scores, metric), known = folds.filter((fold) => means.has(fold));
  return {
    type: 'scatter', mode: 'markers', name, legendgroup: name, showlegend: panel === 0, ...axesOf(panel),
    x: known.map((fold) => folds.indexOf(fold) + shift(index, runs)), y: known.map((fold) => 100 * means.get(fold)!),
    marker: { symbol, size: 11, color: colour, line: { color: colour, width: 2 } },
    customdata: known, hovertemplate: `fold %{customdata}: ${metric.toUpperCase()} %{y:.1f} %<extra>${name}</extra>`,
  };
}

/** Mean and standard deviation of the folds, right of them. */
function whole({ name, scores }: RunScores, folds: readonly number[], metric: Metric, panel: number, index: number, runs: number): Trace {
  const { colour, symbol } = runStyle(index, runs), values = [...meansOf(scores, metric).values()].map((value) => 100 * value);
  return {
    type: 'scatter', mode: 'markers', legendgroup: name, showlegend: false, ...axesOf(panel),
    x: values.length === 0 ? [] : [folds.length + 0.3 + shift(index, runs)], y: values.length === 0 ? [] : [mean(values)],
    ...values.length > 1 && { error_y: { type: 'data', array: [deviation(values)], color: colour, thickness: 1.5, width: 4 } },
    marker: { symbol, size: 11, color: colour, line: { color: colour, width: 2 } },
    hovertemplate: `mean of ${values.length} folds: ${metric.toUpperCase()} %{y:.1f} %<extra>${name}</extra>`,
  };
}

function seeds({ name, scores }: RunScores, folds: readonly number[], metric: Metric, panel: number, index: number, runs: number): Trace {
  const { colour } = runStyle(index, runs);
  return {
    type: 'scatter', mode: 'markers', legendgroup: name, showlegend: false, ...axesOf(panel),
    x: scores.map(({ fold }) => folds.indexOf(fold) + shift(index, runs)), y: scores.map((one) => 100 * one[metric]),
    marker: { symbol: 'line-ew', size: 8, line: { color: colour, width: 1.5 } },
    customdata: scores.map(({ fold, seed }) => `fold ${fold}, seed ${seed}`), hovertemplate: `%{customdata}: ${metric.toUpperCase()} %{y:.1f} %<extra>${name}</extra>`,
  };
}

const axesOf = (panel: number): Trace => (panel === 0 ? { xaxis: 'x', yaxis: 'y' } : { xaxis: `x${panel + 1}`, yaxis: `y${panel + 1}` });

/** A tenth of room below and above what is drawn. */
function rangeOf(runs: readonly RunScores[], metric: Metric): [number, number] {
  const values = runs.flatMap(({ scores }) => scores.map((one) => 100 * one[metric]));
  if (values.length === 0) return [0, 100];
  const [low, high] = [Math.min(...values), Math.max(...values)], room = Math.max(1.5, 0.15 * (high - low));
  return [Math.max(0, low - room), Math.min(100, high + room)];
}

/** E.g. "GCA+IAL is above baseline in 3 of 5 folds: mean UAR 52.3 % against 51.8 % (+0.5 points)". */
export function foldsFinding(runs: readonly RunScores[], metric: Metric): string {
  const [first, last] = [runs[0], runs.at(-1)];
  if (!first || !last || first.scores.length === 0) return 'No runs';
  const name = metric.toUpperCase(), before = meansOf(first.scores, metric), after = meansOf(last.scores, metric);
  const text = (means: ReadonlyMap<number, number>): string => percent(mean([...means.values()]));
  if (first === last) return `${first.name}: ${name} ${text(before)}\u00a0% over ${before.size} fold${before.size === 1 ? '' : 's'}`;
  const shared = [...before.keys()].filter((fold) => after.has(fold));
  if (shared.length === 0) return `${first.name} and ${last.name} have no fold in common`;
  const above = shared.filter((fold) => after.get(fold)! > before.get(fold)!).length;
  const [a, b] = [before, after].map((means) => new Map(shared.map((fold) => [fold, means.get(fold)!]))) as [Map<number, number>, Map<number, number>];
  const gain = mean(shared.map((fold) => after.get(fold)! - before.get(fold)!));
  return `${last.name[0]!.toUpperCase()}${last.name.slice(1)} is above ${first.name} in ${above} of ${shared.length} fold${shared.length === 1 ? '' : 's'}: mean ${name} ${text(b)}\u00a0% against ${text(a)}\u00a0% (${points(gain)} points)`;
}
