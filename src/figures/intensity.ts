// Recall against the true peak intensity of a clip: does the network see weak expressions? Only for sets whose
// intensity is known (the synthetic benchmark).
import type { IntensityReport } from '../runs/reports.ts';
import { axis, layout, percent, points, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

export interface RunIntensity {
  readonly name: string;
  readonly report: IntensityReport;
}

export interface IntensityFigureOptions {
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

/** Recall per bin of intensity with its interval; the clips of a bin in the hover text. */
export function intensityFigure(runs: readonly RunIntensity[], { title = intensityFinding(runs), subtitle = 'whiskers: 95 % interval, resampling people' }: IntensityFigureOptions = {}): Figure {
  return {
    data: runs.map((run, index) => line(run, index, runs.length)),
    layout: layout({
      title, subtitle, height: 360, showlegend: runs.length > 1,
      xaxis: axis('true peak intensity of the clip (0 neutral, 1 full)', { range: [0, 1] }), yaxis: axis('recall (%)', { range: [0, 100] }),
    }),
  };
}

function line({ name, report }: RunIntensity, index: number, runs: number): Trace {
  const { colour, dash, symbol } = runStyle(index, runs);
  const bins = report.bins.flatMap(({ low, high, clips, recall }) => (recall ? [{ low, high, clips, recall }] : []));
  const shift = 0.008 * (index - (runs - 1) / 2);         // whiskers beside each other
  return {
    type: 'scatter', mode: 'lines+markers', name,
    x: bins.map(({ low, high }) => (low + high) / 2 + shift), y: bins.map(({ recall }) => 100 * recall.estimate),
    error_y: { type: 'data', symmetric: false, array: bins.map(({ recall }) => 100 * (recall.high - recall.estimate)), arrayminus: bins.map(({ recall }) => 100 * (recall.estimate - recall.low)), color: colour, thickness: 1.5, width: 4 },
    line: { color: colour, dash, width: 2 }, marker: { symbol, size: 8, color: colour },
    customdata: bins.map(({ low, high, clips }) => `intensity ${low} to ${high}, ${clips} clips`), hovertemplate: `%{customdata}<br>recall %{y:.1f} %<extra>${name}</extra>`,
  };
}

function intensityFinding(runs: readonly RunIntensity[]): string {
  const weakest = runs.map(({ name, report }) => ({ name, recall: report.bins.find(({ recall }) => recall)?.recall }));
  const [first] = weakest, last = weakest.at(-1);
  if (!first?.recall || !last?.recall) return 'No clips of known intensity';
  if (weakest.length === 1) return `The weakest clips are found in ${percent(first.recall.estimate, 0)}\u00a0% of cases`;
  const apart = first.recall.high < last.recall.low || last.recall.high < first.recall.low;
  const change = last.recall.estimate - first.recall.estimate;
  return `Recall of the weakest clips: ${first.name} ${percent(first.recall.estimate, 0)}\u00a0%, ${last.name} ${percent(last.recall.estimate, 0)}\u00a0% (${points(change)} points${apart ? '' : ', intervals overlap'})`;
}
