// What inference costs against the length of a clip, the batch and the size of the images: one setting is changed at a time
// from those of a preset. Every point is measured in several sweeps, so that what else the machine did meets all alike.
import { framesPerClip, type ExperimentConfig } from '../config.ts';
import type { Progress } from '../data/clip.ts';
import type { Engine } from '../engine/tensorflow.ts';
import { throwIfInterrupted } from '../errors.ts';
import { createInference } from '../evaluate/inference.ts';
import { multiplyAdds } from '../experiments/cost.ts';
import { createNetworkState } from '../model/state.ts';
import { initialWeights } from '../model/weights.ts';
import { random } from '../random.ts';
import { busyShare } from './busy.ts';
import { thisMachine, type Machine } from './record.ts';

export type CostAxis = 'frames' | 'batch' | 'image';

export interface CostPoint {
  readonly axis: CostAxis;
  /** Frames of a clip, clips of a batch, or pixels of an image's side. */
  readonly value: number;
  readonly clips: number;
  /** Multiply-adds of one clip. */
  readonly multiplyAdds: number;
  /** Milliseconds of every measured batch. */
  readonly ms: readonly number[];
  /** Processor milliseconds of the same batches, all threads together: what a busy machine disturbs least. */
  readonly cpuMs: readonly number[];
}

export interface CostRecord {
  readonly task: 'cost';
  readonly preset: string;
  /** What stays when another setting changes. */
  readonly base: { readonly frames: number; readonly image: number; readonly batch: number };
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Share of the processors that others used, the largest seen before a sweep. */
  readonly busy: number;
  readonly points: readonly CostPoint[];
}

export interface CostOptions {
  readonly engine: Engine;
  readonly config: ExperimentConfig;
  readonly values: Readonly<Record<CostAxis, readonly number[]>>;
  /** Clips of a batch where frames or images change. */
  readonly batch: number;
  readonly sweeps: number;
  /** Measured batches a point and sweep, after one that is not. */
  readonly runs: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** @throws Interrupted; UserError for a size that the network cannot have. */
export async function benchCost({ engine, config, values, batch, sweeps, runs, signal, onProgress }: CostOptions): Promise<CostRecord> {
  const cases = casesOf(config, values, batch), times = cases.map((): BatchTime[] => []);
  let busy = 0, done = 0;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    busy = Math.max(busy, await busyShare());
    for (const [i, one] of cases.entries()) {
      await new Promise((resolve) => { setImmediate(resolve); });
      throwIfInterrupted(signal);
      times[i]!.push(...timeOf(engine, one.config, one.clips, runs));
      onProgress?.({ done: ++done, total: sweeps * cases.length, note: `${one.axis} ${one.value}` });
    }
  }
  return {
    task: 'cost', preset: config.preset, base: { frames: framesPerClip(config), image: config.imageSize, batch }, machine: thisMachine(), versions: { Node: process.versions.node, TensorFlow: engine.tensorflowVersion }, busy,
    points: cases.map(({ axis, value, clips, config: own }, i) => ({ axis, value, clips, multiplyAdds: multiplyAdds(own), ms: times[i]!.map(({ ms }) => ms), cpuMs: times[i]!.map(({ cpuMs }) => cpuMs) })),
  };
}

interface Case { readonly axis: CostAxis; readonly value: number; readonly clips: number; readonly config: ExperimentConfig }

function casesOf(config: ExperimentConfig, values: CostOptions['values'], batch: number): Case[] {
  return [
    ...values.frames.map((value): Case => ({ axis: 'frames', value, clips: batch, config: { ...config, numSegments: value, framesPerSegment: 1 } })),
    ...values.batch.map((value): Case => ({ axis: 'batch', value, clips: value, config })),
    ...values.image.map((value): Case => ({ axis: 'image', value, clips: batch, config: { ...config, imageSize: value } })),
  ];
}

interface BatchTime { readonly ms: number; readonly cpuMs: number }

function timeOf({ ops }: Engine, config: ExperimentConfig, clips: number, runs: number): BatchTime[] {
  const state = createNetworkState(config, initialWeights(config)), inference = createInference(ops, state);
  const rng = random(1, 'cost'), images = Float32Array.from({ length: clips * framesPerClip(config) * config.imageSize ** 2 * 3 }, () => rng.next());
  try {
    inference.push();
    const times = Array.from({ length: runs + 1 }, (): BatchTime => {
      const start = performance.now(), before = process.cpuUsage();
      inference.run(images, clips);
      const { user, system } = process.cpuUsage(before);
      return { ms: performance.now() - start, cpuMs: (user + system) / 1000 };
    });
    return times.slice(1);
  } finally { inference.dispose(); state.dispose(); }
}
