// The runs of `ial quick`: one after another in this process, or side by side, each in one of its own.
import { join } from 'node:path';
import type { Precision } from '../../config.ts';
import type { Dataset, DatasetName, Progress } from '../../data/clip.ts';
import { UserError } from '../../errors.ts';
import type { EnsuredRun, PlannedRun } from '../../experiments/reproduce.ts';
import { sha256 } from '../../files/hash.ts';
import { terminalProgress } from '../../progress.ts';
import { type CacheOptions, diskCacheOf } from '../options.ts';
import type { Shell } from '../shell.ts';
import { trainingView, withClassesOf } from './train.ts';

export interface QuickOptions extends CacheOptions {
  readonly preset: string;
  readonly data?: string;
  readonly dataset: DatasetName;
  readonly fold: number;
  readonly scene?: string;
  readonly seed: number;
  readonly precision: Precision;
  readonly jobs: number;
  readonly runs: string;
  readonly figures: string;
}

export async function makeRuns(shell: Shell, dataset: Dataset, options: QuickOptions): Promise<EnsuredRun[]> {
  const { planVariants, QUICK_VARIANTS } = await import('../../experiments/reproduce.ts');
  const { preset, seed, precision, jobs } = options;
  const plan = planVariants(preset, QUICK_VARIANTS, seed, precision).map((one) => ({ ...one, config: withClassesOf(dataset, one.config, []) }));
  return await (jobs > 1 ? makeSideBySide : makeInTurn)(shell, dataset, plan, options);
}

async function makeInTurn(shell: Shell, dataset: Dataset, plan: readonly PlannedRun[], options: QuickOptions): Promise<EnsuredRun[]> {
  const [{ ensureRun }, { loadEngine }] = await Promise.all([import('../../experiments/reproduce.ts'), import('../../engine/tensorflow.ts')]);
  const engine = await loadEngine();
  const made: EnsuredRun[] = [];
  for (const planned of plan) {
    const view = trainingView(shell, `${planned.variant}: `);
    try {
      made.push(await ensureRun(planned, { engine, dataset, runs: options.runs, cache: diskCacheOf(options), signal: shell.signal, ...view }));
    } finally { view.stop(); }
  }
  return made;
}

/** Every run that is missing by an `ial train` of its own. @throws UserError with the first failure; the other runs are whole or can be gone on with. */
async function makeSideBySide(shell: Shell, dataset: Dataset, plan: readonly PlannedRun[], options: QuickOptions): Promise<EnsuredRun[]> {
  const [{ findRun }, { ownCommand, runLocally }] = await Promise.all([import('../../experiments/reproduce.ts'), import('../../experiments/local.ts')]);
  const find = async (planned: PlannedRun): Promise<EnsuredRun | undefined> => await findRun(planned, { runs: options.runs, dataset, onWarning: shell.note });
  const there = await Promise.all(plan.map(find));
  const missing = plan.filter((_, i) => !there[i]).map((planned) => ({ ...planned, key: identityOf(planned, dataset) }));
  const view = sharedView();
  try {
    const outcomes = await runLocally(missing, { jobs: options.jobs, logs: join(options.runs, 'logs'), command: (index) => ownCommand(...trainArguments(missing[index]!, dataset, options)), onProgress: view.onProgress, signal: shell.signal });
    const failed = outcomes.find(({ failure }) => failure !== undefined);
    if (failed) throw new UserError(`${failed.task.name}: ${failed.failure!}`);
  } finally { view.stop(); }
  return await Promise.all(plan.map(async (planned, i) => there[i] ?? { ...(await find(planned))!, isReused: false }));
}

/** Names a log, so that runs of different experiments do not share one. */
const identityOf = ({ config }: PlannedRun, { fingerprint }: Dataset): string => sha256(JSON.stringify([config, fingerprint]));

/** As `ial train` takes them. */
function trainArguments({ name, variant }: PlannedRun, { root }: Dataset, { dataset, fold, scene, preset, seed, precision, runs, cache, cacheGb }: QuickOptions): string[] {
  const values = { data: root, dataset, fold, scene, preset, variant, seed, precision, cache, 'cache-gb': cacheGb, out: join(runs, name) };
  return ['train', '--resume', ...Object.entries(values).flatMap(([option, value]) => (value === undefined ? [] : [`--${option}`, String(value)]))];
}

/** One bar over the steps of all runs. */
function sharedView(): { onProgress: (task: PlannedRun, progress: Progress) => void; stop: () => void } {
  const bar = terminalProgress('train', { unit: 'steps' }), latest = new Map<string, Progress>();
  const sumOf = (which: 'done' | 'total'): number => [...latest.values()].reduce((sum, one) => sum + (one[which] ?? 0), 0);
  return {
    onProgress({ variant }, progress) {
      latest.set(variant, progress);
      bar.update({ done: sumOf('done'), total: sumOf('total'), note: [...latest].map(([name, { note }]) => `${name} ${note ?? ''}`).join('; ') });
    },
    stop() { bar.stop(); },
  };
}
