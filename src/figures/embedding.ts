// Maps of features side by side: one panel a run or an epoch, one colour and one symbol a class. A map has no units, so
// it has no axes; what its title claims is measured in feature space.
import { axis, layout, type Figure, type Trace } from './figure.ts';
import { classColours } from './palette.ts';

export interface EmbeddingPanel {
  readonly name: string;
  /** A measure in feature space, e.g. "purity 41 % [36, 47]". */
  readonly measure?: string;
  readonly ids: readonly string[];
  readonly labels: ArrayLike<number>;
  /** [clips, 2], row-major. */
  readonly positions: Float32Array;
}

export interface EmbeddingFigureOptions {
  readonly labelNames: readonly string[];
  /** The finding: of measures in feature space. */
  readonly title: string;
  readonly subtitle?: string;
  /** Panels in a row, default 2. */
  readonly columns?: number;
}

/** For print in grey, and for eyes that confuse colours. */
const SYMBOLS = ['circle', 'square', 'diamond', 'triangle-up', 'cross', 'x', 'star', 'triangle-down', 'pentagon', 'hexagram'];
const GAP = 0.02;

/** All panels of a row have the same size; each map fills its own. */
export function embeddingFigure(panels: readonly EmbeddingPanel[], { labelNames, title, subtitle, columns = 2 }: EmbeddingFigureOptions): Figure {
  const rows = Math.max(1, Math.ceil(panels.length / columns)), head = panels.some(({ measure }) => measure) ? 40 : 22;
  const side = (700 - 40) / Math.min(columns, Math.max(1, panels.length)) * (1 - GAP), height = Math.round(rows * (Math.min(side, 330) + head));
  const colours = classColours(labelNames);
  return {
    data: panels.flatMap((panel, p) => labelNames.map((name, label) => points(panel, p, name, label, colours[label]!))),
    layout: layout({
      title, ...subtitle !== undefined && { subtitle }, height: height + 70,
      ...Object.assign({}, ...panels.map((panel, p) => axes(panel, p, columns, rows, head / (height / rows)))),
      annotations: panels.map((panel, p) => caption(panel, p)),
      legend: { orientation: 'h', x: 0.5, xanchor: 'center', y: -0.02, yanchor: 'top', itemsizing: 'constant', font: { size: 12 } },
      margin: { l: 20, r: 20, t: undefined, b: 60 },
      hovermode: 'closest',
    }),
  };
}

const suffix = (panel: number): string => (panel === 0 ? '' : String(panel + 1));

function points({ ids, labels, positions }: EmbeddingPanel, panel: number, name: string, label: number, color: string): Trace {
  const rows = ids.map((_, i) => i).filter((i) => labels[i] === label), rounded = (value: number): number => Number(value.toFixed(3));
  return {
    type: 'scatter', mode: 'markers', name, legendgroup: name, showlegend: panel === 0, xaxis: `x${suffix(panel)}`, yaxis: `y${suffix(panel)}`,
    x: rows.map((i) => rounded(positions[2 * i]!)), y: rows.map((i) => rounded(positions[2 * i + 1]!)), text: rows.map((i) => ids[i]!),
    marker: { color, symbol: SYMBOLS[label % SYMBOLS.length]!, size: 6.5, line: { width: 0.6, color: '#ffffff' } },
    hovertemplate: `%{text}<extra>${name}</extra>`,
  };
}

function axes({ positions }: EmbeddingPanel, panel: number, columns: number, rows: number, head: number): Record<string, unknown> {
  const column = panel % columns, row = Math.floor(panel / columns), width = 1 / columns, height = 1 / rows;
  const range = (d: number): [number, number] => {
    const values = Array.from(positions).filter((_, i) => i % 2 === d), low = Math.min(...values), high = Math.max(...values), margin = 0.05 * (high - low || 1);
    return [low - margin, high + margin];
  };
  const frame = { showgrid: false, showticklabels: false, ticks: '', showline: true, mirror: true, linecolor: '#d0d7de' };
  return {
    [`xaxis${suffix(panel)}`]: axis('', { ...frame, range: range(0), domain: [column * width + GAP / 2, (column + 1) * width - GAP / 2], anchor: `y${suffix(panel)}` }),
    [`yaxis${suffix(panel)}`]: axis('', { ...frame, range: range(1), domain: [1 - (row + 1) * height + 0.01, 1 - (row + head) * height], anchor: `x${suffix(panel)}` }),
  };
}

const caption = ({ name, measure }: EmbeddingPanel, panel: number): Record<string, unknown> => ({
  text: measure === undefined ? `<b>${name}</b>` : `<b>${name}</b><br><span style="font-size:11.5px;color:#57606a">${measure}</span>`,
  xref: `x${suffix(panel)} domain`, yref: `y${suffix(panel)} domain`, x: 0, y: 1, xanchor: 'left', yanchor: 'bottom', align: 'left', showarrow: false, font: { size: 13 },
});
