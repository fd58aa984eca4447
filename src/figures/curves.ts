// How training went: loss by term, UAR and WAR over epochs, several runs together.
import type { EpochMetrics } from '../runs/types.ts';
import { axis, FAINT, layout, percent, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

export interface RunCurve {
  readonly name: string;
  readonly metrics: readonly EpochMetrics[];
}

export interface CurveOptions {
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

const TERMS: Readonly<Record<string, string>> = { total: 'total', crossEntropy: 'cross-entropy', auxiliary: 'auxiliary', intensityAware: 'intensity-aware' };

interface Panel {
  readonly name: string;
  readonly unit: string;
  readonly value: (metrics: EpochMetrics) => number | undefined;
}

/** Mean loss per epoch in nats, one panel a term; terms that are zero in all runs are left out. */
export function lossCurves(runs: readonly RunCurve[], { title = lossFinding(runs), subtitle }: CurveOptions = {}): Figure {
  const occurs = (term: string): boolean => runs.some(({ metrics }) => metrics.some(({ losses }) => (losses[term] ?? 0) !== 0));
  const panels = Object.keys(TERMS).filter(occurs).map((term): Panel => ({ name: TERMS[term]!, unit: 'loss (nats)', value: ({ losses }) => losses[term] || undefined }));  // a run without a term has no line
  return panelFigure(runs, panels, { title, ...subtitle !== undefined && { subtitle } }, { rangemode: 'tozero' });
}

/** UAR and WAR of the evaluated epochs, and WAR on the training clips. @param chance UAR of guessing, 1 / classes */
export function scoreCurves(runs: readonly RunCurve[], { title = scoreFinding(runs), subtitle, chance = 1 / 7 }: CurveOptions & { readonly chance?: number } = {}): Figure {
  const scaled = (value: number | undefined): number | undefined => (value === undefined ? undefined : 100 * value);
  const split = runs.flatMap(({ metrics }) => metrics).find(({ evaluation }) => evaluation)?.evaluation?.split ?? 'test';
  const all: readonly Panel[] = [
    { name: `UAR, ${split} clips`, unit: 'recall (%)', value: ({ evaluation }) => scaled(evaluation?.uar) },
    { name: `WAR, ${split} clips`, unit: 'recall (%)', value: ({ evaluation }) => scaled(evaluation?.war) },
    { name: 'WAR, training clips', unit: 'recall (%)', value: ({ trainWar }) => scaled(trainWar) },
  ];
  const panels = all.filter(({ value }) => runs.some(({ metrics }) => metrics.some((epoch) => value(epoch) !== undefined)));
  const line = { type: 'line', xref: 'paper', x0: 0, x1: 1, yref: 'y', y0: 100 * chance, y1: 100 * chance, line: { color: FAINT, dash: 'dot', width: 1 } };
  return panelFigure(runs, panels, { title, ...subtitle !== undefined && { subtitle }, shapes: [line] }, { range: [0, 100] });
}

/** Panels side by side with one scale, one line a run. */
function panelFigure(runs: readonly RunCurve[], panels: readonly Panel[], own: { title: string; subtitle?: string; shapes?: readonly object[] }, range: Readonly<Record<string, unknown>>): Figure {
  const gap = 0.05, width = (1 - gap * (panels.length - 1)) / Math.max(1, panels.length);
  const axes: Record<string, unknown> = {};
  for (const [i, panel] of panels.entries()) {
    const n = i === 0 ? '' : String(i + 1), start = i * (width + gap);
    axes[`xaxis${n}`] = axis('epoch', { domain: [start, start + width], anchor: `y${n}`, tickformat: 'd', rangemode: 'tozero' });
    axes[`yaxis${n}`] = i === 0 ? axis(panel.unit, range) : axis('', { anchor: `x${n}`, matches: 'y', showticklabels: false, ticks: '' });
  }
  const names = panels.map(({ name }, i) => ({ text: name, x: i * (width + gap), xanchor: 'left', xref: 'paper', y: 1, yanchor: 'bottom', yref: 'paper', showarrow: false, font: { size: 13 } }));
  return {
    data: panels.flatMap((panel, i) => runs.map((run, r) => curve(run, panel, i, r, runs.length))),
    layout: layout({ ...own, height: 330, showlegend: runs.length > 1, annotations: names, ...axes }),
  };
}

function curve({ name, metrics }: RunCurve, { value, unit }: Panel, panel: number, index: number, runs: number): Trace {
  const { colour, dash, symbol } = runStyle(index, runs);
  const known = metrics.map((epoch) => ({ x: epoch.epoch, y: value(epoch) })).filter(({ y }) => y !== undefined);
  const n = panel === 0 ? '' : String(panel + 1);
  return {
    type: 'scatter', mode: known.length > 40 ? 'lines' : 'lines+markers', name, legendgroup: name, showlegend: panel === 0,
    x: known.map(({ x }) => x), y: known.map(({ y }) => y), xaxis: `x${n}`, yaxis: `y${n}`,
    line: { color: colour, dash, width: 2 }, marker: { symbol, size: 7, color: colour },
    hovertemplate: `epoch %{x}<br>%{y:.3~f} ${/\((.*)\)/.exec(unit)?.[1] ?? ''}<extra>${name}</extra>`,
  };
}

function lossFinding(runs: readonly RunCurve[]): string {
  const parts = runs.filter(({ metrics }) => metrics.length > 0).map(({ name, metrics }) => `${name} ${metrics[0]!.losses['total']!.toFixed(2)} to ${metrics.at(-1)!.losses['total']!.toFixed(2)}`);
  return parts.length === 0 ? 'Training loss: no epoch is finished' : `Training loss over ${Math.max(...runs.map(({ metrics }) => metrics.length))} epochs: ${parts.join(', ')}`;
}

function scoreFinding(runs: readonly RunCurve[]): string {
  const parts = runs.flatMap(({ name, metrics }) => {
    const last = metrics.findLast(({ evaluation }) => evaluation)?.evaluation;
    return last ? [`${name} ${percent(last.uar)}\u00a0%`] : [];
  });
  return parts.length === 0 ? 'Recall on the training clips while training' : `UAR after the last evaluated epoch: ${parts.join(', ')}`;
}
