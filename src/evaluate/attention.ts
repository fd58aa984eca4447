// What the global convolution-attention blocks do on clips: the channel weights of every frame, how they vary, and whether
// they follow the true intensity. Weights are w_t = 2 sigmoid(.) of a frame, their mean over the clip, and what scales the
// channel, the geometric mean of the two (model/gca.ts).
import { random } from '../random.ts';
import type { Interval } from '../runs/reports.ts';
import { bootstrap } from './statistics.ts';

export interface GcaLayer {
  /** "layer2" or "layer3". */
  readonly name: string;
  readonly channels: number;
  /** w_t in (0, 2): [clips, frames, channels]. */
  readonly frameWeights: Float32Array;
}

export interface GcaClip {
  readonly id: string;
  readonly label: number;
  /** Absent where the set does not tell. */
  readonly person?: string;
  /** True intensity of the frames that the network saw; absent where the set does not tell. */
  readonly intensity?: readonly number[];
}

export interface GcaWeights {
  readonly clips: readonly GcaClip[];
  /** Seen of each clip. */
  readonly frames: number;
  readonly layers: readonly GcaLayer[];
}

/** Mean of w_t over the frames of each clip: [clips, channels]. */
export function clipWeights({ frameWeights, channels }: GcaLayer, frames: number): Float32Array {
  const means = new Float32Array(frameWeights.length / frames);
  frameWeights.forEach((weight, i) => { means[Math.floor(i / (frames * channels)) * channels + (i % channels)]! += weight / frames; });
  return means;
}

/** As in the network (model/gca.ts). */
const EPSILON = 1e-5;

/** s_t, what scales a channel in a frame: the geometric mean of its weight and its clip's. [clips, frames, channels] */
export function scales(layer: GcaLayer, frames: number): Float32Array {
  const { frameWeights, channels } = layer, means = clipWeights(layer, frames);
  return frameWeights.map((weight, i) => Math.sqrt(weight * means[Math.floor(i / (frames * channels)) * channels + (i % channels)]! + EPSILON));
}

/** Standard deviations of w_t; they add up in squares. */
export interface Variation {
  /** Of the channels' means: the same for every clip. */
  readonly channels: Interval;
  /** Of a channel's clip weights between clips. */
  readonly clips: Interval;
  /** Of a channel's weights between the frames of a clip. */
  readonly frames: Interval;
}

export interface ResampleOptions { readonly seed: number; readonly resamples?: number }

/** How much of what a block does is the same everywhere, differs between clips, and between frames of a clip; 95 % intervals resample people. */
export function variation({ clips, frames, layers }: GcaWeights, layerName: string, { seed, resamples = 200 }: ResampleOptions): Variation {
  const layer = layerOf(layers, layerName), { channels } = layer, means = clipWeights(layer, frames), within = withinVariances(layer, frames);
  const items = clips.map(({ person, id }, clip) => ({ clip, key: person ?? id }));
  const of = (statistic: (drawn: readonly number[]) => number): Interval =>
    bootstrap(items, (sample) => statistic(sample.map(({ clip }) => clip)), { seed, resamples, clusterOf: ({ key }) => key });
  const meansOf = (drawn: readonly number[]): number[] => Array.from({ length: channels }, (_, c) => average(drawn.map((clip) => means[clip * channels + c]!)));
  return {
    channels: of((drawn) => Math.sqrt(variance(meansOf(drawn)))),
    clips: of((drawn) => { const middle = meansOf(drawn); return Math.sqrt(average(drawn.flatMap((clip) => middle.map((mean, c) => (means[clip * channels + c]! - mean) ** 2)))); }),
    frames: of((drawn) => Math.sqrt(average(drawn.map((clip) => within[clip]!)))),
  };
}

/** Mean over channels of the variance between a clip's frames, [clips]. */
function withinVariances(layer: GcaLayer, frames: number): number[] {
  const { frameWeights, channels } = layer, means = clipWeights(layer, frames), sums = new Float64Array(means.length / channels);
  frameWeights.forEach((weight, i) => { const clip = Math.floor(i / (frames * channels)); sums[clip]! += (weight - means[clip * channels + (i % channels)]!) ** 2; });
  return Array.from(sums, (sum) => sum / (frames * channels));
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => { const mean = average(values); return average(values.map((value) => (value - mean) ** 2)); };

/** Farther from 1 than this a weight changes what it scales. */
const MOVED = 0.01;

/** Share of frames in which any channel of the block has a weight other than 1, and of channels that ever have one. */
export function activity({ frames, layers, clips }: GcaWeights, layerName: string): { readonly frames: number; readonly channels: number } {
  const { frameWeights, channels } = layerOf(layers, layerName), rows = new Set<number>(), columns = new Set<number>();
  frameWeights.forEach((weight, i) => { if (Math.abs(weight - 1) > MOVED) { rows.add(Math.floor(i / channels)); columns.add(i % channels); } });
  return { frames: rows.size / (frames * clips.length), channels: columns.size / channels };
}

export function layerOf(layers: readonly GcaLayer[], name: string): GcaLayer {
  const layer = layers.find((one) => one.name === name);
  if (!layer) throw new RangeError(`there is no GCA block in "${name}", only in ${layers.map((one) => one.name).join(', ') || 'none'}`);
  return layer;
}

/** A channel and intensity: over the frames of clips, or over clips. */
export interface ChannelLink {
  readonly layer: string;
  readonly channel: number;
  /** Spearman's rank correlation. */
  readonly rho: number;
  /** Chance that any of all channels gets so far from 0 when curves belong to other clips: corrected for looking at all. */
  readonly p: number;
}

export interface IntensityLinks {
  readonly links: readonly ChannelLink[];
  /** |rho| that the largest of all channels exceeds in 5 % of the permutations. */
  readonly threshold: number;
  readonly clips: number;
}

export interface LinkOptions {
  readonly seed: number;
  /** frames: does the weight move with the curve within a clip? clips: do stronger clips get other weights than weaker ones of their class? */
  readonly over: 'frames' | 'clips';
  readonly permutations?: number;
  /** Classes without intensity (neutral) are left out. */
  readonly excludeLabels?: readonly number[];
}

/**
 * Which channels move with the true intensity. What a class or a clip has on the whole is taken out first; the null gives
 * each clip the curve of another of its class, which keeps the usual shape of curves in time. The largest of all channels
 * decides (Westfall and Young's max statistic). @throws RangeError where fewer than 3 clips have an intensity.
 */
export function intensityLinks({ clips, frames, layers }: GcaWeights, { seed, over, permutations = 500, excludeLabels = [] }: LinkOptions): IntensityLinks {
  const used = clips.flatMap(({ label, intensity }, clip) => (intensity && !excludeLabels.includes(label) ? [{ clip, label, intensity }] : []));
  if (used.length < 3) throw new RangeError(`intensityLinks: expected at least 3 clips of known intensity, found ${used.length}`);
  const labels = used.map(({ label }) => label);
  const curves = used.map(({ intensity }) => (over === 'frames' ? centredRow(intensity) : [Math.max(...intensity)]));
  const intensityRanks = (order: readonly number[]): Float64Array => standardRanks(over === 'frames' ? order.flatMap((i) => curves[i]!) : withoutClassMeans(order.map((i) => curves[i]![0]!), labels));
  const channels = layers.flatMap((layer) => Array.from({ length: layer.channels }, (_, channel) =>
    ({ layer: layer.name, channel, ranks: standardRanks(channelValues(layer, channel, used.map(({ clip }) => clip), labels, frames, over)) })));
  const found = correlations(channels, intensityRanks(Array.from(used.keys())));
  const largest = Array.from({ length: permutations }, (_, p) => Math.max(...correlations(channels, intensityRanks(exchanged(labels, seed, p))).map(Math.abs))).sort((a, b) => a - b);
  return {
    clips: used.length, threshold: largest[Math.ceil(0.95 * permutations) - 1]!,
    links: channels.map(({ layer, channel }, i) => ({ layer, channel, rho: found[i]!, p: (1 + largest.filter((value) => value >= Math.abs(found[i]!)).length) / (permutations + 1) })),
  };
}

function channelValues(layer: GcaLayer, channel: number, clips: readonly number[], labels: readonly number[], frames: number, over: LinkOptions['over']): number[] {
  const rows = clips.map((clip) => Array.from({ length: frames }, (_, t) => layer.frameWeights[(clip * frames + t) * layer.channels + channel]!));
  return over === 'frames' ? rows.flatMap(centredRow) : withoutClassMeans(rows.map(average), labels);
}

const centredRow = (row: readonly number[]): number[] => { const mean = average(row); return row.map((value) => value - mean); };

function withoutClassMeans(values: readonly number[], labels: readonly number[]): number[] {
  const means = new Map([...new Set(labels)].map((label) => [label, average(values.filter((_, i) => labels[i] === label))]));
  return values.map((value, i) => value - means.get(labels[i]!)!);
}

/** Each clip gets another's place, within its class. */
function exchanged(labels: readonly number[], seed: number, permutation: number): number[] {
  const order = Array.from(labels.keys());
  for (const label of new Set(labels)) {
    const members = order.filter((i) => labels[i] === label), shuffled = random(seed, 'curves', permutation, label).shuffle(members);
    members.forEach((member, i) => { order[member] = shuffled[i]!; });
  }
  return order;
}

/** Ranks, ties at their mean, of mean 0 and length 1: their inner product is Spearman's correlation. All 0 for constant values. */
function standardRanks(values: readonly number[]): Float64Array {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!), ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to++;
    for (let i = from; i < to; i++) ranks[order[i]!] = (from + to - 1) / 2;
    from = to;
  }
  const middle = (values.length - 1) / 2, length = Math.sqrt(ranks.reduce((sum, rank) => sum + (rank - middle) ** 2, 0)) || 1;
  return ranks.map((rank) => (rank - middle) / length);
}

const correlations = (channels: readonly { readonly ranks: Float64Array }[], other: Float64Array): number[] =>
  channels.map(({ ranks }) => { let sum = 0; for (let i = 0; i < ranks.length; i++) sum += ranks[i]! * other[i]!; return sum; });
