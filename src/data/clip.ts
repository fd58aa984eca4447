// What every dataset reader returns and every loader takes.
import type { RawImage } from './resize.ts';

/** One labelled video sample: a folder of face frames in the order of time. */
export interface Clip {
  /** The dataset's own name of the clip, unique within it, e.g. "00001" (DFEW) or "Action/Sad/0010" (FERV39k). */
  readonly id: string;
  /** Index into Dataset.labelNames. */
  readonly label: number;
  /** Absolute paths of the frame images, in numeric order of their names, or a video's frames under names of their own (videoFrames.ts). At least one. */
  readonly frames: readonly string[];
}

/** Sets with a layout of their own, which the synthetic benchmark imitates. */
export type LayoutName = 'dfew' | 'ferv39k';

/** csv: any other set, by a list of one's own (csv.ts). */
export type DatasetName = LayoutName | 'csv';

/** A clip left out under policy 'skip'. */
export interface Skip { readonly id: string; readonly reason: string }

/** One fold of a dataset, as read from disk. */
export interface Dataset {
  readonly name: DatasetName;
  readonly root: string;
  readonly fold: number;
  /** FERV39k only: the one scene that was read, as its clips spell it; absent where all were. */
  readonly scene?: string;
  /** In the order of the labels; EXPRESSIONS for DFEW and FERV39k, those of the list for others. */
  readonly labelNames: readonly string[];
  readonly train: readonly Clip[];
  readonly test: readonly Clip[];
  /** Listed clips without usable frames, left out under policy 'skip'; absent when there are none. */
  readonly skipped?: { readonly train: readonly Skip[]; readonly test: readonly Skip[] };
  /** True when the folder says that this project rendered it (synthetic.json): results on it are never shown as results on the real set. */
  readonly isSynthetic: boolean;
  /** What was found where the format leaves room: the label base, the list format, the frame folder. */
  readonly notes: readonly string[];
  /** SHA-256 over ids, labels, splits and frame counts; recorded in every run. */
  readonly fingerprint: string;
}

/** Images of some clips, ready for the network. */
export interface Batch {
  readonly ids: readonly string[];
  /** [clips, frames, size, size, 3] in [0, 1], row-major. */
  readonly images: Float32Array;
  /** [clips] */
  readonly labels: Int32Array;
}

/** Progress of anything long. `total` is undefined where it is not known beforehand. */
export interface Progress {
  readonly done: number;
  readonly total?: number;
  readonly note?: string;
}

/** One clip as somebody has it, outside of any dataset (clipInput.ts). */
export interface ClipInput {
  readonly path: string;
  /** Frames there are. */
  readonly count: number;
  /** What each frame is called: its file's name, or its place in the video from 0. */
  readonly names: readonly string[];
  /** @throws UserError for a frame that cannot be decoded, Interrupted. */
  frames(indices: readonly number[], signal?: AbortSignal): Promise<RawImage[]>;
}
