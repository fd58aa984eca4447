// Sources that were shown to give the same results: archived runs need not be made anew for an edit that changes none.
// `ial verify` writes the file beside the runs; without it, or for any other sources, nothing is taken to be alike.
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { readTextIfAny } from '../files/failure.ts';
import { encodeJson, parseJson } from '../files/json.ts';
import { sourcesHash } from './sources.ts';

/** Lies in a folder of run folders. */
export const ALIKE_FILE = 'alike.json';

export interface Alike {
  /** Hash of the sources that made the runs anew. */
  readonly sources: string;
  /** Hashes of the sources that had made them. */
  readonly as: readonly string[];
  /** What showed it: names of the runs, clips compared, and how far apart logits and training losses were. */
  readonly shownBy: { readonly runs: readonly string[]; readonly clips: number; readonly logits: number; readonly losses: number };
  readonly device: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What had been shown before of the sources that these were compared with: one link of a chain, each on a machine of its own. */
  readonly earlier?: Alike;
}

const isAlike = (value: unknown): value is Alike => {
  const { sources, as, shownBy } = value as Partial<Alike>;
  return typeof sources === 'string' && Array.isArray(as) && as.every((one) => typeof one === 'string') && Array.isArray(shownBy?.runs);
};

/** What was shown of today's sources in this folder; undefined where nothing was. @throws UserError for a file that is none of ours. */
export async function readAlike(folder: string): Promise<Alike | undefined> {
  const noted = await readNoted(folder);
  return noted?.sources === sourcesHash() ? noted : undefined;
}

/** What was shown last, of whichever sources. @throws UserError for a file that is none of ours. */
export async function readNoted(folder: string): Promise<Alike | undefined> {
  const file = join(folder, ALIKE_FILE);
  const text = await readTextIfAny(file);
  if (text === undefined) return undefined;
  const value = parseJson(text, file);
  if (!isAlike(value)) throw new UserError(`${file}: expected what "ial verify --write" writes; delete it, and the runs count as made by other sources`);
  return value;
}

export const writeAlike = (folder: string, alike: Alike): Promise<void> =>
  writeFileAtomic(join(folder, ALIKE_FILE), `${encodeJson(alike, ALIKE_FILE, 2)}\n`);
