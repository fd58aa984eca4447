// The tables of runs for a set of one's own: the same rows on other clips, beside nothing published.
import { UserError } from '../errors.ts';
import { TABLES, type PlannedTable } from './plan.ts';

/** Rows as in the paper's tables; main-dfew's are "main". */
export const OWN_TABLES: readonly PlannedTable[] = TABLES.filter(({ dataset }) => dataset === 'dfew').map((table): PlannedTable => ({
  ...table, dataset: 'csv', name: table.name === 'main-dfew' ? 'main' : table.name, title: table.name === 'main-dfew' ? 'Main result' : table.title, note: 'Clips of one\'s own: nothing published compares with these.',
  rows: table.rows.map(({ label, settings, smoke, note }) => ({ label, settings, ...smoke !== undefined && { smoke }, ...note !== undefined && { note } })),
}));

/** @throws UserError naming the tables that there are. */
export function ownTablesNamed(names: readonly string[]): readonly PlannedTable[] {
  const unknown = names.find((name) => !OWN_TABLES.some((table) => table.name === name));
  if (unknown !== undefined) throw new UserError(`expected tables out of ${OWN_TABLES.map(({ name }) => name).join(', ')}, found "${unknown}"`);
  return names.length === 0 ? OWN_TABLES : OWN_TABLES.filter(({ name }) => names.includes(name));
}
