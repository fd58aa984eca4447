// Confusion matrix, row-normalised: every row is what became of one expression's clips, the diagonal is its recall.
import { axis, INK, layout, percent, type Figure, type Trace } from './figure.ts';
import { SEQUENTIAL } from './palette.ts';

export interface ConfusionOptions {
  readonly labelNames: readonly string[];
  /** The finding; computed from the matrix by default. */
  readonly title?: string;
  /** Which run on which data. */
  readonly subtitle?: string;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** @param confusion [true class][predicted class] clips */
export function confusionFigure(confusion: readonly (readonly number[])[], { labelNames, title = confusionFinding(confusion, labelNames), subtitle }: ConfusionOptions): Figure {
  const shares = confusion.map((row) => row.map((clips) => (sum(row) === 0 ? null : (100 * clips) / sum(row))));
  const rows = labelNames.map((name, c) => `${name} (${sum(confusion[c]!)})`);
  return {
    data: [{
      type: 'heatmap', z: shares, x: labelNames, y: rows, customdata: confusion,
      hovertemplate: 'true %{y}<br>predicted %{x}<br>%{z:.1f} % (%{customdata} clips)<extra></extra>',
      colorscale: SEQUENTIAL, zmin: 0, zmax: 100, xgap: 2, ygap: 2,
      colorbar: { title: { text: 'share of the<br>row (%)' }, thickness: 12, len: 0.9, outlinewidth: 0, tickfont: { size: 12 } },
    }, ...cellTexts(confusion, shares, labelNames, rows)],
    layout: layout({
      title, ...subtitle !== undefined && { subtitle }, height: 440, showlegend: false,
      xaxis: axis('predicted expression', { showgrid: false, constrain: 'domain', ticks: '' }),
      yaxis: axis('true expression (clips)', { showgrid: false, autorange: 'reversed', ticks: '' }),
    }),
  };
}

/** Share and clips in every cell that holds any, dark on light cells and light on dark ones. */
function cellTexts(confusion: readonly (readonly number[])[], shares: readonly (readonly (number | null)[])[], columns: readonly string[], rows: readonly string[]): Trace[] {
  const cells = confusion.flatMap((row, c) => row.map((clips, p) => ({ x: columns[p]!, y: rows[c]!, clips, share: shares[c]![p] ?? 0 }))).filter(({ clips }) => clips > 0);
  const texts = (part: typeof cells, color: string): Trace => ({
    type: 'scatter', mode: 'text', x: part.map(({ x }) => x), y: part.map(({ y }) => y), text: part.map(({ share, clips }) => `<b>${share.toFixed(0)} %</b><br>${clips}`),
    textfont: { size: 11, color }, hoverinfo: 'skip',
  });
  const isDark = ({ share }: { share: number }): boolean => share >= 45;
  return [texts(cells.filter((cell) => !isDark(cell)), INK), texts(cells.filter(isDark), '#ffffff')];
}

/** E.g. "Best found: happiness (91 %); most confused: disgust, taken for anger (55 %)". */
export function confusionFinding(confusion: readonly (readonly number[])[], labelNames: readonly string[]): string {
  const recalls = confusion.map((row, c) => ({ c, recall: sum(row) === 0 ? null : row[c]! / sum(row) })).filter((entry): entry is { c: number; recall: number } => entry.recall !== null);
  if (recalls.length === 0) return 'No clips';
  const best = recalls.reduce((a, b) => (b.recall > a.recall ? b : a));
  const found = `Best found: ${labelNames[best.c]} (${percent(best.recall, 0)}\u00a0%)`;
  const worst = worstConfusion(confusion);
  return worst ? `${found}; most confused: ${labelNames[worst.label]}, taken for ${labelNames[worst.taken]} (${percent(worst.share, 0)}\u00a0%)` : found;
}

function worstConfusion(confusion: readonly (readonly number[])[]): { label: number; taken: number; share: number } | undefined {
  const errors = confusion.flatMap((row, label) => row.map((clips, taken) => ({ label, taken, share: clips / (sum(row) || 1) }))).filter(({ label, taken, share }) => label !== taken && share > 0);
  return errors.length === 0 ? undefined : errors.reduce((a, b) => (b.share > a.share ? b : a));
}
