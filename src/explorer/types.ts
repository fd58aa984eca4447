// What an explorer page holds. The builder (this folder) writes it, the page (page/) reads it; numbers in bulk are typed
// arrays in base64, little-endian, because a JSON of 12,000 x 15 distances is three times as large and slow to parse.
import type { Separation } from '../evaluate/clusters.ts';

/** Base64 of a typed array's bytes. */
export type Base64 = string;

/** Vectors that distances are computed from inside the page. */
export interface SpaceData {
  /** half: the features in half precision; components: their leading principal components and what is left of each vector. */
  readonly kind: 'half' | 'components';
  /** Width of the features themselves. */
  readonly width: number;
  /** Numbers kept of each vector. */
  readonly kept: number;
  /** Half-precision patterns of the numbers divided by `scale`. [clips, kept] */
  readonly values: Base64;
  readonly scale: number;
  /** float32 lengths of the whole vectors. [clips] */
  readonly lengths: Base64;
  /** float32 lengths of what the components leave out. [clips]; absent for 'half' */
  readonly rests?: Base64;
  /** Relative error of distances against those of the features, over drawn pairs. */
  readonly error: { readonly median: number; readonly largest: number; readonly pairs: number };
}

export interface WholeSeparation {
  /** Clips measured: all, or as many as were drawn. */
  readonly clips: number;
  readonly raw: Separation;
  readonly normalised: Separation;
}

/** One network state: a run at one epoch, on the page's clips. */
export interface SnapshotData {
  readonly epoch: number;
  /** float32 [clips, 2], aligned with the page's first map. */
  readonly positions: Base64;
  /** What alignment left: 0 the same map, 1 nothing in common; 0 for the first. */
  readonly disparity: number;
  /** float32 [clips, classes] */
  readonly logits: Base64;
  /** uint32 and float32 [clips, k], nearest first, in feature space. */
  readonly neighbours: { readonly k: number; readonly indices: Base64; readonly distances: Base64 };
  readonly space: SpaceData;
  /** Null where fewer than two classes occur. */
  readonly separation: WholeSeparation | null;
}

export interface RunData {
  /** The folder's name. */
  readonly name: string;
  /** In words, e.g. "GCA on layer2, layer3; lambda 0.1". */
  readonly what: string;
  readonly fold: number;
  readonly seed: number;
  readonly isLeaky: boolean;
  /** Ascending by epoch; the last is the one evaluated. At least one. */
  readonly snapshots: readonly SnapshotData[];
}

/** Something known of every clip, to colour by. */
export interface AttributeData {
  readonly key: 'scene' | 'fold' | 'person';
  readonly names: readonly string[];
  /** Index into names, -1 for unknown. [clips] */
  readonly values: readonly number[];
}

export interface IntensityData {
  /** Values of each clip, frame by frame, 0 to 255 for 0 to 1, one after the other. uint8 */
  readonly curves: Base64;
  /** Frames of each clip; 0 where the intensity is unknown. [clips] */
  readonly frames: readonly number[];
}

export interface FramesData {
  /** Frames of a clip's sprite, side by side; a clip of fewer frames has fewer. */
  readonly count: number;
  /** Pixels of a frame's side. */
  readonly side: number;
  readonly type: 'image/webp';
  /** One a clip, '' where it has none; absent where they are files beside the page. */
  readonly sprites?: readonly Base64[];
  /** Folder beside the page; its files are 000000.webp, 000001.webp, ... in the order of the clips. */
  readonly folder?: string;
}

export interface PageData {
  readonly version: 1;
  readonly split: string;
  readonly datasetName: string;
  readonly isSynthetic: boolean;
  readonly labelNames: readonly string[];
  /** One a class. */
  readonly colours: readonly string[];
  readonly ids: readonly string[];
  readonly labels: readonly number[];
  readonly attributes: readonly AttributeData[];
  readonly intensity: IntensityData | null;
  readonly frames: FramesData | null;
  /** One or two, on the same clips. */
  readonly runs: readonly RunData[];
  /** How the map was made, in words. */
  readonly map: string;
  /** What a reader has to know: clips left out, frames missing, ... */
  readonly notes: readonly string[];
}
