// What a map of features costs and keeps, ours beside umap-js as it comes: times by part, and trustworthiness judged in the
// features' own dimension on the same sample of points.
import { UMAP } from 'umap-js';
import { embed, type EmbeddingSettings } from '../evaluate/embedding.ts';
import { trustworthiness } from '../evaluate/trustworthiness.ts';
import type { Matrix } from '../evaluate/pcaProducts.ts';
import type { Progress } from '../data/clip.ts';
import { throwIfInterrupted } from '../errors.ts';
import { random } from '../random.ts';
import { busyShare } from './busy.ts';
import { thisMachine, type Machine } from './record.ts';

export interface EmbeddingSide {
  readonly side: 'ours' | 'umap-js as it comes';
  readonly seconds: number;
  /** Processor seconds of this process, garbage collection included. */
  readonly cpuSeconds: number;
  /** Seconds by part. */
  readonly parts: Readonly<Record<string, number>>;
  /** k = 15. */
  readonly trustworthiness: number;
}

export interface EmbeddingRecord {
  readonly task: 'embed';
  /** Where the features came from. */
  readonly features: string;
  readonly clips: number;
  readonly width: number;
  readonly settings: EmbeddingSettings;
  /** Points that trustworthiness judged. */
  readonly judged: number;
  /** Share of the processors that others used just before. */
  readonly busy: number;
  readonly machine: Machine;
  readonly node: string;
  readonly sides: readonly EmbeddingSide[];
}

export interface EmbeddingBenchOptions {
  readonly features: Matrix;
  readonly source: string;
  readonly settings: EmbeddingSettings;
  /** Measure umap-js as it comes, too: minutes for 10,000 clips. */
  readonly withPeer: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

const JUDGED = 500, CLASSES = 7, LATENT = 30;

/** Seven classes of unequal spread in 30 of `width` dimensions, and a little noise in all: like features, and of any size. */
export function mixture(clips: number, width: number, seed: number): Matrix {
  const rng = random(seed, 'mixture');
  const directions = Array.from({ length: LATENT }, () => Float32Array.from({ length: width }, () => rng.normal()));
  const means = Array.from({ length: CLASSES }, () => Float64Array.from({ length: LATENT }, () => 1.5 * rng.normal()));
  const values = new Float32Array(clips * width);
  for (let i = 0; i < clips; i++) {
    const row = values.subarray(i * width, (i + 1) * width);
    directions.forEach((direction, l) => {
      const amount = (means[i % CLASSES]![l]! + rng.normal()) / Math.sqrt(1 + l);
      for (let d = 0; d < width; d++) row[d]! += amount * direction[d]!;
    });
    for (let d = 0; d < width; d++) row[d]! += rng.uniform(-0.5, 0.5);
  }
  return { values, rows: clips, width };
}

/** @throws Interrupted */
export async function benchEmbedding({ features, source, settings, withPeer, signal, onProgress }: EmbeddingBenchOptions): Promise<EmbeddingRecord> {
  const busy = await busyShare();
  const judged = Math.min(JUDGED, features.rows);
  const judge = (map: Float32Array): Promise<number> => trustworthiness(features, map, { sample: judged, seed: settings.seed, signal });
  const sides: EmbeddingSide[] = [];
  const ours = await timed(() => embed(features, { ...settings, signal, ...onProgress && { onProgress } }));
  const { pca, neighbours, layout } = ours.result.milliseconds;
  sides.push({ side: 'ours', ...ours.time, parts: { 'principal components': pca / 1000, 'neighbours': neighbours / 1000, 'layout': layout / 1000 }, trustworthiness: await judge(ours.result.positions) });
  if (withPeer) {
    const peer = await timed(() => plainUmap(features, settings, signal));
    sides.push({ side: 'umap-js as it comes', ...peer.time, parts: peer.result.parts, trustworthiness: await judge(peer.result.map) });
  }
  return { task: 'embed', features: source, clips: features.rows, width: features.width, settings, judged, busy, machine: thisMachine(), node: process.versions.node, sides };
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; time: { seconds: number; cpuSeconds: number } }> {
  const start = performance.now(), before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, time: { seconds: (performance.now() - start) / 1000, cpuSeconds: (user + system) / 1e6 } };
}

/** Its own neighbour search on the features as they are, its own random start. */
async function plainUmap({ values, rows, width }: Matrix, { seed, neighbors = 15, minDist = 0.1 }: EmbeddingSettings, signal?: AbortSignal): Promise<{ map: Float32Array; parts: Record<string, number> }> {
  const rng = random(seed, 'plain umap');
  const umap = new UMAP({ nNeighbors: neighbors, minDist, random: () => rng.next() });
  const start = performance.now();
  const total = umap.initializeFit(Array.from({ length: rows }, (_, i) => Array.from(values.subarray(i * width, (i + 1) * width))));
  const ready = performance.now();
  for (let round = 0; round < total; round++) {
    umap.step();
    await new Promise((resolve) => { setImmediate(resolve); });
    throwIfInterrupted(signal);
  }
  return { map: Float32Array.from(umap.getEmbedding().flat()), parts: { 'neighbours and graph': (ready - start) / 1000, 'layout': (performance.now() - ready) / 1000 } };
}
