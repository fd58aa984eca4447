// How far a training in bfloat16 goes from one in float32: step by step on the same batches, and at the end, seed by seed.
import { join } from 'node:path';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { ExperimentConfig, Precision } from '../config.ts';
import type { Dataset } from '../data/clip.ts';
import { createLoader } from '../data/loader.ts';
import { throwIfInterrupted } from '../errors.ts';
import type { Engine } from '../engine/tensorflow.ts';
import { initialWeights, type Weights } from '../model/weights.ts';
import { trainRun } from '../experiments/run.ts';
import { learningRate } from '../train/optimizer.ts';
import { createTrainer } from '../train/trainer.ts';

const PRECISIONS = ['f32', 'bf16'] as const satisfies readonly Precision[];

export interface PrecisionOptions {
  readonly engine: Engine;
  readonly dataset: Dataset;
  readonly config: ExperimentConfig;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Total losses of the same steps, in nats. */
export interface LossTrack {
  readonly f32: readonly number[];
  readonly bf16: readonly number[];
  /** Float32 again, from weights moved by a millionth: how far two such trainings part whatever the precision. */
  readonly control: readonly number[];
}

/** Of the control's first weights, relative. */
const NUDGE = 1e-6;

const nudged = (weights: Weights): Weights =>
  new Map([...weights].map(([name, values]) => [name, values.map((value, i) => value * (1 + (i % 2 === 0 ? NUDGE : -NUDGE)))]));

/** Takes the first `steps` steps of a training in both precisions, on the same batches from the same weights, and the control's. @throws UserError, Interrupted. */
export async function trackLosses({ engine, dataset, config, signal, onProgress }: PrecisionOptions, steps: number): Promise<LossTrack> {
  const loader = createLoader();
  const trainers = [...PRECISIONS.map((precision) => createTrainer(engine.ops, { ...config, precision })), createTrainer(engine.ops, config, { weights: nudged(initialWeights(config)) })];
  const losses: [number[], number[], number[]] = [[], [], []];
  try {
    for (let epoch = 1, step = 0; step < steps; epoch++) {
      for await (const batch of loader.batches(dataset.train, { ...config, mode: 'train', epoch, dropLast: true, signal })) {
        if (step === steps) break;
        step++;
        trainers.forEach((trainer, i) => losses[i]!.push(trainer.step(batch, learningRate(config, epoch - 1), step).losses.total));
        onProgress?.(step, steps);
      }
    }
    return { f32: losses[0], bf16: losses[1], control: losses[2] };
  } finally {
    for (const trainer of trainers) trainer.dispose();
    await loader.close();
  }
}

/** Relative distance of losses from those of reference: of their means over all steps, and the largest over means of `window` steps. */
export function lossDistance(reference: readonly number[], losses: readonly number[], window = 20): { readonly overall: number; readonly worstWindow: number } {
  const apart = (from: number, to: number): number => Math.abs(mean(losses.slice(from, to)) / mean(reference.slice(from, to)) - 1);
  const starts = Array.from({ length: Math.max(1, reference.length - window + 1) }, (_, i) => i);
  return { overall: apart(0, reference.length), worstWindow: Math.max(...starts.map((from) => apart(from, from + window))) };
}

/** UAR of one seed's runs, fractions. */
export interface SeedPair { readonly seed: number; readonly f32: number; readonly bf16: number }

/** Trains one whole run in each precision for each seed; the run folders go into `folder`. @throws UserError, Interrupted. */
export async function trainSeeds({ engine, dataset, config, signal, onProgress }: PrecisionOptions, seeds: number, folder: string): Promise<SeedPair[]> {
  const pairs: SeedPair[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const uar: number[] = [];
    for (const precision of PRECISIONS) {
      throwIfInterrupted(signal);
      const { metrics } = await trainRun({ engine, dataset, config: { ...config, seed, precision }, out: join(folder, `${precision}-${seed}`), resume: true, signal });
      uar.push(metrics.uar);
      onProgress?.(2 * (seed - 1) + uar.length, 2 * seeds);
    }
    pairs.push({ seed, f32: uar[0]!, bf16: uar[1]! });
  }
  return pairs;
}

/** Two-sided 97.5 % points of Student's t for 1 to 9 degrees of freedom. */
const STUDENT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

export interface SeedComparison {
  readonly f32: number;
  readonly bf16: number;
  /** bf16 minus f32, mean over seeds. */
  readonly difference: number;
  /** Half the 95 % interval of float32's own mean over these seeds. */
  readonly ownInterval: number;
}

/** @param pairs of 2 to 10 seeds */
export function compareSeeds(pairs: readonly SeedPair[]): SeedComparison {
  const [f32, bf16] = PRECISIONS.map((precision) => pairs.map((pair) => pair[precision])) as [number[], number[]];
  const ownInterval = STUDENT[pairs.length - 2]! * sampleStandardDeviation(f32) / Math.sqrt(pairs.length);
  return { f32: mean(f32), bf16: mean(bf16), difference: mean(bf16) - mean(f32), ownInterval };
}
