// The error line that a worker left in its log.
import { readFile } from 'node:fs/promises';

/** Its own line, else the last one that was said. */
export async function lastWords(log: string, ending = 'ended'): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  const said = lines.findLast((line) => line.startsWith('ial: '));
  const thrown = lines.findLast((line) => /^\w*Error\b/.test(line));
  return said?.slice('ial: '.length) ?? `${ending}: ${thrown ?? (lines.at(-1) || 'nothing said')}`;
}
