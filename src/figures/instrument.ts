// What the synthetic benchmark is worth as an instrument: UAR by what was seen, and recall against true intensity.
import type { Interval } from '../runs/reports.ts';
import { axis, FAINT, layout, percent, points, type Figure, type Trace } from './figure.ts';
import { EXPRESSION_COLOURS, runStyle } from './palette.ts';

export interface SeenUar { readonly name: string; readonly uar: Interval }

export interface SeenOptions { readonly classes: number; readonly title?: string; readonly subtitle?: string }

/** UAR by what a classifier saw of the clips, best first as given. */
export function seenFigure(rows: readonly SeenUar[], { classes, title = seenFinding(rows), subtitle = 'whiskers: 95 % interval, resampling people; dotted: chance' }: SeenOptions): Figure {
  const { colour } = runStyle(0, 1);
  return {
    data: [{
      type: 'scatter', mode: 'markers', x: rows.map(({ uar }) => 100 * uar.estimate), y: rows.map(({ name }) => name),
      error_x: { type: 'data', symmetric: false, array: rows.map(({ uar }) => 100 * (uar.high - uar.estimate)), arrayminus: rows.map(({ uar }) => 100 * (uar.estimate - uar.low)), color: colour, thickness: 2, width: 6 },
      marker: { size: 11, color: colour }, hovertemplate: '%{y}: UAR %{x:.1f} %<extra></extra>',
    }],
    layout: layout({
      title, subtitle, height: 80 + 44 * rows.length, showlegend: false,
      xaxis: axis('UAR (%)', { range: [0, 100] }), yaxis: axis('', { autorange: 'reversed', ticks: '' }),
      shapes: [{ type: 'line', x0: 100 / classes, x1: 100 / classes, yref: 'paper', y0: 0, y1: 1, line: { color: FAINT, dash: 'dot', width: 1 } }],
    }),
  };
}

function seenFinding([first, second]: readonly SeenUar[]): string {
  if (!first || !second) return 'Nothing to compare';
  return `UAR ${percent(first.uar.estimate)}\u00a0% on ${first.name}; ${second.name}: ${points(second.uar.estimate - first.uar.estimate)} points`;
}

export interface TrendLine {
  readonly name: string;
  readonly correlation: number | null;
  readonly bins: readonly { readonly peak: number; readonly clips: number; readonly recall: number }[];
}

export interface TrendOptions { readonly title?: string; readonly subtitle?: string }

/** Recall in bins of equally many clips against their mean peak intensity: overall in black, a thin line a class. */
export function trendFigure(overall: TrendLine, perClass: readonly TrendLine[], { title = trendFinding(overall), subtitle = 'bins of equally many clips; neutral left out' }: TrendOptions = {}): Figure {
  return {
    data: [...perClass.map((line) => trace(line, { color: EXPRESSION_COLOURS[line.name as keyof typeof EXPRESSION_COLOURS] ?? FAINT, width: 1.5 })), trace(overall, { color: '#000000', width: 4 })],
    layout: layout({ title, subtitle, height: 400, xaxis: axis('true peak intensity among the frames seen (1: full)', { range: [0, 1] }), yaxis: axis('recall (%)', { range: [0, 100] }) }),
  };
}

const trace = ({ name, bins, correlation }: TrendLine, line: Readonly<Record<string, unknown>>): Trace => ({
  type: 'scatter', mode: 'lines+markers', name: `${name} (ρ ${correlation?.toFixed(2) ?? '–'})`, line, marker: { size: 6 },
  x: bins.map(({ peak }) => peak), y: bins.map(({ recall }) => 100 * recall), customdata: bins.map(({ clips }) => clips),
  hovertemplate: `peak %{x:.2f}: recall %{y:.1f} % of %{customdata} clips<extra>${name}</extra>`,
});

function trendFinding({ bins, correlation }: TrendLine): string {
  const [weakest, strongest] = [bins[0], bins.at(-1)];
  if (!weakest || !strongest) return 'No clips of known intensity';
  return `Recall ${strongest.recall > weakest.recall ? 'rises' : 'falls'} from ${percent(weakest.recall, 0)}\u00a0% of the weakest clips to ${percent(strongest.recall, 0)}\u00a0% of the strongest (rank correlation ${correlation?.toFixed(2) ?? 'undefined'})`;
}
