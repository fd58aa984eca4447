// Where a FERV39k folder keeps the frames of its clips: known names first, else any folder that holds them.
import { join } from 'node:path';
import { entriesIn, orUnreadable, statOf, Unreadable } from './folder.ts';
import { locate } from './locate.ts';

const FRAME_FOLDERS = ['2_ClipsforFaceCrop', 'ClipsforFaceCrop', 'FaceCrop', 'dataset'];

/** As many listed clips are looked for in a folder of another name. */
const SAMPLE = 100;

/**
 * @param ids Scene/Emotion/ID
 * @returns a known folder or the root where no folder holds any of them: what is missing is then said clip by clip
 */
export async function frameFolder(root: string, ids: readonly string[]): Promise<string> {
  const located = await Promise.all(FRAME_FOLDERS.map((name) => orUnreadable(locate(root, name)))), known = located.filter((path) => typeof path === 'string');
  const expressions = [...new Set(ids.map((id) => id.slice(0, id.lastIndexOf('/'))))];
  for (const folder of [...known, root]) if (await holdsAny(folder, expressions)) return folder;
  return await otherFolder(root, ids) ?? known[0] ?? root;
}

async function holdsAny(folder: string, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (await isFolder(join(folder, path))) return true;
  return false;
}

/** One that cannot be looked into is there: reading its clips says why. */
const isFolder = async (path: string): Promise<boolean> => {
  const found = await orUnreadable(statOf(path));
  return found instanceof Unreadable || found?.isDirectory() === true;
};

/** The folder of any name in the root that holds most of some clips. */
async function otherFolder(root: string, ids: readonly string[]): Promise<string | undefined> {
  const entries = await orUnreadable(entriesIn(root)), step = Math.ceil(ids.length / SAMPLE), some = ids.filter((_, i) => i % step === 0);
  const folders = entries instanceof Unreadable ? [] : entries.filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'));
  const matched = await Promise.all(folders.map(async ({ name }) => {
    const there = await Promise.all(some.map((id) => isFolder(join(root, name, id))));
    return { folder: join(root, name), count: there.filter(Boolean).length };
  }));
  return matched.filter(({ count }) => count > 0).toSorted((a, b) => b.count - a.count || (a.folder < b.folder ? -1 : 1))[0]?.folder;
}
