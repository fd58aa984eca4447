// Measures of separation in feature space, one panel each because they have different units: a mark a run with its interval,
// or the change between two variants with every fold as a dot.
import { axis, FAINT, layout, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

export interface MeasuredValue {
  readonly estimate: number;
  /** Absent where it is not known. */
  readonly low?: number;
  readonly high?: number;
}

export interface MeasuredRun {
  readonly name: string;
  /** By measure; missing where it is undefined. */
  readonly values: Readonly<Record<string, MeasuredValue | undefined>>;
  /** Single folds or seeds behind the estimate, by measure. */
  readonly parts?: Readonly<Record<string, readonly number[]>>;
}

export interface MeasurePanel {
  readonly key: string;
  /** With its unit, e.g. "k-NN purity (%)". */
  readonly title: string;
  /** Which direction is better separated. */
  readonly better: 'larger' | 'smaller' | 'neither';
}

export interface DistancesOptions {
  readonly panels: readonly MeasurePanel[];
  /** The finding. */
  readonly title: string;
  readonly subtitle?: string;
  /** Values are differences: a line at zero, and it is in every panel. */
  readonly isChange?: boolean;
  /** Panels in a row, default 3. */
  readonly columns?: number;
}

const WORDS = { larger: '<br>(larger is better)', smaller: '<br>(smaller is better)', neither: '' } as const;

/** Runs one under the other in each panel, the first on top. */
export function distancesFigure(runs: readonly MeasuredRun[], { panels, title, subtitle, isChange = false, columns = 3 }: DistancesOptions): Figure {
  const shift = isChange || runs.length === 1 ? 1 : 0; // grey is the baseline's
  const rows = Math.ceil(panels.length / columns), panelHeight = 82 + 30 * runs.length;
  return {
    data: panels.flatMap((panel, p) => runs.flatMap((run, r) => [...dots(run, r + shift, r, panel, p), ...mark(run, r + shift, r, panel, p)])),
    layout: layout({
      title, ...subtitle !== undefined && { subtitle }, height: rows * panelHeight + 30, showlegend: false,
      ...Object.assign({}, ...panels.map((panel, p) => axes(runs, panel, p, columns, rows, panelHeight, isChange))),
    }),
  };
}

const suffix = (panel: number): string => (panel === 0 ? '' : String(panel + 1));

function mark({ name, values }: MeasuredRun, style: number, row: number, { key, title }: MeasurePanel, panel: number): Trace[] {
  const value = values[key], { colour, symbol } = runStyle(style, 4);
  if (!value) return [];
  const { estimate, low, high } = value, hasInterval = low !== undefined && high !== undefined;
  return [{
    type: 'scatter', mode: 'markers', name, xaxis: `x${suffix(panel)}`, yaxis: `y${suffix(panel)}`, x: [round(estimate)], y: [row],
    ...hasInterval && { error_x: { type: 'data', symmetric: false, array: [round(high - estimate)], arrayminus: [round(estimate - low)], color: colour, thickness: 2, width: 5 } },
    marker: { size: 10, color: colour, symbol, line: { color: colour, width: 1.5 } },
    hovertemplate: `${name}<br>${title}: ${round(estimate)}${hasInterval ? ` [${round(low)}, ${round(high)}]` : ''}<extra></extra>`,
  }];
}

/** Folds behind the mark, smaller and below it. */
function dots({ name, parts }: MeasuredRun, style: number, row: number, { key }: MeasurePanel, panel: number): Trace[] {
  const values = parts?.[key];
  if (!values) return [];
  return [{
    type: 'scatter', mode: 'markers', name, xaxis: `x${suffix(panel)}`, yaxis: `y${suffix(panel)}`, x: values.map(round), y: values.map(() => row + 0.28),
    marker: { size: 5, color: runStyle(style, 4).colour, opacity: 0.55, symbol: 'circle' }, hovertemplate: `${name}<br>one fold: %{x}<extra></extra>`,
  }];
}

const round = (value: number): number => Number(value.toPrecision(4));

function axes(runs: readonly MeasuredRun[], { title, better }: MeasurePanel, panel: number, columns: number, rows: number, panelHeight: number, isChange: boolean): Record<string, unknown> {
  const column = panel % columns, row = Math.floor(panel / columns), gap = 0.05, width = (1 - gap * (columns - 1)) / columns, height = 1 / rows;
  return {
    [`xaxis${suffix(panel)}`]: axis('', {
      domain: [column * (width + gap), column * (width + gap) + width], anchor: `y${suffix(panel)}`, nticks: 5, title: { text: `${title}${WORDS[better]}`, standoff: 4, font: { size: 12 } },
      ...isChange && { zeroline: true, zerolinecolor: FAINT, zerolinewidth: 1.5, rangemode: 'tozero' },
    }),
    [`yaxis${suffix(panel)}`]: axis('', {
      domain: [1 - (row + 1) * height + 76 / (rows * panelHeight), 1 - row * height], anchor: `x${suffix(panel)}`, range: [runs.length - 0.4, -0.6], showgrid: false, ticks: '',
      tickvals: runs.map((_, i) => i), ticktext: runs.map(({ name }) => name), showticklabels: column === 0,
    }),
  };
}
