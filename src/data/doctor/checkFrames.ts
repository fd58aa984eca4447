// What decoding every frame tells: broken files, odd pictures, and the same clip twice.
import type { ListedClip } from './clips.ts';
import { found, type Finding } from './finding.ts';
import type { ClipFacts, Oddity } from './frameFacts.ts';

export interface InspectedClip extends ListedClip { readonly facts: ClipFacts }

/** A face in fewer pixels is enlarged; one in more is a frame that nobody has cropped, most likely. */
const SMALL = 48, LARGE = 1024;

export function checkFrames(clips: readonly InspectedClip[], labelNames: readonly string[]): Finding[] {
  const broken = clips.flatMap(({ id, facts }) => facts.bad.map(({ file, reason }) => `${id}/${file}: ${reason}`));
  const withSize = (isOdd: (width: number, height: number) => boolean): string[] => clips.flatMap(({ id, facts }) => {
    const odd = Object.keys(facts.sizes).filter((size) => { const [width, height] = size.split('x').map(Number) as [number, number]; return isOdd(width, height); });
    return odd.length === 0 ? [] : [`${id} (${odd.slice(0, 3).join(', ')})`];
  });
  return [
    ...found('broken-frame', 'error', 'frames that cannot be read', broken, { training: 'stops when it comes to one; with --on-bad-clip skip the clip is left out and counted', advice: 'restore the files, or leave such clips out' }),
    ...found('small-frame', 'warning', `clips with frames smaller than ${SMALL} pixels`, withSize((width, height) => Math.min(width, height) < SMALL), { training: 'enlarges them', advice: 'look at them: cropped thumbnails and broken crops look like this' }),
    ...found('large-frame', 'warning', `clips with frames larger than ${LARGE} pixels`, withSize((width, height) => Math.max(width, height) > LARGE), { training: 'shrinks the whole picture, face and all, to the network\'s size', advice: 'crop and align the faces first' }),
    ...found('not-square', 'warning', 'clips with frames that are not square', withSize((width, height) => width !== height), { training: 'squeezes them into a square', advice: 'aligned face crops are square: look whether these are' }),
    ...found('mixed-sizes', 'warning', 'clips with frames of different sizes', clips.filter(({ facts }) => Object.keys(facts.sizes).length > 1).map(({ id, facts }) => `${id} (${Object.entries(facts.sizes).slice(0, 3).map(([size, count]) => `${count} x ${size}`).join(', ')})`), { training: 'resizes each by itself', advice: 'look whether two clips were mixed' }),
    ...oddities(clips), ...identical(clips, labelNames),
  ];
}

const ODD: Readonly<Record<Oddity, readonly [id: string, training: string]>> = {
  'grey': ['grey-frame', 'repeats the grey value in three channels'], 'CMYK': ['cmyk-frame', 'converts them to RGB'], '16-bit': ['deep-frame', 'keeps the upper 8 bits'],
  'transparent': ['transparent-frame', 'ignores the transparency'], 'named otherwise than it is': ['misnamed-frame', 'goes by the content'],
};

const oddities = (clips: readonly InspectedClip[]): Finding[] => (Object.keys(ODD) as Oddity[]).flatMap((oddity) => {
  const [id, training] = ODD[oddity];
  const odd = clips.flatMap((clip) => (clip.facts.oddities[oddity] ? [`${clip.id} (${clip.facts.oddities[oddity]} of ${clip.facts.frames})`] : []));
  return found(id, 'note', oddity === 'named otherwise than it is' ? 'clips with frames named otherwise than they are' : `clips with ${oddity} frames`, odd, { training });
});

function identical(clips: readonly InspectedClip[], labelNames: readonly string[]): Finding[] {
  const groups = groupByContent(clips.filter(({ facts }) => facts.bytes > 0));
  const twins = [...groups.values()].filter((group) => group.length > 1);
  const name = (group: readonly InspectedClip[]): string => group.map(({ id }) => id).join(' = ');
  const across = twins.flatMap((group) => { const folds = leakingFolds(group); return folds.length === 0 ? [] : [`${name(group)} (fold ${folds.join(', ')})`]; });
  const labels = (group: readonly InspectedClip[]): string[] => [...new Set(group.map(({ listed }) => labelNames[listed[0]!.label] ?? String(listed[0]!.label)))];
  return [
    ...found('leaking-clip', 'warning', 'groups of identical clips on both sides of a split', across, { training: 'trains on test clips; results are too high', advice: 'remove one of each from the lists' }),
    ...found('contradicting-clip', 'warning', 'groups of identical clips with different labels', twins.filter((group) => labels(group).length > 1).map((group) => `${name(group)} (${labels(group).join(', ')})`), { training: 'believes both', advice: 'keep one' }),
    ...found('identical-clip', 'note', 'groups of identical clips', twins.map(name), { training: 'counts each' }),
  ];
}

/** Folds that train on one of the clips and test on another. */
function leakingFolds(group: readonly InspectedClip[]): number[] {
  const places = group.flatMap(({ listed }) => listed);
  const of = (split: string): Set<number> => new Set(places.filter((place) => place.split === split).map(({ fold }) => fold));
  const tested = of('test');
  return [...of('train')].filter((fold) => tested.has(fold)).sort((a, b) => a - b);
}

function groupByContent(clips: readonly InspectedClip[]): Map<string, InspectedClip[]> {
  const groups = new Map<string, InspectedClip[]>();
  for (const clip of clips) groups.set(clip.facts.sha256, [...groups.get(clip.facts.sha256) ?? [], clip]);
  return groups;
}
