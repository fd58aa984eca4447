// Rows as a danfojs data frame, for what plain arrays are clumsy at: grouping, joining, describing. `table` shows it.
import type { DataFrame } from 'danfojs-node';
import { UserError } from '../errors.ts';
import type { TableRow } from './table.ts';

/** @throws UserError where danfojs-node is not installed (it is a development package). */
export async function frame(rows: readonly TableRow[]): Promise<DataFrame> {
  const danfo = await import('danfojs-node').catch(() => { throw new UserError('data frames need danfojs-node: run npm run setup in a checkout'); });
  return new danfo.DataFrame(rows.map((row) => ({ ...row })));
}
