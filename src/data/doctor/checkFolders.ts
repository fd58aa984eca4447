// What folder names tell, without opening a file: missing and empty clips, gaps and doubles in the numbers, short clips, counts that disagree.
import { basename } from 'node:path';
import type { DatasetName } from '../clip.ts';
import { authorsKeep } from '../sampling.ts';
import { framesOf, type ListedClip, type Unlisted } from './clips.ts';
import { doubledFrames } from './doubledFrames.ts';
import { found, type Finding } from './finding.ts';
import { DFEW_CLIPS, DFEW_SHORT } from './known.ts';

/** Fewer clips of one length may be chance. */
const MANY = 20;

const SKIP = 'stops at the first; with --on-bad-clip skip it leaves them out and counts them';

export function checkFolders(name: DatasetName, clips: readonly ListedClip[], unlisted: Unlisted): Finding[] {
  const missing = clips.flatMap(({ id, content }) => ('problem' in content ? [`${id}: ${content.problem}`] : []));
  const looked = clips.map((clip) => ({ id: clip.id, frames: framesOf(clip), doubles: doubledFrames(framesOf(clip)) }));
  return [
    ...found('missing-clip', 'error', 'listed clips without usable frames', missing, { training: SKIP, advice: 'restore the folders from the archive' }),
    ...found('missing-frames', 'warning', 'clips whose frame numbers have gaps', looked.flatMap(gaps), { training: 'takes the frames that are there, as if they followed each other', advice: 'restore the frames; sets with a detector\'s dropped frames have such gaps by nature' }),
    ...found('doubled-frames', 'warning', 'clips with the same frame under several names', looked.flatMap(doubled), { training: 'counts each file as a frame of its own, so moments come twice', advice: 'keep one file a frame' }),
    ...found('other-length', 'warning', 'clips with other frame counts than listed', clips.flatMap(otherLength), { training: 'believes the disk', advice: name === 'dfew' ? `none needed where it is one of the ${DFEW_SHORT.length} clips of 11 to 15 frames for which published lists claim 16` : 'restore the frames if they are fewer' }),
    ...found('single-frame', 'warning', 'clips of a single frame', clips.filter((clip) => framesOf(clip).length === 1).map(({ id }) => id), { training: 'shows the same frame in every place: nothing moves', advice: 'look at them' }),
    ...interpolated(name, clips), ...shortClips(clips),
    ...unlistedClips(name, clips, unlisted.folders),
    ...found('hidden-folder', 'note', 'folders beside the clips that cannot be listed', unlisted.hidden, { training: 'does not list them; clips that no list names cannot be told' }),
  ];
}

/** DFEW's other delivery has 16 frames a clip; told by its folder's name (dfew.ts), or by its clips under any name. */
function interpolated(name: DatasetName, clips: readonly ListedClip[]): Finding[] {
  const lengths = clips.map((clip) => framesOf(clip).length).filter((length) => length > 0);
  const isSuspect = name === 'dfew' && lengths.length >= MANY && lengths.every((length) => length === 16) && !clips[0]!.folder.includes('16f');
  return isSuspect ? found('sixteen-frames', 'warning', 'every clip has exactly 16 frames', ['the delivery interpolated to 16 frames has as many, the original 11 to 847'], { training: 'takes them; where they are interpolated results will be lower', advice: 'look whether these are the original frames (Clip/clip_224x224)' }) : [];
}

function shortClips(clips: readonly ListedClip[]): Finding[] {
  const short = clips.map((clip) => ({ id: clip.id, frames: framesOf(clip).length })).filter(({ frames }) => frames > 0 && !authorsKeep(frames));
  return found('short-clip', 'note', 'clips of fewer than 16 frames', short.map(({ id, frames }) => `${id} (${frames})`), { training: 'shows every frame, neighbours repeated evenly; --sampling authors leaves them out of training and test' });
}

function unlistedClips(name: DatasetName, clips: readonly ListedClip[], unlisted: readonly string[]): Finding[] {
  const expected = name === 'dfew' && clips.length + unlisted.length === DFEW_CLIPS ? ' (as in the official archive: only single-labelled clips are listed)' : '';
  return found('unlisted-folder', 'note', `folders that no list names${expected}`, unlisted, { training: 'does not read them' });
}

interface LookedAt { readonly id: string; readonly frames: readonly string[]; readonly doubles: ReadonlyMap<string, string> }

function doubled({ id, frames, doubles }: LookedAt): string[] {
  return [...doubles].slice(0, 1).map(([double, original]) => `${id} (${doubles.size} of ${frames.length}, such as ${basename(double)} beside ${basename(original)})`);
}

/** Numbers of a clip's frames that lie between its first and its last and are not there. */
function gaps({ id, frames, doubles }: LookedAt): string[] {
  const numbers = frames.filter((file) => !doubles.has(file)).map((file) => Number(/(\d+)\D*$/.exec(basename(file).replace(/\.\w+$/, ''))?.[1]));
  if (numbers.length < 2 || numbers.some((number) => Number.isNaN(number))) return [];
  const present = new Set(numbers), [first, last] = [Math.min(...numbers), Math.max(...numbers)];
  const absent = last - first + 1 - present.size;
  return absent === 0 ? [] : [`${id} (${absent} of ${last - first + 1})`];
}

function otherLength(clip: ListedClip): string[] {
  const frames = framesOf(clip).length;
  const claims = [...new Set(clip.listed.flatMap(({ claimedFrames }) => (claimedFrames === undefined || claimedFrames === frames ? [] : [claimedFrames])))];
  return frames === 0 || claims.length === 0 ? [] : [`${clip.id} (listed ${claims.join(', ')}, found ${frames})`];
}
