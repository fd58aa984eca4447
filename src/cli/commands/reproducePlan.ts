// From the options of `ial reproduce` to a matched plan: data found or rendered, time and disk estimated.
import type { DatasetName } from '../../data/clip.ts';
import type { StepTime } from '../../experiments/estimate.ts';
import type { PlannedTable } from '../../experiments/plan.ts';
import type { PlanOptions } from '../../experiments/planRuns.ts';
import type { MatchedPlan } from '../../experiments/tasks.ts';
import { UserError } from '../../errors.ts';
import { terminalProgress } from '../../progress.ts';
import type { Shell } from '../shell.ts';
import type { ReproduceOptions } from './reproduce.ts';

export interface Planned extends MatchedPlan {
  readonly tables: readonly PlannedTable[];
  readonly query: PlanOptions;
  /** Of all missing runs, one after another; undefined where nothing was measured. */
  readonly seconds: number | undefined;
  readonly time: StepTime | undefined;
  readonly bytes: number;
  /** What made the outdated runs. */
  readonly outdatedBy: string;
}

export async function planned(shell: Shell, names: readonly string[], options: ReproduceOptions): Promise<Planned> {
  const [{ assumedClips: assumed }, { planRuns, PROFILES, tablesNamed }, { matchPlan }, { finishedRuns }, { runBytes, runSeconds, stepTime }, { madeBy }] = await Promise.all([
    import('../../experiments/benchmarks.ts'),
    import('../../experiments/planRuns.ts'), import('../../experiments/tasks.ts'), import('../../experiments/finished.ts'), import('../../experiments/estimate.ts'), import('../../experiments/tableRuns.ts')]);
  const tables = tablesNamed(names);
  const { profile, precision, set, only, runs } = options;
  const defaults = PROFILES[profile];
  const isReal = options.data.length > 0;
  const query: PlanOptions = { profile, precision, set, preset: options.preset ?? (isReal ? 'paper' : 'tiny'), folds: options.folds ?? defaults.folds, seeds: options.seeds ?? defaults.seeds };
  const plan = planRuns(tables, query, only);
  const roots = isReal ? rootsOf(options.data) : await rendered(shell, new Set(plan.map(({ dataset }) => dataset)), options);
  const matched = await matchPlan(plan, { roots, assumed: isReal ? {} : assumed(profile), runs, archives: [options.archive], onBadClip: options.onBadClip, onNote: (line) => { shell.note(line); } });
  const [first] = matched.missing;
  const time = first && await stepTime(first.config, await finishedRuns([runs, options.archive]));
  const seconds = time && matched.missing.reduce((sum, task) => sum + runSeconds(task, time.seconds), 0);
  return { ...matched, tables, query, seconds, time, bytes: matched.missing.reduce((sum, task) => sum + runBytes(task), 0), outdatedBy: madeBy(matched.outdated.map(({ finished }) => finished)) };
}

/** "/data/DFEW", "dfew=/data/DFEW", "ferv39k=/data/FERV39k". */
function rootsOf(data: readonly string[]): Partial<Record<DatasetName, string>> {
  const roots: Partial<Record<DatasetName, string>> = {};
  for (const entry of data) {
    const [, name = 'dfew', folder = ''] = /^(?:(dfew|ferv39k)=)?(.+)$/s.exec(entry) ?? [];
    if (roots[name as DatasetName] !== undefined) throw new UserError(`--data: expected one folder for each set, found two for ${name}; write ferv39k=DIR for FERV39k`);
    roots[name as DatasetName] = folder;
  }
  return roots;
}

/** The synthetic stand-ins, rendered now unless nothing is to be made. */
async function rendered(shell: Shell, datasets: ReadonlySet<DatasetName>, { profile, dryRun = false, status = false }: ReproduceOptions): Promise<Partial<Record<DatasetName, string>>> {
  const [{ BENCHMARKS }, { renderSynthetic }, { stat }, { join }] = await Promise.all([import('../../experiments/benchmarks.ts'), import('../../data/synthetic/index.ts'), import('node:fs/promises'), import('node:path')]);
  const roots: Partial<Record<DatasetName, string>> = {};
  for (const dataset of datasets) {
    if (dataset === 'csv') continue; // only ever with --data
    const { root, options } = BENCHMARKS[profile][dataset];
    const isThere = await stat(join(root, 'synthetic.json')).then(() => true, () => false);
    if ((dryRun || status) && !isThere) { shell.note(`${root}: not rendered yet`); continue; }
    const progress = terminalProgress(`rendering ${root}`, { unit: 'clips' });
    try {
      await renderSynthetic({ ...options, root, signal: shell.signal, onProgress: progress.update });
    } finally { progress.stop(); }
    roots[dataset] = root;
  }
  return roots;
}
