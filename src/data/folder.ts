// Looking into the folders of a data set: what is not there counts as empty, what cannot be read never does.
import type { Dirent, Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { codeOf, fileError } from '../files/failure.ts';

/** Something is there, and nobody can say what. */
export class Unreadable extends UserError {}

/** `nothing` for what is not there. @throws Unreadable naming the path, for whatever else the system says */
function absent<T>(error: unknown, path: string, nothing: T): T {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return nothing;
  if (code === undefined) throw error;
  throw new Unreadable((fileError(error, path, 'read') as Error).message);
}

/** None where there is no such folder. @throws Unreadable */
export const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch((error: unknown) => absent(error, folder, []));

/** None where there is no such folder. @throws Unreadable */
export const entriesIn = (folder: string): Promise<Dirent[]> => readdir(folder, { withFileTypes: true }).catch((error: unknown) => absent(error, folder, []));

/** Undefined where nothing is there. @throws Unreadable */
export const statOf = (path: string): Promise<Stats | undefined> => stat(path).catch((error: unknown) => absent(error, path, undefined));

/** What looking gave, or the error that says what cannot be read: for places that are only one of several. */
export const orUnreadable = <T>(looking: Promise<T>): Promise<T | Unreadable> =>
  looking.catch((error: unknown) => { if (error instanceof Unreadable) return error; throw error; });
