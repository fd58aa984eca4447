// How often each expression occurs in a set: what UAR weighs equally and WAR does not.
import { axis, FAINT, layout, percent, type Figure } from './figure.ts';
import { runStyle } from './palette.ts';

export interface ClassCounts {
  readonly name: string;
  /** Clips per class, in the order of the labels. */
  readonly counts: readonly number[];
}

export interface ClassSharesOptions {
  readonly labelNames: readonly string[];
  /** The finding; computed by default. */
  readonly title?: string;
  readonly subtitle?: string;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);

/** Bars of each set's shares, and where equal shares lie. @throws RangeError for counts of another number than the labels. */
export function classSharesFigure(sets: readonly ClassCounts[], { labelNames, title = rarest(sets, labelNames), subtitle = 'share of each set\'s clips; dotted: equal shares' }: ClassSharesOptions): Figure {
  const wrong = sets.find(({ counts }) => counts.length !== labelNames.length);
  if (wrong) throw new RangeError(`classSharesFigure: ${wrong.name} has ${wrong.counts.length} counts for ${labelNames.length} classes`);
  const equal = 100 / labelNames.length;
  return {
    data: sets.map(({ name, counts }, index) => {
      const { colour, pattern } = runStyle(index, sets.length);
      return {
        type: 'bar', name, x: labelNames, y: counts.map((n) => Number((100 * n / total(counts)).toPrecision(5))), customdata: counts,
        marker: { color: colour, pattern: { shape: pattern, bgcolor: colour, fgcolor: '#ffffff', solidity: 0.2, size: 6 }, line: { color: colour, width: 1 } },
        hovertemplate: `%{x}: %{customdata} clips, %{y:.1f} %<extra>${name}</extra>`,
      };
    }),
    layout: layout({
      title, subtitle, height: 360, showlegend: sets.length > 1, barmode: 'group', bargap: 0.25, bargroupgap: 0.06,
      xaxis: axis('', { ticks: '' }), yaxis: axis('share of clips (%)', { rangemode: 'tozero' }),
      shapes: [{ type: 'line', xref: 'paper', x0: 0, x1: 1, y0: equal, y1: equal, line: { color: FAINT, dash: 'dot', width: 1.5 } }],
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.12, yanchor: 'top' },
    }),
  };
}

function rarest([first]: readonly ClassCounts[], labelNames: readonly string[]): string {
  if (!first || total(first.counts) === 0) return 'No clips';
  const least = Math.min(...first.counts);
  return `${first.name}: ${labelNames[first.counts.indexOf(least)]} is ${percent(least / total(first.counts))}\u00a0% of the clips and a share of 1 in ${labelNames.length} of UAR`;
}
