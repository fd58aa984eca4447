// What the two layouts have in common: names of clips and frames, and the lists beside them.

import { utils, write } from '@e965/xlsx';
import { EXPRESSIONS } from '../../labels.ts';
import type { ClipDescription } from './describe.ts';
import { planFolds, type Fold, type PlannedClip, type SyntheticParameters } from './plan.ts';

/** A planned clip under the name that it has in the data set. */
export interface NamedClip extends PlannedClip {
  /** The dataset reader's id: "00001" (DFEW), "Action/Sad/0010" (FERV39k). */
  readonly id: string;
}

/** A description without what only drawing needs: thousands of them are held at once. */
export type ClipSummary = Omit<ClipDescription, 'activation' | 'poses'>;

export function summaryOf({ activation: _activation, poses: _poses, ...summary }: ClipDescription): ClipSummary {
  return summary;
}

export interface OutputFile { readonly path: string; readonly content: string | Uint8Array }

export interface Layout {
  readonly name: (clips: readonly PlannedClip[], seed: number) => NamedClip[];
  /** Folder of a clip's frames, relative to the root. */
  readonly clipFolder: (id: string) => string;
  /** @param frame from 0 */
  readonly frameName: (id: string, frame: number) => string;
  /** The lists that the real data set has. */
  readonly lists: (parameters: SyntheticParameters, clips: readonly NamedClip[], descriptions: readonly ClipSummary[]) => OutputFile[];
  /** Clips as those lists order them, which decides the order of training. */
  readonly inListOrder: (clips: readonly NamedClip[]) => NamedClip[];
}

export const csv = (header: string | undefined, rows: readonly (readonly (string | number)[])[]): string =>
  [...(header === undefined ? [] : [header]), ...rows.map((row) => row.join(','))].map((line) => `${line}\n`).join('');

/** Label of each listed clip by number; clips without one are in no list. */
export function listedLabels({ labels }: SyntheticParameters, descriptions: readonly ClipSummary[]): Map<number, number> {
  const all = descriptions.map((d): [number, number] => [d.number, labels === 'raters' ? d.votedLabel : d.label]);
  return new Map(all.filter(([, label]) => label >= 0));
}

/** A frame's intensity as intensity.csv holds it. */
export const writtenIntensity = (intensity: number): string => intensity.toFixed(4);

/** Truth that no real set has, beside the lists: intensity of every frame, who it is, and how the clip was made. */
export function truthFiles(clips: readonly NamedClip[], descriptions: readonly ClipSummary[]): OutputFile[] {
  const rows = clips.map((clip, i) => ({ clip, is: descriptions[i]! })).toSorted((a, b) => a.clip.order - b.clip.order);
  return [
    { path: 'intensity.csv', content: csv('clip,frame,intensity', rows.flatMap(({ clip, is }) => is.intensity.map((x, f) => [clip.id, f + 1, writtenIntensity(x)]))) },
    { path: 'identities.csv', content: csv('clip,identity', rows.map(({ clip }) => [clip.id, clip.identity])) },
    {
      path: 'clips.csv',
      content: csv(
        'clip,number,identity,label,expression,frames,curve,peak,transition,first_expression,first_peak,mimic,mimic_level,speech,occluded,blur,noise,quality,voted_label,votes',
        rows.map(({ clip, is }) => clipRow(clip, is)),
      ),
    },
  ];
}

function clipRow(clip: NamedClip, is: ClipSummary): (string | number)[] {
  const { mimic, speech } = is.motion.distractors;
  return [
    clip.id, clip.number, clip.identity, is.label, is.expression, is.intensity.length, is.curve, is.peak.toFixed(4),
    is.first ? 1 : 0, is.first?.expression ?? '', is.first?.peak.toFixed(4) ?? '', mimic?.expression ?? '', mimic?.level.toFixed(4) ?? '', speech ? 1 : 0,
    is.scene.occluder ? 1 : 0, is.camera.blur.toFixed(3), is.camera.noise.toFixed(3), is.camera.quality, is.votedLabel, is.votes.join(' '),
  ];
}

const five = (n: number): string => String(n).padStart(5, '0');

/** EmoLabel_DataSplit/{train,test}(single-labeled)/set_K.csv, Clip/clip_224x224/00001/00001_00001.jpg, Annotation/annotation.xlsx. */
export const dfewLayout: Layout = {
  name: (clips) => clips.map((clip) => ({ ...clip, id: five(clip.order) })),
  clipFolder: (id) => `Clip/clip_224x224/${id}`,
  frameName: (id, frame) => `${id}_${five(frame + 1)}.jpg`,
  inListOrder: (clips) => clips.toSorted((a, b) => a.order - b.order),
  lists(parameters, clips, descriptions) {
    const labels = listedLabels(parameters, descriptions);
    const splits = planFolds(parameters, clips).flatMap((fold, k) => (['train', 'test'] as const).map((side) => ({
      path: `EmoLabel_DataSplit/${side}(single-labeled)/set_${k + 1}.csv`,
      content: csv('video_name,label', dfewRows(fold, side, labels)),
    })));
    return [...splits, { path: 'Annotation/annotation.xlsx', content: annotation(clips, descriptions) }];
  },
};

/** Official ids are not padded and labels count from 1. */
function dfewRows(fold: Fold, side: 'train' | 'test', labels: ReadonlyMap<number, number>): number[][] {
  return fold[side].filter(({ number }) => labels.has(number)).toSorted((a, b) => a.order - b.order).map(({ order, number }) => [order, labels.get(number)! + 1]);
}

/** All clips with their ten votes; label 0 where no six raters agree. */
function annotation(clips: readonly NamedClip[], descriptions: readonly ClipSummary[]): Uint8Array {
  const rows = clips.map(({ order }, i) => [...descriptions[i]!.votes, order, descriptions[i]!.votedLabel + 1]).toSorted((a, b) => a[EXPRESSIONS.length]! - b[EXPRESSIONS.length]!);
  const header = ['1happy', '2sad', '3neutral', '4angry', '5surprise', '6disgust', '7fear', 'order', 'label'];
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet([header, ...rows]), 'annotation');
  return new Uint8Array(write(book, { type: 'array', bookType: 'xlsx', compression: true }) as ArrayBuffer);
}
