// What a change gains on weak and on strong clips: differences of recall or margin to a reference, by true peak intensity.
import type { Gain, IntensityGain } from '../evaluate/intensityGain.ts';
import { axis, FAINT, layout, points, signed, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

export interface NamedGain { readonly name: string; readonly gain: IntensityGain }

export type GainMeasure = 'recall' | 'margin';

export interface IntensityGainFigureOptions {
  readonly measure: GainMeasure;
  /** Name of what the gains are over. */
  readonly reference: string;
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

/** Points: the difference in each bin with its interval; small marks, for recall: each pair of runs alone. */
export function intensityGainFigure(rows: readonly NamedGain[], { measure, reference, title = gainFinding(rows, measure, reference), subtitle = 'whiskers: 95 % interval, resampling people' }: IntensityGainFigureOptions): Figure {
  const unit = measure === 'recall' ? 'recall gained (points of %)' : 'margin gained (RMS of logits)';
  return {
    data: rows.flatMap((row, index) => [...measure === 'recall' ? [single(row, index, rows.length)] : [], line(row, index, rows.length, measure)]),
    layout: layout({
      title, subtitle, height: 340, showlegend: rows.length > 1,
      xaxis: axis('true peak intensity of the clip (0 neutral, 1 full)', { range: [0, 1] }), yaxis: axis(unit),
      shapes: [{ type: 'line', xref: 'paper', x0: 0, x1: 1, y0: 0, y1: 0, line: { color: FAINT, width: 1.5 } }],
    }),
  };
}

/** Recall in percent, margins as they are; five digits. */
const scaled = (value: number, measure: GainMeasure): number => Number(((measure === 'recall' ? 100 : 1) * value).toPrecision(5));
const place = (low: number, high: number, index: number, rows: number): number => Number(((low + high) / 2 + 0.014 * (index - (rows - 1) / 2)).toFixed(4));

/** The reference has the first style of every comparison. */
const styleOf = (index: number) => runStyle(index + 1, 4);

function line({ name, gain }: NamedGain, index: number, rows: number, measure: GainMeasure): Trace {
  const { colour, symbol } = styleOf(index);
  const bins = gain.bins.flatMap(({ low, high, clips, [measure]: interval }) => (interval ? [{ low, high, clips, interval }] : []));
  return {
    type: 'scatter', mode: 'markers', name, x: bins.map(({ low, high }) => place(low, high, index, rows)), y: bins.map(({ interval }) => scaled(interval.estimate, measure)),
    error_y: { type: 'data', symmetric: false, array: bins.map(({ interval }) => scaled(interval.high - interval.estimate, measure)), arrayminus: bins.map(({ interval }) => scaled(interval.estimate - interval.low, measure)), color: colour, thickness: 2, width: 5 },
    marker: { symbol, size: 10, color: colour },
    customdata: bins.map(({ low, high, clips }) => `intensity ${low} to ${high}, ${clips} clips`), hovertemplate: `%{customdata}<br>%{y:+.${measure === 'recall' ? 1 : 3}f}<extra>${name}</extra>`,
  };
}

function single({ name, gain }: NamedGain, index: number, rows: number): Trace {
  const { colour, symbol } = styleOf(index);
  const marks = gain.bins.flatMap(({ low, high, byPair }) => byPair.flatMap((value) => (value === null ? [] : [{ x: place(low, high, index, rows), y: scaled(value, 'recall') }])));
  return { type: 'scatter', mode: 'markers', name: `${name}, each pair of runs`, showlegend: false, x: marks.map(({ x }) => x), y: marks.map(({ y }) => y), marker: { symbol, size: 5, color: colour, opacity: 0.45 }, hovertemplate: `one pair of runs: %{y:+.1f}<extra>${name}</extra>` };
}

const isBeyondZero = ({ low, high }: { readonly low: number; readonly high: number }): boolean => low > 0 || high < 0;

/** A difference with its interval, e.g. "+2.1 (−0.3 to +4.6)" points of recall, "+0.012 (...)" of margin; "–" for none. */
export function gainText(gain: Gain, measure: GainMeasure): string {
  const interval = gain[measure];
  if (!interval) return '–';
  const show = (value: number): string => (measure === 'recall' ? points(value) : signed(value, 3));
  return `${show(interval.estimate)} (${show(interval.low)} to ${show(interval.high)})`;
}

function gainFinding(rows: readonly NamedGain[], measure: GainMeasure, reference: string): string {
  const last = rows.at(-1);
  const interval = last?.gain.weak[measure];
  if (!last || !interval) return 'No clips of known intensity';
  const verdict = isBeyondZero(interval) ? '' : ', which may be nothing: the interval holds zero';
  return `${last.name} over ${reference} on weak clips: ${gainText(last.gain.weak, measure)} ${measure === 'recall' ? 'points of recall' : 'of margin'}${verdict}`;
}
