// Which clips of a rendered benchmark change from one expression to another: clips.csv knows.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { UserError } from '../../errors.ts';

/** Ids of the transition clips. @throws UserError for a folder that is no rendered benchmark. */
export async function readTransitions(root: string): Promise<Set<string>> {
  const file = join(root, 'clips.csv');
  const text = await readFile(file, 'utf8').catch(() => { throw new UserError(`${file}: expected the table of a rendered benchmark, found no such file; render one with "ial synth"`); });
  const rows: Record<string, string>[] = parse(text, { columns: true });
  if (!rows.every((row) => row['transition'] === '0' || row['transition'] === '1')) throw new UserError(`${file}: expected a column "transition" of 0 and 1; render the benchmark anew`);
  return new Set(rows.filter((row) => row['transition'] === '1').map((row) => row['clip']!));
}
