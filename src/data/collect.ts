// From the entries of a list to clips with their frames: what every dataset reader shares.
import { UserError } from '../errors.ts';
import type { Clip, Skip } from './clip.ts';
import { mapLimit, NO_FOLDER, PARALLEL_FOLDERS, readFrameFolder, type FolderContent } from './frames.ts';
import { diskSpelling, type Spelling } from './spelling.ts';

/** What happens with a clip whose frames cannot be used: stop with an error, or leave it out and note it. */
export type BadClipPolicy = 'stop' | 'skip';

/** One list entry, resolved. */
export interface ClipEntry {
  readonly id: string;
  readonly label: number;
  readonly folder: string;
  /** `file:line` */
  readonly where: string;
  readonly claimedFrames?: number | undefined;
  /** Known without reading the folder: the frames of a video file. */
  readonly content?: FolderContent;
}

export interface Collected { readonly clips: readonly Clip[]; readonly skipped: readonly Skip[]; readonly notes: readonly string[] }

/** What each entry's folder holds, several read at a time. No image is opened. */
export function readContents(entries: readonly Pick<ClipEntry, 'folder' | 'content'>[]): Promise<FolderContent[]> {
  const spelling = diskSpelling();
  return mapLimit(entries, PARALLEL_FOLDERS, async ({ folder, content }) => content ?? readSpelled(folder, spelling));
}

async function readSpelled(folder: string, spelling: Spelling): Promise<FolderContent> {
  const content = await readFrameFolder(folder);
  const other = 'problem' in content && content.problem === NO_FOLDER ? await spelling(folder) : undefined;
  return other === undefined ? content : readFrameFolder(other);
}

/** @throws UserError naming both lines. */
export function checkUnique(split: string, entries: readonly ClipEntry[]): void {
  const seen = new Map<string, ClipEntry>();
  for (const entry of entries) {
    const before = seen.get(entry.id);
    if (before) throw new UserError(`${entry.where}: expected each clip once in the ${split} list, found ${entry.id} again (first at ${before.where}); remove one of the lines`);
    seen.set(entry.id, entry);
  }
}

/** @throws UserError for a clip in both splits. */
export function checkDisjoint(train: readonly ClipEntry[], test: readonly ClipEntry[]): void {
  const trained = new Map(train.map((entry) => [entry.id, entry.where]));
  const shared = test.filter((entry) => trained.has(entry.id));
  if (shared.length === 0) return;
  const first = shared[0]!;
  throw new UserError(`${first.where}: expected no clip in both splits, found ${first.id} (trained on at ${trained.get(first.id)})${others(shared.length)}; results would not be a test: use both lists from one archive`);
}

const others = (count: number): string => (count > 1 ? ` and ${count - 1} more` : '');

/** Reads the frame folders of one split. @throws UserError for the first unusable clip under policy 'stop', or when none is usable. */
export async function collectClips(split: string, entries: readonly ClipEntry[], policy: BadClipPolicy): Promise<Collected> {
  const contents = await readContents(entries);
  const bad = entries.flatMap((entry, i) => ('problem' in contents[i]! ? [{ entry, problem: contents[i].problem }] : []));
  if (bad.length > 0 && (policy === 'stop' || bad.length === entries.length)) {
    const { entry, problem } = bad[0]!;
    throw new UserError(`${entry.where}: expected frames of ${split} clip ${entry.id} in ${entry.folder}, ${problem}${bad.length > 1 ? `; ${bad.length} of ${entries.length} clips are unusable` : ''}; restore the frames, or leave such clips out with --on-bad-clip skip`);
  }
  const clips = entries.flatMap(({ id, label }, i): Clip[] => ('frames' in contents[i]! ? [{ id, label, frames: contents[i].frames }] : []));
  return { clips, skipped: bad.map(({ entry, problem }) => ({ id: entry.id, reason: problem })), notes: [...skipNotes(split, bad), ...countNotes(split, entries, contents)] };
}

function skipNotes(split: string, bad: readonly { entry: ClipEntry; problem: string }[]): string[] {
  return bad.length === 0 ? [] : [`skipped ${bad.length} ${split} clips without usable frames: ${bad.slice(0, 10).map(({ entry, problem }) => `${entry.id} (${problem})`).join(', ')}${bad.length > 10 ? ', ...' : ''}`];
}

function countNotes(split: string, entries: readonly ClipEntry[], contents: readonly FolderContent[]): string[] {
  const differing = entries.flatMap(({ id, claimedFrames }, i) => {
    const content = contents[i]!;
    if (claimedFrames === undefined || !('frames' in content) || content.frames.length === claimedFrames) return [];
    return [`${id} (listed ${claimedFrames}, found ${content.frames.length})`];
  });
  return differing.length === 0 ? [] : [`${differing.length} ${split} clips have other frame counts than listed; the disk decides: ${differing.slice(0, 10).join(', ')}${differing.length > 10 ? ', ...' : ''}`];
}
