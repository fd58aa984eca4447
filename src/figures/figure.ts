// What a figure is here: a pure function's result that Plotly draws. Nothing in src imports Plotly; a notebook or a
// Chromium (png.ts) draws it. One layout for all, on white, so that a figure reads the same in print and in dark mode.

export type Trace = Readonly<Record<string, unknown>>;

export interface Layout extends Readonly<Record<string, unknown>> {
  readonly height: number;
}

export interface Figure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
}

export const INK = '#1f2328';
export const FAINT = '#8c959f';
const GRID = '#e3e6ea';

export interface LayoutOptions {
  /** The finding, in one sentence. */
  readonly title: string;
  /** On which data, how many clips, what the bars mean. */
  readonly subtitle?: string;
  readonly height?: number;
  readonly [key: string]: unknown;
}

/** Characters of a line that fits a figure of 700 pixels. */
const TITLE_WIDTH = 78;
const SUBTITLE_WIDTH = 104;

/** Plotly does not break lines by itself. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(/ (?![%±])/)) { // a number and its unit stay on a line
    const line = lines.at(-1)!;
    if (line !== '' && line.length + word.length + 1 > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}

/** The shared theme with a figure's own settings over it. */
export function layout({ title, subtitle, height = 420, ...own }: LayoutOptions): Layout {
  const head = wrap(title, TITLE_WIDTH);
  const below = subtitle === undefined ? [] : wrap(subtitle, SUBTITLE_WIDTH);
  const top = 36 + 21 * head.length + 16 * below.length;
  const total = height + top;
  // Plotly hangs a title of several lines higher than one of a single line
  const drop = head.length + below.length > 1 ? 24 : 14;
  return {
    height: total,
    title: {
      text: [`<b>${head.join('<br>')}</b>`, ...below.map((line) => `<span style="font-size:12px;color:#57606a">${line}</span>`)].join('<br>'),
      x: 0, xref: 'container', xanchor: 'left', y: 1 - drop / total, yref: 'container', yanchor: 'top', pad: { l: 16 },
      font: { size: 16, color: INK },
    },
    font: { family: 'Open Sans, Helvetica, Arial, sans-serif', size: 13, color: INK },
    paper_bgcolor: '#ffffff', plot_bgcolor: '#ffffff',
    margin: { l: 64, r: 24, t: top, b: 56 },
    legend: { orientation: 'h', x: 0, xanchor: 'left', y: -0.22, yanchor: 'top' },
    hoverlabel: { bgcolor: '#ffffff', bordercolor: FAINT, font: { color: INK } },
    ...own,
  };
}

/** An axis with its unit in the title, e.g. axis('recall (%)'). */
export const axis = (title: string, own: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  title: { text: title, standoff: 8, font: { size: 13 } }, tickfont: { size: 12 }, gridcolor: GRID, zeroline: false, linecolor: FAINT, ticks: 'outside', tickcolor: FAINT, automargin: true, ...own,
});

/** Percent with one decimal, e.g. "55.7"; "–" for what does not exist. */
export const percent = (fraction: number | null | undefined, digits = 1): string => (fraction === null || fraction === undefined ? '–' : (100 * fraction).toFixed(digits));

/** With its sign, a true minus; without one where it rounds to nothing: "+2.40", "−0.05", "0.00". */
export function signed(value: number, digits = 2): string {
  const size = Math.abs(value).toFixed(digits);
  return Number(size) === 0 ? size : `${value < 0 ? '−' : '+'}${size}`;
}

/** Of a difference of fractions, e.g. "+2.4". */
export const points = (difference: number): string => signed(100 * difference, 1);
