// How many frames clips have, against how many the network sees of each.
import { axis, INK, layout, percent, type Figure } from './figure.ts';
import { runStyle } from './palette.ts';

export interface ClipLengths { readonly name: string; /** Frames of each clip. */ readonly frames: readonly number[] }

export interface ClipLengthsOptions {
  /** Frames that the network sees of a clip. */
  readonly seen: number;
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

const WIDTH = 4;

/** Shares of clips in bins of four frames, a line a set, and where the frames seen lie. */
export function clipLengthsFigure(sets: readonly ClipLengths[], { seen, title = shorter(sets, seen), subtitle = `bins of ${WIDTH} frames; vertical line: frames that the network sees of a clip` }: ClipLengthsOptions): Figure {
  const longest = sets.reduce((most, { frames }) => frames.reduce((a, b) => Math.max(a, b), most), seen);
  const bins = Array.from({ length: Math.floor(longest / WIDTH) + 1 }, (_, i) => i * WIDTH);
  return {
    data: sets.map(({ name, frames }, index) => {
      const { colour, dash } = runStyle(index, sets.length);
      const counts = bins.map((low) => frames.filter((n) => n >= low && n < low + WIDTH).length);
      return {
        type: 'scatter', mode: 'lines', name, line: { shape: 'hvh', color: colour, dash, width: 2 }, x: bins.map((low) => low + WIDTH / 2 - 0.5),
        y: counts.map((n) => Number((100 * n / frames.length).toPrecision(4))), customdata: counts.map((n, i) => `${bins[i]!} to ${bins[i]! + WIDTH - 1} frames: ${n} clips`),
        hovertemplate: `%{customdata}, %{y:.1f} %<extra>${name}</extra>`,
      };
    }),
    layout: layout({
      title, subtitle, height: 320, showlegend: sets.length > 1, xaxis: axis('frames of the clip', { rangemode: 'tozero' }), yaxis: axis('share of clips (%)', { rangemode: 'tozero' }),
      shapes: [{ type: 'line', x0: seen, x1: seen, yref: 'paper', y0: 0, y1: 1, line: { color: INK, width: 1.5 } }],
      annotations: [{ x: seen, xanchor: 'left', yref: 'paper', y: 1, yanchor: 'bottom', text: `${seen} frames seen`, showarrow: false, font: { size: 12, color: INK } }],
    }),
  };
}

function shorter(sets: readonly ClipLengths[], seen: number): string {
  const parts = sets.filter(({ frames }) => frames.length > 0).map(({ name, frames }) => `${percent(frames.filter((n) => n < seen).length / frames.length)}\u00a0% of ${name}`);
  return parts.length === 0 ? 'No clips' : `Shorter than the ${seen} frames that the network sees: ${parts.join(', ')}`;
}
