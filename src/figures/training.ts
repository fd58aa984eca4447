// One training, step by step: what liveCurves leaves in the notebook.
import { axis, layout, percent, type Figure } from './figure.ts';
import { runStyle } from './palette.ts';

export interface TrainingHistory {
  readonly name: string;
  /** Mean loss and training WAR of the epoch so far, after each step (from 1 over the whole run). */
  readonly steps: readonly { readonly step: number; readonly loss: number; readonly trainWar: number }[];
  readonly evaluations: readonly { readonly step: number; readonly uar: number; readonly war: number }[];
}

/** A curve of hundreds of steps is kept in the notebook: four digits draw it. */
const short = (value: number): number => Number(value.toPrecision(4));

export function trainingFigure({ name, steps, evaluations }: TrainingHistory): Figure {
  const { colour } = runStyle(0, 1), grey = runStyle(0, 2).colour;
  const first = steps[0], last = steps.at(-1), tested = evaluations.at(-1);
  const line = { type: 'scatter', mode: 'lines', line: { color: colour, width: 2 } };
  return {
    data: [
      { ...line, name: 'loss', x: steps.map(({ step }) => step), y: steps.map(({ loss }) => short(loss)), showlegend: false, hovertemplate: 'step %{x}<br>%{y:.3f} nats<extra></extra>' },
      { ...line, name: 'WAR, training clips', x: steps.map(({ step }) => step), y: steps.map(({ trainWar }) => short(100 * trainWar)), xaxis: 'x2', yaxis: 'y2', line: { color: grey, dash: 'dot', width: 2 }, hovertemplate: 'step %{x}<br>%{y:.1f} %<extra>training clips</extra>' },
      ...evaluations.length === 0 ? [] : [{ ...line, mode: 'lines+markers', name: 'UAR, test clips', x: evaluations.map(({ step }) => step), y: evaluations.map(({ uar }) => short(100 * uar)), xaxis: 'x2', yaxis: 'y2', marker: { size: 8 }, hovertemplate: 'step %{x}<br>%{y:.1f} %<extra>test clips</extra>' }],
    ],
    layout: layout({
      title: first && last ? `${name}: loss from ${first.loss.toFixed(2)} to ${last.loss.toFixed(2)} in ${last.step} steps${tested ? `, UAR ${percent(tested.uar)}\u00a0% on the test clips` : ''}` : `${name}: not a step was taken`,
      subtitle: 'loss and training WAR: mean over the epoch so far', height: 300,
      xaxis: axis('step', { domain: [0, 0.46] }), yaxis: axis('loss (nats)', { rangemode: 'tozero' }),
      xaxis2: axis('step', { domain: [0.56, 1], anchor: 'y2' }), yaxis2: axis('recall (%)', { range: [0, 100], anchor: 'x2' }),
      legend: { orientation: 'h', x: 0.56, xanchor: 'left', y: -0.25, yanchor: 'top' },
    }),
  };
}
