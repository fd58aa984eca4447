// Recall per expression, runs side by side; the paper's row only as a mark of its own, because it was measured on DFEW.
import type { Metrics } from '../runs/types.ts';
import { axis, FAINT, INK, layout, percent, points, type Figure, type Trace } from './figure.ts';
import { PUBLISHED_COLOUR, runStyle } from './palette.ts';

export interface RunRecall {
  readonly name: string;
  readonly metrics: Metrics;
}

/** A row of a paper's table (experiments/published.ts). */
export interface PublishedRecall {
  /** Where it was measured, e.g. "DFEW, 5 folds". */
  readonly dataset: string;
  /** Percent, as printed, in the order of the labels. */
  readonly recall: readonly number[] | null;
  readonly uar: number;
  /** The runs are on the same clips. Default false: said beside the marks. */
  readonly isComparable?: boolean;
}

export interface RecallOptions {
  readonly labelNames: readonly string[];
  readonly published?: PublishedRecall;
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

/** Bars of recall with binomial standard errors, UAR last. */
export function recallFigure(runs: readonly RunRecall[], { labelNames, published, title = recallFinding(runs), subtitle = 'whiskers: one standard error over the test clips; dotted: chance' }: RecallOptions): Figure {
  const names = [...labelNames, '<b>UAR</b>'];
  return {
    data: [...runs.map((run, index) => bars(run, names, index, runs.length)), ...published ? [marks(published, names)] : []],
    layout: layout({
      title, subtitle, height: 380, showlegend: runs.length > 1 || published !== undefined, barmode: 'group', bargap: 0.25, bargroupgap: 0.06,
      xaxis: axis('', { ticks: '' }), yaxis: axis('recall (%)', { range: [0, 100] }),
      shapes: [
        { type: 'line', xref: 'paper', x0: 0, x1: 1, y0: 100 / labelNames.length, y1: 100 / labelNames.length, line: { color: FAINT, dash: 'dot', width: 1 } },
        { type: 'line', x0: labelNames.length - 0.5, x1: labelNames.length - 0.5, yref: 'paper', y0: 0, y1: 1, line: { color: FAINT, width: 1 } },
      ],
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.12, yanchor: 'top' },
    }),
  };
}

function bars({ name, metrics }: RunRecall, names: readonly string[], index: number, runs: number): Trace {
  const { recall, counts, uar, uarStandardError } = metrics;
  const { colour, pattern } = runStyle(index, runs);
  const errors = recall.map((r, c) => (r === null ? 0 : 100 * Math.sqrt((r * (1 - r)) / counts[c]!)));
  return {
    type: 'bar', name, x: names, y: [...recall, uar].map((r) => (r === null ? null : 100 * r)),
    error_y: { type: 'data', array: [...errors, 100 * uarStandardError], color: INK, thickness: 1, width: 3 },
    marker: { color: colour, pattern: { shape: pattern, bgcolor: colour, fgcolor: '#ffffff', solidity: 0.2, size: 6 }, line: { color: colour, width: 1 } },
    customdata: [...counts.map((n) => `${n} clips`), 'mean of the expressions'], hovertemplate: `%{x}: %{y:.1f} ± %{error_y.array:.1f} %<br>%{customdata}<extra>${name}</extra>`,
  };
}

function marks({ dataset, recall, uar, isComparable = false }: PublishedRecall, names: readonly string[]): Trace {
  return {
    type: 'scatter', mode: 'markers', name: `paper, on ${dataset}${isComparable ? '' : ': other data, not comparable'}`, x: names,
    y: [...recall ?? names.slice(1).map(() => null), uar],
    marker: { symbol: 'diamond-open', size: 11, color: PUBLISHED_COLOUR, line: { width: 2 } }, cliponaxis: false,
    hovertemplate: `%{x}: %{y:.2f} % on ${dataset}<extra>paper</extra>`,
  };
}

function recallFinding(runs: readonly RunRecall[]): string {
  const [first, ...others] = runs;
  const last = others.at(-1);
  if (!first) return 'No runs';
  if (!last) return `${first.name}: UAR ${percent(first.metrics.uar)}\u00a0%, WAR ${percent(first.metrics.war)}\u00a0%`;
  const difference = last.metrics.uar - first.metrics.uar;
  const error = Math.hypot(first.metrics.uarStandardError, last.metrics.uarStandardError);
  const verdict = Math.abs(difference) > 2 * error ? '' : ', within two standard errors';
  return `UAR: ${first.name} ${percent(first.metrics.uar)}\u00a0%, ${last.name} ${percent(last.metrics.uar)}\u00a0% (${points(difference)} points${verdict})`;
}
