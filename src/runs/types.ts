// What a run folder holds. Recalls, UAR and WAR are fractions in [0, 1] everywhere; percent only where they are shown.
import type { ExperimentConfig } from '../config.ts';
import type { DatasetName, Skip } from '../data/clip.ts';
import type { IntensityReport, SeparationReport } from './reports.ts';
import type { HostTensor } from './safetensors.ts';

export type Split = 'train' | 'validation' | 'test';

/** config.json: everything that decided the run. Written once. */
export interface RunRecord {
  /** The experiment, resolved: network, losses, optimisation, selection rule, seed. */
  readonly experiment: ExperimentConfig;
  /** Commit of the sources, with "-dirty" when they were changed since; null outside a repository. */
  readonly commit: string | null;
  /** SHA-256 over the sources that can change a result; absent in runs made before it was recorded, and in imported ones. */
  readonly sources?: string;
  /** Digest of a rendered benchmark, over the bytes of its frames. */
  readonly rendered?: string;
  readonly versions: { readonly node: string; readonly project: string; /** null when the run was imported, not trained */ readonly tensorflow: string | null };
  readonly dataset: RunDataset;
  /** What computed, in words, e.g. "cpu, 2 threads, cpu-avx2 kernels, AMD EPYC". */
  readonly device: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Where the weights came from, for a run made by `import`: nothing else here is known to be of that training. */
  readonly importedFrom?: ImportSource;
}

export interface ImportSource {
  /** Absolute path at the time. */
  readonly file: string;
  readonly sha256: string;
  /** zip, stream: PyTorch's formats since and before 1.6. */
  readonly format: 'zip' | 'stream' | 'safetensors';
}

export interface RunDataset {
  readonly name: DatasetName;
  /** Absolute path at the time of the run. */
  readonly root: string;
  readonly fold: number;
  /** FERV39k only: the one scene that was read; absent where all were. */
  readonly scene?: string;
  /** SHA-256 over ids, labels, splits and frame counts. */
  readonly fingerprint: string;
  /** Rendered by this project: results are never shown as results on the real set. */
  readonly isSynthetic: boolean;
  readonly labelNames: readonly string[];
  /** Clips per class, in the order of labelNames; validation only where clips were held out of the training list. */
  readonly counts: { readonly train: readonly number[]; readonly validation?: readonly number[]; readonly test: readonly number[] };
  /** Ids of listed clips without usable frames, left out from the start under policy 'skip'. */
  readonly skipped?: { readonly train: readonly string[]; readonly test: readonly string[] };
}

/** One line of metrics.jsonl. */
export interface EpochMetrics {
  /** From 1. */
  readonly epoch: number;
  /** Optimiser steps since the start of the run. */
  readonly step: number;
  readonly learningRate: number;
  /** Means over the epoch's training clips, in nats, by term ("total", "crossEntropy", ...). */
  readonly losses: Readonly<Record<string, number>>;
  /** Wall-clock of the epoch's training, evaluation excluded. */
  readonly seconds: number;
  readonly clipsPerSecond: number;
  /** Share of the epoch's training clips classified correctly while training. */
  readonly trainWar?: number;
  /** UAR and WAR after this epoch, always from the same pass; absent where nothing was evaluated. */
  readonly evaluation?: EpochEvaluation;
  /** Ids of training clips that could not be read in this epoch; others of their batches stood in. */
  readonly skipped?: readonly string[];
}

export interface EpochEvaluation {
  readonly split: 'validation' | 'test';
  readonly clips: number;
  readonly uar: number;
  readonly war: number;
  /** Mean cross-entropy in nats. */
  readonly loss?: number;
  readonly seconds?: number;
}

/** state.json of a checkpoint. */
export interface TrainingState {
  readonly seed: number;
  /** Finished epochs; also the name of the checkpoint. 0 = initial weights. */
  readonly epoch: number;
  /** Optimiser steps since the start of the run. */
  readonly step: number;
  /** The best epoch so far under the selection rule; absent under "last". */
  readonly best?: EpochEvaluation & { readonly epoch: number };
}

export interface Checkpoint {
  readonly state: TrainingState;
  /** Under the authors' names, batch norm's running statistics included. */
  readonly weights: ReadonlyMap<string, HostTensor>;
  /** Momentum or moments, by the names that the optimiser chose. */
  readonly optimizer: ReadonlyMap<string, HostTensor>;
}

export interface Prediction {
  readonly id: string;
  /** Index into labelNames. */
  readonly label: number;
  /** [classes], before softmax. */
  readonly logits: readonly number[];
}

/** predictions.json: one evaluated split. */
export interface Predictions {
  readonly split: Split;
  /** Epoch whose weights were evaluated. */
  readonly epoch: number;
  readonly labelNames: readonly string[];
  /** Of the dataset that was evaluated. */
  readonly fingerprint: string;
  readonly predictions: readonly Prediction[];
}

/** features.safetensors: the vectors before the classifier, same clips and order as predictions.json. */
export interface Features {
  readonly split: Split;
  readonly epoch: number;
  readonly ids: readonly string[];
  /** [clips] */
  readonly labels: Int32Array;
  /** [clips, width], row-major. */
  readonly values: Float32Array;
  readonly width: number;
}

/** Unweighted and weighted average recall and what they are made of. */
export interface Metrics {
  /** Mean recall over the classes that occur. */
  readonly uar: number;
  /** Fraction of clips classified correctly (accuracy). */
  readonly war: number;
  readonly uarStandardError: number;
  readonly warStandardError: number;
  /** [classes]; null for a class without clips. */
  readonly recall: readonly (number | null)[];
  /** [classes] clips of each class. */
  readonly counts: readonly number[];
  /** [true class][predicted class] clips. */
  readonly confusion: readonly (readonly number[])[];
}

/** evaluation.json. `separation` and `intensity` are added by the commands that compute them. */
export interface Evaluation {
  readonly split: Split;
  readonly epoch: number;
  readonly labelNames: readonly string[];
  readonly fingerprint: string;
  readonly isSynthetic: boolean;
  readonly selection: ExperimentConfig['selection'];
  /** The test split chose the epoch that it now judges. */
  readonly isLeaky: boolean;
  readonly metrics: Metrics;
  /** Clips that could not be read and are in no number here. */
  readonly skipped?: readonly Skip[];
  readonly separation?: SeparationReport;
  readonly intensity?: IntensityReport;
}
