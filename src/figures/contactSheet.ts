// A grid of pictures under the names of its columns and beside those of its rows: what a benchmark looks like.
import { axis, layout, type Figure } from './figure.ts';

export interface Sheet {
  /** The whole grid as one picture, as a data URI. */
  readonly image: string;
  readonly rows: number;
  readonly columns: number;
}

export interface ContactSheetOptions {
  readonly title: string;
  readonly subtitle?: string;
  /** One a row, one a column; none where they say nothing. */
  readonly rowLabels?: readonly string[];
  readonly columnLabels?: readonly string[];
}

/** Pixels: a notebook's figure less its margins, what row labels of some 16 letters take of it, and what column labels need. */
const WIDTH = 712, BESIDE = 95, LABELS = 30;

/** Square tiles; hovering one names its row and column. @throws RangeError for a wrong number of labels. */
export function contactSheetFigure({ image, rows, columns }: Sheet, { title, subtitle, rowLabels = [], columnLabels = [] }: ContactSheetOptions): Figure {
  for (const [what, labels, count] of [['row', rowLabels, rows], ['column', columnLabels, columns]] as const) {
    if (labels.length > 0 && labels.length !== count) throw new RangeError(`contactSheetFigure: ${labels.length} ${what} labels for ${count} ${what}s`);
  }
  const tiles = Array.from({ length: rows * columns }, (_, i) => ({ x: i % columns, y: Math.floor(i / columns) }));
  const named = columnLabels.length > 0 ? LABELS : 0;
  return {
    data: [{
      type: 'scatter', mode: 'markers', marker: { size: 24, opacity: 0 }, showlegend: false,
      x: tiles.map(({ x }) => x + 0.5), y: tiles.map(({ y }) => y + 0.5),
      text: tiles.map(({ x, y }) => [rowLabels[y], columnLabels[x]].filter(Boolean).join('<br>')), hovertemplate: '%{text}<extra></extra>',
    }],
    layout: addRoom(named, layout({
      title, ...subtitle !== undefined && { subtitle }, height: Math.round((WIDTH - (rowLabels.length > 0 ? BESIDE : 0)) * rows / columns) + named + 12,
      images: [{ source: image, xref: 'x', yref: 'y', x: 0, y: 0, sizex: columns, sizey: rows, sizing: 'stretch', layer: 'below' }],
      xaxis: side(columns, columnLabels, [0, columns], { side: 'top', scaleanchor: 'y', constrain: 'domain', constraintoward: 'left' }),
      yaxis: side(rows, rowLabels, [rows, 0], { constrain: 'domain', constraintoward: 'top' }),
    })),
  };
}

const side = (count: number, labels: readonly string[], range: readonly number[], own: Readonly<Record<string, unknown>>): Record<string, unknown> => axis('', {
  range, showgrid: false, ticks: '', fixedrange: true, showline: false, ...own,
  ...(labels.length > 0 ? { tickvals: Array.from({ length: count }, (_, i) => i + 0.5), ticktext: labels } : { showticklabels: false }),
});

/** Column labels stand between the title and the grid; below it is nothing. */
function addRoom(labels: number, figure: Figure['layout']): Figure['layout'] {
  const margin = figure['margin'] as { readonly l: number; readonly r: number; readonly t: number };
  return { ...figure, margin: { ...margin, l: 24, t: margin.t + labels, b: 12 } };
}
