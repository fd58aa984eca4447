// Shows rows as a table: HTML in a notebook, aligned text elsewhere (and for viewers that show no HTML).
import { display, escapeHtml, VARIES } from './host.ts';

export type TableRow = Readonly<Record<string, unknown>>;

/** What is used of a danfojs DataFrame. */
export interface DataFrameLike {
  readonly columns: readonly string[];
  readonly values: unknown;
}

export interface TableOptions {
  readonly columns?: readonly string[];
  readonly caption?: string;
  /** Decimals of numbers that are not whole. Default 1. */
  readonly digits?: number;
  /** Holds times or the like: not compared when the notebook is executed again. */
  readonly varies?: boolean;
}

interface Grid { readonly columns: readonly string[]; readonly cells: readonly (readonly string[])[]; readonly isNumeric: readonly boolean[] }

/** Shows rows, or a data frame, as a table; elsewhere prints it as aligned text. */
export function table(rows: readonly TableRow[] | DataFrameLike, options: TableOptions = {}): void {
  const grid = toGrid(toRows(rows), options);
  display({ 'text/html': asHtml(grid, options.caption), 'text/plain': asText(grid, options.caption) }, undefined, options.varies ? VARIES : {});
}

/** The same table as aligned text. */
export const tableText = (rows: readonly TableRow[] | DataFrameLike, options: TableOptions = {}): string => asText(toGrid(toRows(rows), options), options.caption);

function toRows(rows: readonly TableRow[] | DataFrameLike): readonly TableRow[] {
  if (!('columns' in rows)) return rows;
  const { columns, values } = rows;
  return (values as unknown[][]).map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
}

function toGrid(rows: readonly TableRow[], { columns = [...new Set(rows.flatMap((row) => Object.keys(row)))], digits = 1 }: TableOptions): Grid {
  const cells = rows.map((row) => columns.map((column) => show(row[column], digits)));
  const isNumeric = columns.map((column) => rows.every((row) => typeof row[column] === 'number' || isMissing(row[column])));
  return { columns, cells, isNumeric };
}

const isMissing = (value: unknown): boolean => value === null || value === undefined || Number.isNaN(value);

function show(value: unknown, digits: number): string {
  if (isMissing(value)) return '–';
  if (typeof value === 'number') return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toFixed(digits).replace('-', '−');
  return typeof value === 'string' ? value : JSON.stringify(value) ?? '';
}

function asHtml({ columns, cells, isNumeric }: Grid, caption?: string): string {
  const side = (i: number): string => `style="text-align:${isNumeric[i] ? 'right' : 'left'}"`;
  const row = (tag: string, texts: readonly string[]): string => `<tr>${texts.map((text, i) => `<${tag} ${side(i)}>${escapeHtml(text).replaceAll('\n', '<br>')}</${tag}>`).join('')}</tr>`;
  const head = caption === undefined ? '' : `<caption style="text-align:left;white-space:nowrap">${escapeHtml(caption)}</caption>`;
  return `<table>${head}<thead>${row('th', columns)}</thead><tbody>${cells.map((texts) => row('td', texts)).join('')}</tbody></table>`;
}

function asText({ columns, cells, isNumeric }: Grid, caption?: string): string {
  const flat = (texts: readonly string[]): string[] => texts.map((text) => text.replaceAll('\n', ' '));
  const widths = columns.map((column, i) => Math.max(column.length, ...cells.map((row) => row[i]!.length)));
  const line = (texts: readonly string[]): string => flat(texts).map((text, i) => (isNumeric[i] ? text.padStart(widths[i]!) : text.padEnd(widths[i]!))).join('  ').trimEnd();
  return [...caption === undefined ? [] : [caption], line(columns), widths.map((width) => '-'.repeat(width)).join('  '), ...cells.map(line)].join('\n');
}
