// GCA's weights as a map: a column a frame, a row a channel, colour by how far a weight is from 1, which leaves a channel as it is.
import { DIVERGING } from '../../figures/palette.ts';
import type { GcaWeights } from './protocol.ts';

export interface Heat {
  readonly frames: number;
  readonly channels: number;
  /** Channels from the most opened to the most closed over the clip: rows of the map. */
  readonly order: readonly number[];
  /** How far a frame's weights are from 1 on average: how much the block does with it. */
  readonly strengths: readonly number[];
  readonly low: number;
  readonly high: number;
  /** The channel whose weight changes most over the frames. */
  readonly liveliest: { readonly channel: number; readonly low: number; readonly high: number };
  /** Of row and frame. */
  at(row: number, frame: number): number;
}

export function heatOf({ channels, values }: GcaWeights, frames: number): Heat {
  const weight = (channel: number, frame: number): number => values[frame * channels + channel]!;
  const ofChannel = (channel: number): number[] => Array.from({ length: frames }, (_, t) => weight(channel, t));
  const rows = Array.from({ length: channels }, (_, channel) => {
    const own = ofChannel(channel);
    return { channel, mean: mean(own), low: Math.min(...own), high: Math.max(...own) };
  });
  const { channel, low, high } = rows.reduce((most, row) => (row.high - row.low > most.high - most.low ? row : most));
  const order = [...rows].sort((a, b) => b.mean - a.mean || a.channel - b.channel).map(({ channel }) => channel);
  return {
    frames, channels, order, liveliest: { channel, low, high },
    strengths: Array.from({ length: frames }, (_, t) => mean(Array.from({ length: channels }, (_, c) => Math.abs(weight(c, t) - 1)))),
    low: Math.min(...rows.map(({ low }) => low)), high: Math.max(...rows.map(({ high }) => high)),
    at: (row, frame) => weight(order[row]!, frame),
  };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** In words, for who cannot see the map. */
export function heatText(layer: string, { frames, channels, low, high, strengths, liveliest }: Heat): string {
  const most = strengths.indexOf(Math.max(...strengths));
  return `${layer}: weights of ${channels} channels in ${frames} frames, from ${low.toFixed(2)} to ${high.toFixed(2)}; on average farthest from 1 in frame ${most + 1} (by ${strengths[most]!.toFixed(3)}); channel ${liveliest.channel} changes most, ${liveliest.low.toFixed(2)} to ${liveliest.high.toFixed(2)}`;
}

/** Red, green and blue of a place on the scale, 0 to 1. */
export function scaleColour(place: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, place)), above = Math.max(1, DIVERGING.findIndex(([stop]) => stop >= at));
  const [[from, low], [to, high]] = [DIVERGING[above - 1]!, DIVERGING[above]!];
  const share = (at - from) / (to - from), channel = (hex: string, i: number): number => Number.parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  return [0, 1, 2].map((i) => Math.round(channel(low, i) + share * (channel(high, i) - channel(low, i)))) as unknown as readonly [number, number, number];
}

/** Weights of GCA lie in (0, 2); most of a map is near 1, so that its colours span what occurs, the same up as down. */
export const reachOf = ({ low, high }: Pick<Heat, 'low' | 'high'>): number => Math.max(0.05, high - 1, 1 - low);

/** One pixel a weight; the page stretches it. [channels, frames, 4] */
export function heatPixels(heat: Heat): Uint8ClampedArray<ArrayBuffer> {
  const { frames, channels } = heat, reach = reachOf(heat), pixels = new Uint8ClampedArray(frames * channels * 4);
  for (let row = 0; row < channels; row++) for (let t = 0; t < frames; t++) {
    pixels.set([...scaleColour(0.5 + (heat.at(row, t) - 1) / (2 * reach)), 255], (row * frames + t) * 4);
  }
  return pixels;
}
