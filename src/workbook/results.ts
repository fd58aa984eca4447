// Shows tables of the project (experiments/allTables.ts): the grid, what every number means, and what makes the rows that are missing.
import { kindOf } from '../experiments/figureData.ts';
import type { BuiltTable } from '../experiments/allTables.ts';
import type { TableRow } from '../experiments/tables.ts';
import { note } from './note.ts';
import { table } from './table.ts';

/** Several tables share their notes: each is said once, below the last. */
export function results(...tables: readonly BuiltTable[]): void {
  for (const { view: { title, head, cells } } of tables) {
    table(cells.map((texts) => Object.fromEntries(head.map((name, i) => [name, texts[i] ?? '']))), { columns: head, caption: title });
  }
  const notes = [...new Set(tables.flatMap(({ view }) => view.notes))].map((text) => `- ${text.replaceAll('*', '\\*')}`);
  const missing = tables.flatMap(missingRows);
  const commands = missing.length === 0 ? [] : ['', `Not run here: ${missing.length} row${missing.length === 1 ? '' : 's'}. What makes them:`, '', '```sh', ...missing.map(({ command }) => command), '```'];
  if (notes.length + commands.length > 0) note([...notes, ...commands].join('\n'));
}

/** Rows without runs on the clips that the table is of. */
export const missingRows = ({ result }: BuiltTable): readonly TableRow[] => (result ? result.rows.filter((row) => row[kindOf(result)] === null) : []);
