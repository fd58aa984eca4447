// Where a DFEW folder keeps the frames of its clips: known names first, else any folder that holds them.
import { basename, join } from 'node:path';
import { UserError } from '../errors.ts';
import { entriesIn, namesIn, orUnreadable, Unreadable } from './folder.ts';
import type { ClipList } from './list.ts';

/** The lists are there, and no frames of their clips. */
export class NoFrames extends UserError {}

/** By preference; any other folder of `Clip` or of the root that holds the clips is found too. */
const FRAME_FOLDERS = ['Clip/clip_224x224', 'Clip/jpg_256', 'clip_224x224', 'jpg_256', 'DFEW_Face', 'DFEW_Frame_Face', 'dataset', 'single_label/data', 'Clip', ''];

/** "1", "00001" and "00001.mp4" are one clip. */
export const clipKey = (name: string): string => name.replace(/\.(?:mp4|avi)$/i, '').replace(/^0+(?=\d+$)/, '');

/** `names`: as they are on the disk, by clipKey. */
export interface FrameFolder { readonly path: string; readonly names: ReadonlyMap<string, string>; readonly notes: readonly string[] }

/** The folder that holds most of the listed clips; the known names first. @throws NoFrames when there is none. */
export async function frameFolder(root: string, lists: readonly ClipList[]): Promise<FrameFolder> {
  const wanted = new Set(lists.flatMap((list) => list.rows.map((row) => clipKey(row.path.split(/[\\/]+/).filter((part) => part !== '').at(-1) ?? ''))));
  const { names, unreadable } = await folderCandidates(root);
  const looked = await Promise.all(names.map((name) => orUnreadable(inspect(root, name, wanted))));
  const candidates = looked.flatMap((folder) => (folder instanceof Unreadable || folder.matched === 0 ? [] : [folder]));
  const original = candidates.filter((folder) => !isInterpolated(folder.name));
  const most = (list: typeof candidates) => list.toSorted((a, b) => b.matched - a.matched)[0];
  const chosen = original.find((folder) => folder.matched * 2 >= wanted.size) ?? most(original) ?? most(candidates);
  if (!chosen) throw noFrames(root, wanted.size, [...looked.filter((folder) => folder instanceof Unreadable), ...unreadable]);
  const warning = isInterpolated(chosen.name) ? [`WARNING: ${chosen.name} holds clips interpolated to 16 frames, not the original frames that the paper's dynamic sampling needs (MAE-DFER issue 14); results will be lower`] : [];
  const passed = names.slice(0, names.indexOf(chosen.name)).flatMap((_, i) => { const folder = looked[i]; return folder instanceof Unreadable ? [`WARNING: passed over a frame folder: ${folder.message}`] : []; });
  return { path: join(root, chosen.name), names: chosen.names, notes: [`frames: ${chosen.name || '.'}`, ...warning, ...passed] };
}

function noFrames(root: string, clips: number, unreadable: readonly Unreadable[]): NoFrames {
  const hidden = unreadable.length > 0 ? ` (not looked into: ${[...new Set(unreadable.map(({ message }) => message))].join(', ')})` : '';
  return new NoFrames(`${root}: expected frame folders of the ${clips} listed clips such as Clip/clip_224x224/00001, found none in ${FRAME_FOLDERS.filter(Boolean).join(', ')} or another folder${hidden}; unpack the frames there`);
}

const isInterpolated = (name: string): boolean => /16f/i.test(name);

/** @returns names relative to the root, the known ones first, and why others could not be found. */
async function folderCandidates(root: string): Promise<{ readonly names: readonly string[]; readonly unreadable: readonly Unreadable[] }> {
  const found = [await orUnreadable(foldersBelow(root, 'Clip')), await orUnreadable(foldersBelow(root, ''))];
  const names = [...new Set([...FRAME_FOLDERS, ...found.flatMap((names) => (names instanceof Unreadable ? [] : names))])];
  const twice = names.filter(Boolean).map((name) => `${name}/${basename(name)}`); // an archive unpacked into a folder of its own name
  return { names: [...names, ...twice], unreadable: found.filter((names) => names instanceof Unreadable) };
}

async function foldersBelow(root: string, folder: string): Promise<string[]> {
  const folders = (await entriesIn(join(root, folder))).filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'));
  // a folder of thousands of folders holds clips, not other frame folders
  return folders.length > 200 ? [] : folders.map((entry) => (folder ? `${folder}/${entry.name}` : entry.name)).sort();
}

async function inspect(root: string, name: string, wanted: ReadonlySet<string>): Promise<{ readonly name: string; readonly matched: number; readonly names: ReadonlyMap<string, string> }> {
  const entries = await namesIn(join(root, name));
  const names = new Map(entries.filter((entry) => !/\.\w{1,4}$/.test(entry)).map((entry) => [clipKey(entry), entry]));
  let matched = 0;
  for (const key of wanted) if (names.has(key)) matched++;
  return { name, matched, names };
}
