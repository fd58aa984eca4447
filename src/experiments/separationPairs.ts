// Runs of two variants on the same clips, in pairs of a fold and seed: what a change of the network or loss does to separation.
import { isDeepStrictEqual } from 'node:util';
import { preset, PRESETS, variantOf, VARIANTS, type ExperimentConfig } from '../config.ts';
import type { MeasuredPair } from '../evaluate/separationChange.ts';
import type { SeparationReport } from '../runs/reports.ts';
import type { FinishedRun } from './finished.ts';

export type Variant = keyof typeof VARIANTS;

/** The variant of the component ablation that a configuration is, whatever its seed and epochs; undefined for any other change of its preset. */
export function variantOfConfig(config: ExperimentConfig): Variant | undefined {
  if (!Object.hasOwn(PRESETS, config.preset)) return undefined;
  const { seed, epochs } = config;
  return (Object.keys(VARIANTS) as Variant[]).find((name) => isDeepStrictEqual({ ...preset(config.preset), ...variantOf(name), seed, epochs }, { ...config }));
}

/** The variants' runs with measured separation on DFEW, of the one preset and number of epochs that most of them have (equally many: the longer). */
export function ablationRuns(runs: readonly FinishedRun[]): readonly FinishedRun[] {
  const measured = runs.filter(({ run: { record: { dataset, experiment } }, evaluation }) => evaluation.separation && dataset.name === 'dfew' && variantOfConfig(experiment));
  const kindOf = ({ run: { record: { experiment: { preset: name, epochs } } } }: FinishedRun): string => `${name} ${epochs}`;
  const epochsOf = ([first]: readonly FinishedRun[]): number => first!.run.record.experiment.epochs;
  const groups = [...new Set(measured.map(kindOf))].map((kind) => measured.filter((one) => kindOf(one) === kind));
  return groups.sort((a, b) => b.length - a.length || epochsOf(b) - epochsOf(a))[0] ?? [];
}

export interface SeparationPair {
  readonly fold: number;
  readonly seed: number;
  readonly before: SeparationReport;
  readonly after: SeparationReport;
}

/** Pairs of the same dataset, preset, epochs, clips, fold and seed whose evaluation holds the separation, in the order of folds and seeds. */
export function separationPairs(runs: readonly FinishedRun[], before: Variant, after: Variant): SeparationPair[] {
  const of = (variant: Variant): FinishedRun[] => runs.filter(({ run, evaluation }) => evaluation.separation && variantOfConfig(run.record.experiment) === variant);
  const key = ({ run: { record: { dataset, experiment } } }: FinishedRun): string => [dataset.name, dataset.fingerprint, dataset.fold, experiment.preset, experiment.epochs, experiment.seed].join(' ');
  const partners = new Map(of(after).map((one) => [key(one), one]));
  return of(before).flatMap((one): SeparationPair[] => {
    const partner = partners.get(key(one)), { dataset: { fold }, experiment: { seed } } = one.run.record;
    return partner ? [{ fold, seed, before: one.evaluation.separation!, after: partner.evaluation.separation! }] : [];
  }).sort((a, b) => a.fold - b.fold || a.seed - b.seed);
}

/** The overall measures in one space. */
export const measuredPairs = (pairs: readonly SeparationPair[], space: 'raw' | 'normalised'): MeasuredPair[] =>
  pairs.map(({ before, after }) => ({ before: before[space].overall, after: after[space].overall }));
