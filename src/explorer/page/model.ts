// The page's data, decoded once: typed arrays, and what every part asks of a clip.
import { atob64, floats, words } from './decode.ts';
import { fromHalf } from '../../runs/half.ts';
import type { Space } from '../distance.ts';
import type { PageData, RunData, SnapshotData, SpaceData } from '../types.ts';

export interface Snapshot {
  readonly data: SnapshotData;
  /** [clips, 2] */
  readonly positions: Float32Array;
  /** [clips, classes] */
  readonly probabilities: Float32Array;
  /** Class of the largest logit. [clips] */
  readonly predicted: Uint8Array;
  /** Class of the second largest. [clips] */
  readonly rival: Uint8Array;
  /** Logit of the label less the largest other: negative where the clip is missed. [clips] */
  readonly margin: Float32Array;
  readonly neighbours: { readonly k: number; readonly indices: Uint32Array; readonly distances: Float32Array };
  /** Decoded when a selection is first measured. */
  space(): Space;
}

export interface Model {
  readonly page: PageData;
  readonly count: number;
  readonly runs: readonly { readonly data: RunData; readonly snapshots: readonly Snapshot[] }[];
  /** True peak over all frames, NaN where unknown. [clips]; absent without any */
  readonly peaks?: Float32Array;
  curve(clip: number): Uint8Array | undefined;
  /** Address of a clip's sprite, and its frames. */
  sprite(clip: number): { readonly src: string; readonly frames: number } | undefined;
}

export function decodeModel(page: PageData): Model {
  const count = page.ids.length, curves = page.intensity && decodeCurves(page.intensity.frames, atob64(page.intensity.curves));
  return {
    page, count,
    runs: page.runs.map((data) => ({ data, snapshots: data.snapshots.map((snapshot) => decodeSnapshot(snapshot, page)) })),
    ...curves && { peaks: Float32Array.from(curves, (values) => (values.length === 0 ? NaN : values.reduce((most, value) => Math.max(most, value), 0) / 255)) },
    curve: (clip) => (curves && curves[clip]!.length > 0 ? curves[clip] : undefined),
    sprite: (clip) => spriteOf(page, clip),
  };
}

function decodeCurves(frames: readonly number[], all: Uint8Array): Uint8Array[] {
  let at = 0;
  return frames.map((length) => { const curve = all.subarray(at, at + length); at += length; return curve; });
}

function spriteOf({ frames, intensity }: PageData, clip: number): ReturnType<Model['sprite']> {
  if (!frames) return undefined;
  const known = intensity?.frames[clip] || frames.count, shown = Math.min(known, frames.count);
  if (frames.folder !== undefined) return { src: `${encodeURIComponent(frames.folder)}/${String(clip).padStart(6, '0')}.webp`, frames: shown };
  const text = frames.sprites?.[clip];
  return text ? { src: `data:${frames.type};base64,${text}`, frames: shown } : undefined;
}

function decodeSnapshot(data: SnapshotData, { labels, labelNames }: PageData): Snapshot {
  let space: Space | undefined;
  return {
    data, positions: floats(data.positions), ...outputs(floats(data.logits), labels, labelNames.length),
    neighbours: { k: data.neighbours.k, indices: words(data.neighbours.indices), distances: floats(data.neighbours.distances) },
    space: () => (space ??= decodeSpace(data.space)),
  };
}

function decodeSpace({ values, kept, scale, lengths, rests }: SpaceData): Space {
  const halves = new Uint16Array(atob64(values).buffer);
  return { kept, values: fromHalf(halves).map((value) => value * scale), lengths: floats(lengths), ...rests !== undefined && { rests: floats(rests) } };
}

export function outputs(logits: Float32Array, labels: readonly number[], classes: number): Pick<Snapshot, 'probabilities' | 'predicted' | 'rival' | 'margin'> {
  const count = labels.length, probabilities = new Float32Array(count * classes);
  const predicted = new Uint8Array(count), rival = new Uint8Array(count), margin = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes), order = Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b);
    predicted[i] = order[0]!;
    rival[i] = order[1] ?? order[0]!;
    margin[i] = row[labels[i]!]! - row[order[0] === labels[i] ? rival[i]! : order[0]!]!;
    const weights = Array.from(row, (logit) => Math.exp(logit - row[order[0]!]!)), sum = weights.reduce((total, weight) => total + weight, 0);
    weights.forEach((weight, c) => { probabilities[i * classes + c] = weight / sum; });
  }
  return { probabilities, predicted, rival, margin };
}
