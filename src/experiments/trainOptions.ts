// What a training run is made of, and who hears of it.
import type { ExperimentConfig } from '../config.ts';
import type { DiskCacheOptions } from '../data/cacheSettings.ts';
import type { Dataset, Progress } from '../data/clip.ts';
import type { BadClipPolicy } from '../data/collect.ts';
import type { Engine } from '../engine/tensorflow.ts';
import type { EpochEvaluation } from '../runs/types.ts';
import type { EpochEvent, StepEvent } from '../train/fit.ts';

export interface TrainRunOptions {
  readonly engine: Engine;
  readonly dataset: Dataset;
  readonly config: ExperimentConfig;
  /** The run folder. */
  readonly out: string;
  /** Goes on with the run in `out`, or starts it where there is none. */
  readonly resume?: boolean;
  /** Under "last": evaluate the test split every so many epochs for the curves; 0 (default) only after the last. */
  readonly evaluateEvery?: number;
  readonly keepEpochs?: number;
  readonly onBadClip?: BadClipPolicy;
  /** Keeps decoded frames on a disk; changes no number. */
  readonly cache?: DiskCacheOptions | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (event: StepEvent) => void;
  readonly onEpoch?: (event: EpochEvent, evaluation?: EpochEvaluation) => void;
  readonly onEvaluate?: (progress: Progress) => void;
  readonly onWarning?: (line: string) => void;
}
