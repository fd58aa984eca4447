// A file of GCA weights (`ial attention`): safetensors of half precision, small enough to be committed.
import { UserError } from '../errors.ts';
import type { GcaClip, GcaLayer, GcaWeights } from '../evaluate/attention.ts';
import { parseSafetensors, writeSafetensors, type HostTensor } from '../runs/safetensors.ts';
import { readBytes } from '../files/failure.ts';
import type { Prediction } from '../runs/types.ts';

/** The network as it is; its weights replaced by each channel's mean over all frames; by 1. */
export const MODES = ['as trained', 'frozen at the mean', 'all weights 1'] as const;
export type GcaMode = (typeof MODES)[number];

export interface AttentionRecord {
  readonly weights: GcaWeights;
  readonly labelNames: readonly string[];
  /** Same clips, one list a mode. */
  readonly predictions: Readonly<Record<GcaMode, readonly Prediction[]>>;
  readonly isSynthetic: boolean;
  /** Epoch of the weights; 0 for an untrained network. */
  readonly epoch: number;
  /** Name of the run folder. */
  readonly run: string;
}

/** @throws UserError where the file cannot be written. */
export async function writeAttention(file: string, { weights: { clips, frames, layers }, predictions, ...head }: AttentionRecord): Promise<void> {
  const tensors = new Map<string, HostTensor>(layers.map(({ name, channels, frameWeights }) => [name, { dtype: 'F16', shape: [clips.length, frames, channels], data: frameWeights }]));
  MODES.forEach((mode) => tensors.set(`logits ${mode}`, { dtype: 'F32', shape: [clips.length, head.labelNames.length], data: Float32Array.from(predictions[mode].flatMap(({ logits }) => logits)) }));
  await writeSafetensors(file, tensors, { content: 'GCA weights', frames: String(frames), clips: JSON.stringify(clips), head: JSON.stringify(head) });
}

/** @throws UserError for a file of something else. */
export async function readAttention(file: string): Promise<AttentionRecord> {
  const { tensors, metadata } = parseSafetensors(await readBytes(file), file);
  if (metadata['content'] !== 'GCA weights') throw new UserError(`${file}: expected what "ial attention" writes`);
  const clips = JSON.parse(metadata['clips']!) as GcaClip[], frames = Number(metadata['frames']);
  const head = JSON.parse(metadata['head']!) as Pick<AttentionRecord, 'labelNames' | 'isSynthetic' | 'epoch' | 'run'>;
  const layers = [...tensors].filter(([name]) => !name.startsWith('logits')).map(([name, { shape, data }]): GcaLayer => ({ name, channels: shape[2]!, frameWeights: data as Float32Array })).sort((a, b) => a.name.localeCompare(b.name));
  const predictions = Object.fromEntries(MODES.map((mode) => [mode, predictionsOf(clips, tensors.get(`logits ${mode}`)!)])) as Record<GcaMode, Prediction[]>;
  return { ...head, weights: { clips, frames, layers }, predictions };
}

const predictionsOf = (clips: readonly GcaClip[], { shape, data }: HostTensor): Prediction[] =>
  clips.map(({ id, label }, i) => ({ id, label, logits: Array.from(data as Float32Array).slice(i * shape[1]!, (i + 1) * shape[1]!) }));
