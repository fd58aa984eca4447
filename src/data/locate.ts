// Finds lists and folders of a dataset as people really have them: other letter case, one of several known names.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { namesIn, orUnreadable, statOf, Unreadable } from './folder.ts';

/** The real path of `relative` below `root`, letter case ignored where the exact name is not there; undefined when there is none. @throws Unreadable for a folder on the way. */
export async function locate(root: string, relative: string): Promise<string | undefined> {
  const exact = join(root, relative);
  if (await exists(exact)) return exact;
  let folder = root;
  for (const part of relative.split('/')) {
    const names = await namesIn(folder);
    const name = names.includes(part) ? part : names.find((candidate) => candidate.toLowerCase() === part.toLowerCase());
    if (name === undefined) return undefined;
    folder = join(folder, name);
  }
  return folder;
}

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

/** The absolute path of a dataset's folder. @throws UserError when it is missing or a file. */
export async function datasetRoot(root: string): Promise<string> {
  const path = resolve(root);
  const found = await statOf(path);
  if (!found) throw new UserError(`${path}: expected the folder of a dataset, found nothing; check --data (datasets/README.md tells how to get the sets)`);
  if (!found.isDirectory()) throw new UserError(`${path}: expected the folder of a dataset, found a file; pass the folder that holds the lists and the frames`);
  return path;
}

/** There is no list of the set, or of the fold. */
export class NoLists extends UserError {}

/** A pair of lists that belong together, paths relative to the root; the first `test` that exists is taken. */
export interface ListPair { readonly origin: string; readonly train: string; readonly test: readonly string[] }

export interface FoundLists<P extends ListPair> { readonly pair: P; readonly train: string; readonly test: string; readonly others: readonly P[] }

/** Where one pair is found, the places of others need not be readable. @throws UserError naming what was looked for, the missing half of a pair, or what cannot be read. */
export async function findLists<P extends ListPair>(root: string, what: string, pairs: readonly P[]): Promise<FoundLists<P>> {
  const found: FoundLists<P>[] = [], hidden: Unreadable[] = [];
  for (const pair of pairs) {
    const located = await orUnreadable(Promise.all([locate(root, pair.train), firstLocated(root, pair.test)]));
    if (located instanceof Unreadable) { hidden.push(located); continue; }
    const [train, test] = located;
    if (train === undefined && test === undefined) continue;
    if (train !== undefined && test !== undefined) found.push({ pair, train, test, others: [] });
    else if (found.length === 0) throw new UserError(`${root}: expected ${what}'s ${train === undefined ? `training list ${pair.train}` : `test list ${pair.test.join(' or ')}`} beside ${train ?? test}, found none; restore it`);
  }
  const first = found[0];
  if (!first) throw hidden[0] ?? new NoLists(`${root}: expected the lists of ${what}, found none of ${pairs.map((pair) => pair.train).join(', ')}; check --data and --fold`);
  return { ...first, others: found.slice(1).map(({ pair }) => pair) };
}

async function firstLocated(root: string, relatives: readonly string[]): Promise<string | undefined> {
  for (const relative of relatives) {
    const path = await locate(root, relative);
    if (path !== undefined) return path;
  }
  return undefined;
}

/** The parts of a list's path, its last `count` only. @throws UserError when they would lead out of the dataset's folder. */
export function lastParts(path: string, count: number, where: string): string[] {
  const parts = path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.').slice(-count);
  const isInside = parts.length > 0 && parts.every((part) => part !== '..' && !part.includes('\0'));
  if (!isInside) throw new UserError(`${where}: expected a clip inside the dataset's folder, found the path "${path}", which leaves it; mend the line`);
  return parts;
}
