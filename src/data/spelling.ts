// Paths whose names the disk spells in another Unicode form than the list: on macOS "ë" is unpacked as an e and a mark of its own.
import { basename, dirname, join } from 'node:path';
import { namesIn, orUnreadable, statOf, Unreadable } from './folder.ts';

/** The path as it is on the disk, for one that is not there as it is written; undefined where there is none. */
export type Spelling = (path: string) => Promise<string | undefined>;

/** What a folder holds is looked at once, for thousands of paths. */
export function diskSpelling(): Spelling {
  const folders = new Map<string, Promise<ReadonlyMap<string, string>>>();
  const namesOf = (folder: string): Promise<ReadonlyMap<string, string>> => {
    const known = folders.get(folder) ?? normalNames(folder);
    folders.set(folder, known);
    return known;
  };
  const spelled: Spelling = async (path) => {
    const parent = dirname(path);
    if (parent === path) return path;
    const folder = await isThere(parent) ? parent : await spelled(parent);
    const name = folder === undefined ? undefined : (await namesOf(folder)).get(basename(path).normalize());
    return name === undefined ? undefined : join(folder!, name);
  };
  return async (path) => (path.normalize('NFC') === path.normalize('NFD') ? undefined : spelled(path));
}

const isThere = async (path: string): Promise<boolean> => await orUnreadable(statOf(path)) !== undefined;

async function normalNames(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await orUnreadable(namesIn(folder));
  return new Map(names instanceof Unreadable ? [] : names.map((name) => [name.normalize(), name]));
}
