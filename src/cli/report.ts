// Tables in the terminal.
import Table from 'cli-table3';
import type { IntensityReport, Interval } from '../runs/reports.ts';
import type { Evaluation } from '../runs/types.ts';

/** A table as text; the first column is aligned left, the others right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const grid = new Table({ head: [...head], colAligns: head.map((_, i) => (i === 0 ? 'left' : 'right')), style: { head: [], border: [], compact: true } });
  for (const row of rows) grid.push([...row]);
  return grid.toString();
}

/** A fraction in percent, two digits as the field writes it; "-" for null (a class without clips). */
export const percent = (fraction: number | null, digits = 2): string => (fraction === null ? '-' : (100 * fraction).toFixed(digits));

/** "55.71 ± 2.0": percent with its standard error. */
export const percentWithError = (fraction: number, standardError: number): string => `${percent(fraction)} ± ${percent(standardError, 1)}`;

/** UAR, WAR and recall per class of some runs, one a row, in percent. */
export function evaluationTable(rows: readonly { readonly name: string; readonly evaluation: Evaluation }[]): string {
  const labelNames = rows[0]?.evaluation.labelNames ?? [];
  return table(['', 'UAR', 'WAR', ...labelNames], rows.map(({ name, evaluation: { metrics, isLeaky } }) => [
    isLeaky ? `${name} (LEAKY)` : name,
    percentWithError(metrics.uar, metrics.uarStandardError), percentWithError(metrics.war, metrics.warStandardError),
    ...metrics.recall.map((recall) => percent(recall, 1)),
  ]));
}

/** What has to stand under every table of `evaluations`: the data, the clips, what LEAKY means. */
export function evaluationNotes(evaluations: readonly Evaluation[]): string[] {
  const notes = new Set(evaluations.map(({ split, isSynthetic, metrics }) =>
    `Percent on ${metrics.counts.reduce((total, n) => total + n, 0)} ${split} clips${isSynthetic ? ' of the synthetic benchmark (not comparable with real faces)' : ''}; ± is one standard error over clips.`));
  for (const { skipped = [], split } of evaluations) if (skipped.length > 0) notes.add(`${skipped.length} ${split} clips could not be read and are not counted: ${skipped.slice(0, 5).map(({ id }) => id).join(', ')}${skipped.length > 5 ? ', ...' : ''} (all in evaluation.json).`);
  if (evaluations.some(({ isLeaky }) => isLeaky)) notes.add('LEAKY: the test split chose the epoch, as in the authors\' code; such numbers are too high.');
  return [...notes];
}

/** Recall by true peak intensity, bins without clips left out. */
export function intensityText({ bins, correlation, clips }: IntensityReport): string {
  const shown = bins.filter((bin) => bin.recall !== null), interval = ({ estimate, low, high }: Interval, show: (value: number) => string): string => `${show(estimate)} [${show(low)}, ${show(high)}]`;
  const rank = correlation ? `; rank correlation of intensity and margin ${interval(correlation, (value) => value.toFixed(2))}` : '';
  return [
    table(['true peak intensity', ...shown.map(({ low, high }) => `${low} to ${high}`)], [['clips', ...shown.map((bin) => String(bin.clips))], ['recall', ...shown.map(({ recall }) => interval(recall!, (value) => percent(value, 1)))]]),
    `${clips} clips of known intensity, neutral left out${rank}.`,
  ].join('\n');
}

/** Clips by true class (rows) and predicted class (columns). */
export function confusionTable(confusion: readonly (readonly number[])[], labelNames: readonly string[]): string {
  return table(['true \\ predicted', ...labelNames], confusion.map((row, i) => [labelNames[i] ?? String(i), ...row.map(String)]));
}
