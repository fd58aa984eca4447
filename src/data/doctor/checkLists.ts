// What is wrong with lists: unreadable, doubled or contradicting lines, clips on both sides, other counts than published.
import type { ClipEntry } from '../collect.ts';
import type { ListedClip } from './clips.ts';
import { found, type Finding } from './finding.ts';
import { knownSplit } from './known.ts';
import type { BrokenFold, FoldLists, Layout, Obstacle } from './layout.ts';

/** Clips of each class. */
export function countClasses(entries: readonly Pick<ClipEntry, 'label'>[], classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const { label } of entries) if (counts[label] !== undefined) counts[label]++;
  return counts;
}

export function checkLists({ name, labelNames, scene, folds, broken, absent, others }: Layout, clips: readonly ListedClip[], isSynthetic: boolean): Finding[] {
  return [
    ...brokenFolds(broken),
    ...found('doubled-clip', 'error', 'clips that a list names twice', folds.flatMap(doubled), { training: 'stops at the first', advice: 'remove one of the lines' }),
    ...found('both-sides', 'error', 'clips in the training and the test list of one fold', folds.flatMap(shared), { training: 'stops: results would not be a test', advice: 'use both lists from one archive' }),
    ...found('two-labels', 'warning', 'clips with different labels in different folds', clips.filter(({ listed }) => new Set(listed.map(({ label }) => label)).size > 1).map(({ id, listed }) => `${id} (${[...new Set(listed.map(({ label }) => labelNames[label] ?? label))].join(', ')})`), { training: 'takes each fold at its word', advice: 'use the lists of one archive' }),
    ...(isSynthetic || scene !== undefined ? [] : found('other-counts', 'warning', 'lists with other class counts than published', folds.flatMap((fold) => otherCounts(name, labelNames, fold)), { training: 'goes on; results cannot be compared with published ones', advice: 'compare the lists with those of the official archive' })),
    ...others ? found('no-lists', 'error', 'no lists of the folds that were asked for', absent.map((fold) => `fold ${fold}: there are lists of ${others.length > 1 ? 'the folds' : 'fold'} ${others.join(', ')}`), { training: 'stops', advice: 'choose another fold with --fold' }) : found('missing-fold', 'note', 'folds without lists', absent.map(String), { training: 'stops when told to take one of these' }),
    ...(folds.length > 0 ? emptyClasses(labelNames, folds) : []), ...noteFindings(folds),
  ];
}

const OBSTACLES: Readonly<Record<Obstacle, readonly [id: string, what: string, advice: string]>> = {
  list: ['unreadable-list', 'lists that the reader refuses', 'mend the line, or restore the list from the archive'],
  frames: ['no-frames', 'lists without frames', 'unpack the frames below the folder, or mend the permissions of those that are there'],
  folder: ['unreadable-folder', 'folders that cannot be read', 'mend the permissions of the folder (chmod a+rX), or unpack it anew'],
  scene: ['no-lists', 'lists of single scenes only', 'pass --scene NAME'],
  ffmpeg: ['no-ffmpeg', 'videos without the program that decodes them', 'install ffmpeg (Debian, Ubuntu: apt install ffmpeg), or unpack the frames'],
};

/** A line that holds for several folds is said once. */
const brokenFolds = (broken: readonly BrokenFold[]): Finding[] => (Object.keys(OBSTACLES) as Obstacle[]).flatMap((obstacle) => {
  const [id, what, advice] = OBSTACLES[obstacle], stopped = broken.filter((one) => one.obstacle === obstacle);
  const lines = [...new Set(stopped.map(({ reason }) => reason))].map((reason) => `fold ${stopped.flatMap((one) => (one.reason === reason ? [one.fold] : [])).join(', ')}: ${reason}`);
  return found(id, 'error', what, lines, { training: 'stops with this line', advice });
});

function doubled({ fold, train, test }: FoldLists): string[] {
  return [train, test].flatMap((entries) => {
    const first = new Map<string, string>();
    return entries.flatMap(({ id, where }) => {
      const before = first.get(id);
      first.set(id, before ?? where);
      return before === undefined ? [] : [`fold ${fold}: ${id} (${before} and ${where})`];
    });
  });
}

function shared({ fold, train, test }: FoldLists): string[] {
  const trained = new Set(train.map(({ id }) => id));
  return test.filter(({ id }) => trained.has(id)).map(({ id }) => `fold ${fold}: ${id}`);
}

function otherCounts(name: Layout['name'], labelNames: readonly string[], { fold, train, test }: FoldLists): string[] {
  const known = knownSplit(name, fold);
  if (!known) return [];
  return (['train', 'test'] as const).flatMap((split) => {
    const counts = countClasses(split === 'train' ? train : test, labelNames.length);
    const other = labelNames.flatMap((label, c) => (counts[c] === known[split][c] ? [] : [`${label} ${counts[c]} instead of ${known[split][c]}`]));
    return other.length === 0 ? [] : [`fold ${fold} ${split}: ${other.join(', ')}`];
  });
}

function emptyClasses(labelNames: readonly string[], folds: readonly FoldLists[]): Finding[] {
  const without = (split: 'train' | 'test'): string[] => folds.flatMap((fold) => {
    const counts = countClasses(fold[split], labelNames.length);
    return labelNames.flatMap((label, c) => (counts[c] === 0 ? [`fold ${fold.fold}: ${label}`] : []));
  });
  return [
    ...found('untrained-class', 'warning', 'classes without a training clip', without('train'), { training: 'goes on; the network cannot learn them', advice: 'compare the lists with those of the archive' }),
    ...found('untested-class', 'warning', 'classes without a test clip', without('test'), { training: 'goes on; their recall is unknown, UAR is the mean of the others', advice: 'compare the lists with those of the archive' }),
  ];
}

/** What the readers say in words, once for all folds that say it. */
function noteFindings(folds: readonly FoldLists[]): Finding[] {
  const notes = [...new Set(folds.flatMap((fold) => fold.notes.filter((note) => !/^(lists|frames|scene|folds|classes): /.test(note)).map((note) => note.replace(/ \((?:label \d at|as told).*\)$/, ''))))];
  const say = (id: string, severity: Finding['severity'], what: string, pattern: RegExp, training: string, advice: string): Finding[] => found(id, severity, what, notes.filter((note) => pattern.test(note)), { training, advice });
  return [
    ...say('interpolated-frames', 'warning', 'frames interpolated to 16 a clip', /^WARNING: .*interpolated/, 'takes them; results will be lower', 'unpack the original frames (Clip/clip_224x224)'),
    ...say('passed-folder', 'warning', 'frame folders that cannot be read', /^WARNING: passed over/, 'takes the frames of another folder', 'mend its permissions'),
    ...say('ambiguous-labels', 'warning', 'label base not told by the values', /ambiguous/, 'takes the usual base of this format', 'restore the whole lists: each holds a 0 or a 7'),
    ...say('other-folder', 'warning', 'clips in the folder of another expression than listed', /lie in the folder of another expression/, 'believes the list', 'compare with the official list'),
    ...say('unread-column', 'note', 'columns of the list that nothing here reads', /^columns not read/, 'does without them', ''),
    ...say('validation-clips', 'note', 'validation clips', /validation clips are not read/, 'neither trains on nor tests them', ''),
    ...say('uncounted-videos', 'note', 'frame counts of videos that cannot be kept', /counted anew each time/, 'counts them anew, which takes as long as decoding them', 'make the folder writable'),
    ...say('other-lists', 'note', 'other lists that are not read', /^other lists lie beside/, 'takes the first of them', ''),
    ...say('labels', 'note', 'how labels are counted', /^(labels count|labels by)/, 'translates them into DFEW\'s order from 0', ''),
  ];
}
