// Processor time and multiply-adds of a clip's inference against the length of the clip, the batch and the size of the images.
import { axis, layout, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

export type CostAxis = 'frames' | 'batch' | 'image';

export interface CostMark {
  readonly axis: CostAxis;
  readonly value: number;
  /** Processor milliseconds a clip, smallest of the measured. */
  readonly ms: number;
  /** Of a clip. */
  readonly multiplyAdds: number;
}

export interface CostFigureOptions {
  /** What stays while another setting changes. */
  readonly base: Readonly<Record<CostAxis, number>>;
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

const PANELS: readonly (readonly [CostAxis, string])[] = [['frames', 'frames a clip'], ['image', 'image side (pixels)'], ['batch', 'clips a batch']];

/** Measured time as marks; the line is what the multiply-adds would take at the speed of the unchanged network. */
export function costFigure(marks: readonly CostMark[], { base, title = costFinding(marks, base), subtitle }: CostFigureOptions): Figure {
  const gap = 0.07, width = (1 - 2 * gap) / 3, top = 1.1 * Math.max(0, ...marks.map(({ ms }) => ms));
  return {
    data: PANELS.flatMap(([key], p) => traces(marks.filter((mark) => mark.axis === key).toSorted((a, b) => a.value - b.value), base[key], p)),
    layout: layout({
      title, ...subtitle !== undefined && { subtitle }, height: 300,
      ...Object.assign({}, ...PANELS.map(([key, name], p) => ({
        [`xaxis${p === 0 ? '' : p + 1}`]: axis(name, { domain: [p * (width + gap), p * (width + gap) + width], anchor: `y${p === 0 ? '' : p + 1}`, tickvals: marks.filter((mark) => mark.axis === key).map(({ value }) => value), rangemode: 'tozero' }),
        [`yaxis${p === 0 ? '' : p + 1}`]: axis(p === 0 ? 'processor ms a clip' : '', { range: [0, top], anchor: `x${p === 0 ? '' : p + 1}` }),
      }))),
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.26, yanchor: 'top' },
    }),
  };
}

function traces(marks: readonly CostMark[], base: number, panel: number): Trace[] {
  const place = { xaxis: `x${panel === 0 ? '' : panel + 1}`, yaxis: `y${panel === 0 ? '' : panel + 1}`, showlegend: panel === 0, x: marks.map(({ value }) => value) };
  const own = runStyle(1, 2), grey = runStyle(0, 2), at = marks.find(({ value }) => value === base);
  const line: Trace[] = at ? [{ ...place, type: 'scatter', mode: 'lines', name: 'in proportion to multiply-adds', legendgroup: 'line', y: marks.map(({ multiplyAdds }) => round((at.ms * multiplyAdds) / at.multiplyAdds)), line: { color: grey.colour, dash: grey.dash, width: 1.5 }, hovertemplate: '%{x}: %{y:.1f} ms in proportion<extra></extra>' }] : [];
  return [...line, {
    ...place, type: 'scatter', mode: 'lines+markers', name: 'measured', legendgroup: 'measured', y: marks.map(({ ms }) => round(ms)), line: { color: own.colour, width: 2 }, marker: { size: 8, color: own.colour },
    customdata: marks.map(({ multiplyAdds }) => (multiplyAdds / 1e9).toFixed(2)), hovertemplate: '%{x}: %{y:.1f} ms, %{customdata} G multiply-adds<extra></extra>',
  }];
}

const round = (value: number): number => Number(value.toPrecision(4));

function costFinding(marks: readonly CostMark[], base: CostFigureOptions['base']): string {
  const growth = (key: CostAxis): string | undefined => {
    const all = marks.filter((mark) => mark.axis === key).toSorted((a, b) => a.value - b.value), from = all.find(({ value }) => value === base[key]) ?? all[0], to = all.at(-1);
    return from && to && to !== from ? `${(to.ms / from.ms).toFixed(1)}× for ${(to.value / from.value).toFixed(1)}×` : undefined;
  };
  const parts = [['frames', 'the frames'], ['image', 'the side of the images'], ['batch', 'the batch']] as const;
  const text = parts.flatMap(([key, words]) => { const found = growth(key); return found ? [`${found} ${words}`] : []; });
  return text.length === 0 ? 'No measurements' : `The processor time of a clip: ${text.join(', ')}`;
}
