// What a plan will cost: hours from step times that were measured, and disk from the shapes of the tensors.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { framesPerClip, preset, type ExperimentConfig } from '../config.ts';
import { packageRoot } from '../engine/home.ts';
import { featureSize, parameterCount } from '../model/specification.ts';
import type { FinishedRun } from './finished.ts';
import type { Task } from './tasks.ts';

export interface StepTime {
  /** Seconds that one training clip costs, loading included where it was measured in a run. */
  readonly seconds: number;
  /** Where it was measured, in words. */
  readonly source: string;
  readonly isRough: boolean;
}

/** An evaluation has no backward pass: measured 0.2 to 0.3 of a training step. */
const TEST_SHARE = 0.3;
/** Starting a process, loading TensorFlow, recording the graph. */
const START_SECONDS = 8;

/** Seconds of one run on one machine. @param clipSeconds of a training clip */
export function runSeconds({ config, trainClips, testClips }: Pick<Task, 'config' | 'trainClips' | 'testClips'>, clipSeconds: number): number {
  const judged = config.selection === 'best-on-test' ? config.epochs + 1 : 1;
  return START_SECONDS + clipSeconds * (config.epochs * trainClips + TEST_SHARE * judged * testClips);
}

/** From finished runs of the same preset and precision, else scaled from `ial bench step`. Undefined where nothing was ever measured. */
export async function stepTime(config: ExperimentConfig, finished: readonly FinishedRun[], benchFile = join(packageRoot(), 'figures', 'bench', 'step.json')): Promise<StepTime | undefined> {
  const rates: number[] = [];
  for (const { run } of finished) {
    const { experiment, dataset } = run.record;
    if (experiment.preset !== config.preset || experiment.precision !== config.precision || experiment.batchSize !== config.batchSize) continue;
    const epochs = await run.readMetrics();
    const clips = dataset.counts.train.reduce((sum, n) => sum + n, 0);
    if (epochs.length > 0 && clips > 0) rates.push(epochs.reduce((sum, { seconds }) => sum + seconds, 0) / epochs.length / clips);
  }
  if (rates.length > 0) {
    return { seconds: rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)]!, source: `the median of ${rates.length} finished run${rates.length > 1 ? 's' : ''}`, isRough: false };
  }
  return fromBench(config, benchFile);
}

interface BenchFile { readonly preset: string; readonly machine: { readonly processor: string; readonly cores: number }; readonly cases: readonly { readonly clips: number; readonly precision: string; readonly sides: readonly { readonly side: string; readonly ms: readonly number[] }[] }[] }

/** The cost of a step goes about with frames, pixels and channels. */
async function fromBench(config: ExperimentConfig, file: string): Promise<StepTime | undefined> {
  const bench = await readFile(file, 'utf8').then((text) => JSON.parse(text) as BenchFile, () => undefined);
  const measured = bench?.cases.filter(({ precision }) => precision === config.precision).sort((a, b) => b.clips - a.clips)[0];
  const ms = measured?.sides.find(({ side }) => side === 'ours')?.ms;
  if (!bench || !measured || !ms || ms.length === 0) return undefined;
  const cost = (c: ExperimentConfig): number => framesPerClip(c) * c.imageSize ** 2 * c.width[0];
  const seconds = (Math.min(...ms) / 1000 / measured.clips) * (cost(config) / cost(preset(bench.preset)));
  const { machine } = bench;
  return { seconds, source: `the step of preset ${bench.preset} on ${machine.processor}, ${machine.cores} cores${config.preset === bench.preset ? '' : ', scaled: right within a factor of 3'}`, isRough: config.preset !== bench.preset };
}

/** Bytes of one run folder: two checkpoints (three where a best one is kept), features, predictions. */
export function runBytes({ config, testClips }: Pick<Task, 'config' | 'testClips'>): number {
  const moments = config.optimizer === 'adamw' ? 2 : 1;
  const checkpoints = config.selection === 'last' ? 2 : 3;
  return checkpoints * 4 * parameterCount(config) * (1 + moments) + testClips * (4 * featureSize(config) + 200);
}
