// The runs that a table needs, made where they are missing: reused when experiment and data are the same, trained otherwise.
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { preset, VARIANTS, variantOf, type ExperimentConfig, type Precision } from '../config.ts';
import type { Dataset } from '../data/clip.ts';
import { differences } from '../runs/record.ts';
import { hasRun, openRun } from '../runs/run.ts';
import type { Evaluation, RunRecord } from '../runs/types.ts';
import { trainRun } from './run.ts';
import type { TrainRunOptions } from './trainOptions.ts';

export type VariantName = keyof typeof VARIANTS;

export interface PlannedRun {
  /** Its folder below the runs' root, e.g. "tiny-gca+ial". */
  readonly name: string;
  readonly variant: VariantName;
  readonly config: ExperimentConfig;
}

/** The paper's comparison in brief: the network without its two ideas, and with both, from the same seed. */
export const QUICK_VARIANTS: readonly VariantName[] = ['baseline', 'gca+ial'];

/** One run a variant, all from the same seed. @throws UserError for an unknown preset. */
export function planVariants(presetName: string, variants: readonly VariantName[], seed: number, precision: Precision = 'f32'): PlannedRun[] {
  const suffix = precision === 'f32' ? '' : `-${precision}`;
  return variants.map((variant) => ({ name: `${presetName}-${variant}${suffix}`, variant, config: { ...preset(presetName), ...variantOf(variant), seed, precision } }));
}

export interface EnsureOptions extends Omit<TrainRunOptions, 'config' | 'out' | 'resume'> {
  /** Folder of the run folders. */
  readonly runs: string;
}

export interface EnsuredRun {
  readonly plan: PlannedRun;
  readonly dir: string;
  readonly evaluation: Evaluation;
  /** The run was there already. */
  readonly isReused: boolean;
}

type FindOptions = Pick<EnsureOptions, 'runs' | 'dataset' | 'onWarning'>;

/** A planned run that is there, whole. A run of that name with another experiment or data is set aside. */
export async function findRun(plan: PlannedRun, options: FindOptions): Promise<EnsuredRun | undefined> {
  const dir = join(options.runs, plan.name);
  if (!await hasRun(dir)) return undefined;
  const changed = changes((await openRun(dir)).record, plan.config, options.dataset);
  if (changed.length > 0) await setAside(dir, changed, options);
  const evaluation = changed.length > 0 ? undefined : await finished(dir, options.dataset);
  return evaluation && { plan, dir, evaluation, isReused: true };
}

/** Returns a planned run, trained now unless it is there. */
export async function ensureRun(plan: PlannedRun, options: EnsureOptions): Promise<EnsuredRun> {
  const found = await findRun(plan, options);
  if (found) return found;
  const dir = join(options.runs, plan.name);
  const evaluation = await trainRun({ ...options, config: plan.config, out: dir, resume: true });
  return { plan, dir, evaluation, isReused: false };
}

/** What differs between a recorded run and the one that is wanted. */
const changes = (record: RunRecord, config: ExperimentConfig, { fingerprint }: Dataset): string[] =>
  [...differences(record.experiment, config), ...differences({ data: record.dataset.fingerprint.slice(0, 12) }, { data: fingerprint.slice(0, 12) })];

/** The evaluation of a run that was trained to its end. */
async function finished(dir: string, { fingerprint }: Dataset): Promise<Evaluation | undefined> {
  const evaluation = await (await openRun(dir)).readEvaluation().catch(() => undefined);
  return evaluation?.fingerprint === fingerprint ? evaluation : undefined;
}

async function setAside(dir: string, changed: readonly string[], { onWarning }: FindOptions): Promise<void> {
  const aside = `${dir}.before-${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}`;
  await rename(dir, aside);
  onWarning?.(`${dir}: was another run (${changed.join('; ')}), kept as ${aside}`);
}
