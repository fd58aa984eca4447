// Every clip that any list names, once, with where it is listed and what its folder holds.
import { basename, dirname } from 'node:path';
import { readContents, type ClipEntry } from '../collect.ts';
import { entriesIn, orUnreadable, Unreadable } from '../folder.ts';
import type { FolderContent } from '../frames.ts';
import type { Layout } from './layout.ts';

export interface ListedClip {
  readonly id: string;
  readonly folder: string;
  /** By fold. */
  readonly listed: readonly { readonly fold: number; readonly split: 'train' | 'test'; readonly label: number; readonly where: string; readonly claimedFrames?: number | undefined }[];
  readonly content: FolderContent;
}

/** In the order in which the lists name them. No image is opened. */
export async function listedClips({ folds }: Pick<Layout, 'folds'>): Promise<ListedClip[]> {
  const clips = new Map<string, { id: string; folder: string; content?: FolderContent; listed: ListedClip['listed'][number][] }>();
  const add = (fold: number, split: 'train' | 'test', { id, folder, label, where, claimedFrames, content }: ClipEntry): void => {
    const clip = clips.get(folder) ?? { id, folder, ...content && { content }, listed: [] };
    clip.listed.push({ fold, split, label, where, claimedFrames });
    clips.set(folder, clip);
  };
  for (const { fold, train, test } of folds) {
    for (const entry of train) add(fold, 'train', entry);
    for (const entry of test) add(fold, 'test', entry);
  }
  const all = [...clips.values()];
  const contents = await readContents(all);
  return all.map(({ id, folder, listed }, i) => ({ id, folder, listed, content: contents[i]! }));
}

export const framesOf = ({ content }: Pick<ListedClip, 'content'>): readonly string[] => ('frames' in content ? content.frames : []);

/** Folders beside the listed clips that no list names, and why others may not be known. */
export interface Unlisted { readonly folders: readonly string[]; readonly hidden: readonly string[] }

export async function unlistedFolders(clips: readonly ListedClip[]): Promise<Unlisted> {
  const listed = new Map<string, Set<string>>();
  for (const { folder } of clips) {
    const parent = dirname(folder);
    const names = listed.get(parent) ?? new Set();
    listed.set(parent, names.add(basename(folder).normalize())); // archives unpacked on macOS spell names in another form (spelling.ts)
  }
  const found: string[] = [], hidden: string[] = [];
  for (const [parent, names] of listed) {
    const entries = await orUnreadable(entriesIn(parent));
    if (entries instanceof Unreadable) hidden.push(entries.message);
    else found.push(...entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !names.has(entry.name.normalize())).map(({ name }) => name));
  }
  return { folders: found.sort(), hidden };
}
