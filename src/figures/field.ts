// What the field has published, in the order of time: UAR and WAR of every method on both sets. None of it is measured here.
import { axis, FAINT, INK, layout, type Figure, type Trace } from './figure.ts';
import { PUBLISHED_COLOUR, runStyle } from './palette.ts';

interface Scores { readonly uar: number; readonly war: number }

/** Percent, as printed. */
export interface PublishedMethod {
  readonly method: string;
  readonly year: number;
  /** Known to see or to be trained on more than the set's labelled video: text, sound, other data. */
  readonly usesMore: boolean;
  readonly dfew: Scores | null;
  readonly ferv39k: Scores | null;
  /** Shown when the pointer is over it. */
  readonly source: string;
}

export interface FieldOptions {
  /** The method that the others are seen against. */
  readonly paper: string;
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

const SETS = [['dfew', 'DFEW'], ['ferv39k', 'FERV39k']] as const;
const METRICS = ['uar', 'war'] as const;
type Metric = (typeof METRICS)[number];

/** One row a method, the earliest on top; circles UAR, diamonds WAR; full marks use more than the labelled video. */
export function fieldFigure(methods: readonly PublishedMethod[], { paper, title = fieldFinding(methods, paper), subtitle = 'as printed by their authors or restated by others; dotted: the paper' }: FieldOptions): Figure {
  const rows = [...methods].sort((a, b) => a.year - b.year || (a.dfew ?? a.ferv39k)!.uar - (b.dfew ?? b.ferv39k)!.uar);
  const panels = SETS.flatMap(([set, name], i): [string, unknown][] => [
    [`xaxis${i === 0 ? '' : 2}`, axis(`recall on ${name} (%)`, { domain: i === 0 ? [0, 0.57] : [0.6, 1], anchor: 'y', range: rangeOf(rows, set), side: 'bottom' })],
  ]);
  return {
    data: SETS.flatMap(([set], i) => METRICS.flatMap((metric) => [false, true].map((usesMore) => marks(rows, paper, set, metric, i, usesMore)))),
    layout: layout({
      title, subtitle, height: 70 + 21 * rows.length,
      ...Object.fromEntries(panels),
      yaxis: axis('', { range: [rows.length - 0.4, -0.6], tickvals: rows.map((_, i) => i), ticktext: rows.map((row) => labelOf(row, paper)), ticks: '', tickfont: { size: 11 } }),
      shapes: rules(rows, paper), legend: { orientation: 'h', x: 0, xanchor: 'left', y: -48 / (21 * rows.length), yanchor: 'top' },
    }),
  };
}

const labelOf = ({ method, year }: PublishedMethod, paper: string): string =>
  (method === paper ? `<b style="color:${PUBLISHED_COLOUR}">${method}</b>  ${year}` : `${method}  <span style="color:#57606a">${year}</span>`);

function marks(rows: readonly PublishedMethod[], paper: string, set: 'dfew' | 'ferv39k', metric: Metric, panel: number, usesMore: boolean): Trace {
  const shown = rows.flatMap((row, y) => (row[set] && row.usesMore === usesMore ? [{ y, row, value: row[set][metric] }] : []));
  const colours = shown.map(({ row }) => (row.method === paper ? PUBLISHED_COLOUR : metric === 'uar' ? runStyle(1, 2).colour : runStyle(0, 2).colour));
  return {
    type: 'scatter', mode: 'markers', name: usesMore ? metric.toUpperCase() : 'open: no other data, text or sound known',
    showlegend: panel === 0 && (usesMore || metric === 'uar'), legendrank: usesMore ? 1 : 2, xaxis: panel === 0 ? 'x' : 'x2', yaxis: 'y',
    x: shown.map(({ value }) => value), y: shown.map(({ y }) => y),
    marker: { symbol: metric === 'uar' ? 'circle' : 'diamond', size: 10, color: usesMore ? colours : '#ffffff', line: { color: colours, width: 2 } },
    customdata: shown.map(({ row }) => `${row.method}, ${row.year}<br>${row.source}`), hovertemplate: `%{customdata}<br>${metric.toUpperCase()} %{x:.2f} %<extra></extra>`,
  };
}

/** Through the paper's marks, from top to bottom. */
function rules(rows: readonly PublishedMethod[], paper: string): Record<string, unknown>[] {
  const found = rows.find(({ method }) => method === paper);
  return SETS.flatMap(([set], i) => METRICS.flatMap((metric) => (found?.[set]
    ? [{ type: 'line', layer: 'below', xref: i === 0 ? 'x' : 'x2', x0: found[set][metric], x1: found[set][metric], yref: 'paper', y0: 0, y1: 1, line: { color: metric === 'uar' ? INK : FAINT, dash: 'dot', width: 1 } }] : [])));
}

function rangeOf(rows: readonly PublishedMethod[], set: 'dfew' | 'ferv39k'): [number, number] {
  const values = rows.flatMap((row) => (row[set] ? [row[set].uar, row[set].war] : []));
  return values.length === 0 ? [0, 100] : [Math.floor(Math.min(...values) / 5) * 5 - 1, Math.ceil(Math.max(...values) / 5) * 5 + 1];
}

/** Of DFEW's UAR: how many of those after the paper are above it, and by how much the best is. */
export function fieldFinding(methods: readonly PublishedMethod[], paper: string): string {
  const own = methods.find(({ method }) => method === paper);
  if (!own?.dfew) return 'Published results';
  const { uar } = own.dfew;
  const others = methods.filter(({ method, dfew, year }) => method !== paper && dfew !== null && year >= own.year);
  const above = others.filter(({ dfew }) => dfew!.uar > uar);
  if (above.length === 0) return `${paper}'s ${uar.toFixed(1)}\u00a0% UAR on DFEW is not surpassed by these`;
  const best = above.reduce((a, b) => (b.dfew!.uar > a.dfew!.uar ? b : a)), plain = above.filter(({ usesMore }) => !usesMore).length;
  const share = above.length < others.length ? `Of ${others.length} methods since ${own.year}, ${above.length}` : others.length === 1 ? `The one method since ${own.year}` : `All ${others.length} methods since ${own.year}`;
  return `${share} ${above.length === 1 ? 'is' : 'are'} above ${paper}'s UAR of ${uar.toFixed(1)}\u00a0% on DFEW, ${plain === 0 ? 'all with other data, text or sound' : `${plain} of them not known to use more than its video`}; ${best.method} leads with ${best.dfew!.uar.toFixed(1)}\u00a0%`;
}
