// Runs of two variants on the same clips, in pairs of a fold and seed: what a change of the network or loss does to separation.
import { isDeepStrictEqual } from 'node:util';
import { preset, PRESETS, variantOf, VARIANTS, type ExperimentConfig } from '../config.ts';
import type { MeasuredPair } from '../evaluate/separationChange.ts';
import type { SeparationReport } from '../runs/reports.ts';
import type { FinishedRun } from './finished.ts';

export type Variant = keyof typeof VARIANTS;

/** The variant of the component ablation that a configuration is, whatever its seed; undefined for any other change of its preset. */
export function variantOfConfig(config: ExperimentConfig): Variant | undefined {
  if (!Object.hasOwn(PRESETS, config.preset)) return undefined;
  return (Object.keys(VARIANTS) as Variant[]).find((name) => isDeepStrictEqual({ ...preset(config.preset), ...variantOf(name), seed: config.seed }, { ...config }));
}

export interface SeparationPair {
  readonly fold: number;
  readonly seed: number;
  readonly before: SeparationReport;
  readonly after: SeparationReport;
}

/** Pairs of the same dataset, preset, clips, fold and seed whose evaluation holds the separation, in the order of folds and seeds. */
export function separationPairs(runs: readonly FinishedRun[], before: Variant, after: Variant): SeparationPair[] {
  const of = (variant: Variant): FinishedRun[] => runs.filter(({ run, evaluation }) => evaluation.separation && variantOfConfig(run.record.experiment) === variant);
  const key = ({ run: { record: { dataset, experiment } } }: FinishedRun): string => [dataset.name, dataset.fingerprint, dataset.fold, experiment.preset, experiment.seed].join(' ');
  const partners = new Map(of(after).map((one) => [key(one), one]));
  return of(before).flatMap((one): SeparationPair[] => {
    const partner = partners.get(key(one)), { dataset: { fold }, experiment: { seed } } = one.run.record;
    return partner ? [{ fold, seed, before: one.evaluation.separation!, after: partner.evaluation.separation! }] : [];
  }).sort((a, b) => a.fold - b.fold || a.seed - b.seed);
}

/** The overall measures in one space. */
export const measuredPairs = (pairs: readonly SeparationPair[], space: 'raw' | 'normalised'): MeasuredPair[] =>
  pairs.map(({ before, after }) => ({ before: before[space].overall, after: after[space].overall }));
