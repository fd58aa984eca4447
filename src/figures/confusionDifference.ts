// How a confusion matrix changes: points of the row that a variant moved, marked where it is more than noise.
import { axis, INK, layout, points, signed, type Figure, type Trace } from './figure.ts';
import { DIVERGING } from './palette.ts';

/** Change of the share of the true class: a fraction, and its interval. */
export interface ChangedCell {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** After Holm's correction over the cells. */
  readonly pHolm: number;
}

export interface ConfusionDifferenceOptions {
  readonly labelNames: readonly string[];
  /** Clips of each true class. */
  readonly counts: readonly number[];
  /** What changed and what it is compared with, e.g. ['GCA+IAL', 'baseline']. */
  readonly names: readonly [string, string];
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

const LEVEL = 0.05;
const isFound = (cell: ChangedCell): boolean => cell.pHolm < LEVEL;

/** @param cells [true][predicted]; null for a class without clips */
export function confusionDifferenceFigure(cells: readonly (readonly (ChangedCell | null)[])[], options: ConfusionDifferenceOptions): Figure {
  const { labelNames, counts, names, title = confusionDifferenceFinding(cells, options), subtitle } = options;
  const rows = labelNames.map((name, c) => `${name} (${counts[c]})`);
  const limit = Math.max(5, ...cells.flat().map((cell) => (cell ? 100 * Math.abs(cell.estimate) : 0)));
  const below = `points of the row, ${names[0]} minus ${names[1]}; brackets: 95 % interval; framed: beyond noise (Holm over all cells, 5 %)`;
  return {
    data: [{
      type: 'heatmap', z: cells.map((row) => row.map((cell) => cell && 100 * cell.estimate)), x: labelNames, y: rows,
      customdata: cells.map((row) => row.map((cell) => (cell ? `${interval(cell)}, p ${cell.pHolm.toFixed(3)}` : ''))),
      hovertemplate: 'true %{y}<br>predicted %{x}<br>%{z:+.1f} points %{customdata}<extra></extra>',
      colorscale: DIVERGING, zmin: -limit, zmax: limit, xgap: 2, ygap: 2,
      colorbar: { title: { text: 'change<br>(points)' }, thickness: 12, len: 0.9, outlinewidth: 0, tickfont: { size: 12 } },
    }, texts(cells, labelNames, rows, limit)],
    layout: layout({
      title, subtitle: [subtitle, below].filter((text) => text !== undefined).join('; '), height: 470, showlegend: false,
      xaxis: axis('predicted expression', { showgrid: false, constrain: 'domain', ticks: '' }),
      yaxis: axis('true expression (clips)', { showgrid: false, autorange: 'reversed', ticks: '' }),
      shapes: frames(cells),
    }),
  };
}

const interval = ({ low, high }: ChangedCell): string => `[${signed(100 * low, 0)}, ${signed(100 * high, 0)}]`;

/** The change and its interval in every cell that changes. */
function texts(cells: readonly (readonly (ChangedCell | null)[])[], columns: readonly string[], rows: readonly string[], limit: number): Trace {
  const shown = cells.flatMap((row, c) => row.flatMap((cell, p) => (cell && cell.low < cell.high ? [{ x: columns[p]!, y: rows[c]!, cell }] : [])));
  return {
    type: 'scatter', mode: 'text', x: shown.map(({ x }) => x), y: shown.map(({ y }) => y),
    text: shown.map(({ cell }) => `${isFound(cell) ? '<b>' : ''}${points(cell.estimate)}${isFound(cell) ? '</b>' : ''}<br><span style="font-size:9px">${interval(cell)}</span>`),
    textfont: { size: 11, color: shown.map(({ cell }) => (100 * Math.abs(cell.estimate) > 0.7 * limit ? '#ffffff' : INK)) }, hoverinfo: 'skip',
  };
}

function frames(cells: readonly (readonly (ChangedCell | null)[])[]): Record<string, unknown>[] {
  return cells.flatMap((row, c) => row.flatMap((cell, p) => (cell && isFound(cell)
    ? [{ type: 'rect', xref: 'x', yref: 'y', x0: p - 0.48, x1: p + 0.48, y0: c - 0.48, y1: c + 0.48, line: { color: INK, width: 2.5 } }] : [])));
}

/** Which cells change beyond noise, the largest first. */
export function confusionDifferenceFinding(cells: readonly (readonly (ChangedCell | null)[])[], { labelNames, names }: Pick<ConfusionDifferenceOptions, 'labelNames' | 'names'>): string {
  const all = cells.flatMap((row, c) => row.flatMap((cell, p) => (cell ? [{ c, p, cell }] : [])));
  const found = all.filter(({ cell }) => isFound(cell)).sort((a, b) => Math.abs(b.cell.estimate) - Math.abs(a.cell.estimate));
  const words = ({ c, p, cell }: (typeof all)[number]): string => `${labelNames[c]} ${c === p ? 'found' : `taken for ${labelNames[p]}`} ${points(cell.estimate)}`;
  if (found.length > 0) return `${names[0]} against ${names[1]}: ${found.length} of ${all.length} cells change beyond noise: ${found.slice(0, 2).map(words).join(', ')} points`;
  const largest = all.sort((a, b) => Math.abs(b.cell.estimate) - Math.abs(a.cell.estimate))[0];
  return largest ? `${names[0]} against ${names[1]}: no cell changes beyond noise; the largest change, ${words(largest)} points, is within it` : 'No clips';
}
