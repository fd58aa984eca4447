// From the options of `ial reproduce` to a matched plan: data found or rendered, time and disk estimated.
import type { DatasetName } from '../../data/clip.ts';
import type { StepTime } from '../../experiments/estimate.ts';
import type { PlannedTable } from '../../experiments/plan.ts';
import type { PlanOptions } from '../../experiments/planRuns.ts';
import type { MatchedPlan } from '../../experiments/tasks.ts';
import { UserError } from '../../errors.ts';
import { terminalProgress } from '../../progress.ts';
import type { Shell } from '../shell.ts';
import { archivesOf, type ReproduceOptions } from './reproduceOptions.ts';

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
  const [{ assumedClips: assumed }, { planRuns, PROFILES, profileSet, tablesNamed }, { matchPlan }, { finishedRuns }, { runBytes, runSeconds, stepTime }, { madeBy }] = await Promise.all([
    import('../../experiments/benchmarks.ts'),
    import('../../experiments/planRuns.ts'), import('../../experiments/tasks.ts'), import('../../experiments/finished.ts'), import('../../experiments/estimate.ts'), import('../../experiments/tableRuns.ts')]);
  const { profile, precision, set, only, runs } = options;
  const isReal = options.data.length > 0, given = rootsOf(options.data), own = given.csv === undefined ? undefined : await ownClips(given.csv, options);
  const tables = own ? own.tablesNamed(names) : tablesNamed(names);
  const defaults = own ? { ...PROFILES[profile], folds: own.folds } : PROFILES[profile];
  const preset = options.preset ?? (isReal ? 'paper' : 'tiny');
  const query: PlanOptions = { profile, precision, preset, set: [...isReal ? set : profileSet(profile, preset, set), ...own?.set ?? []], folds: options.folds ?? defaults.folds, seeds: options.seeds ?? defaults.seeds };
  const plan = planRuns(tables, query, only);
  const roots = isReal ? given : await rendered(shell, new Set(plan.map(({ dataset }) => dataset)), options);
  const matched = await matchPlan(plan, { roots, assumed: isReal ? {} : assumed(profile), runs, archives: archivesOf(options), onBadClip: options.onBadClip, onNote: (line) => { shell.note(line); } });
  const [first] = matched.missing;
  const time = first && await stepTime(first.config, await finishedRuns(runs)); // archived runs tell of another machine
  const seconds = time && matched.missing.reduce((sum, task) => sum + runSeconds(task, time.seconds), 0);
  return { ...matched, tables, query, seconds, time, bytes: matched.missing.reduce((sum, task) => sum + runBytes(task), 0), outdatedBy: madeBy(matched.outdated.map(({ finished }) => finished)) };
}

/** Tables, folds and classes of a list of one's own. */
async function ownClips(root: string, { profile, set }: ReproduceOptions): Promise<{ readonly tablesNamed: (names: readonly string[]) => readonly PlannedTable[]; readonly folds: readonly number[]; readonly set: readonly string[] }> {
  const [{ describeCsv }, { ownTablesNamed }] = await Promise.all([import('../../data/csv.ts'), import('../../experiments/ownTables.ts')]);
  const { folds, labelNames } = await describeCsv(root);
  return { tablesNamed: ownTablesNamed, folds: profile === 'smoke' ? folds.slice(0, 1) : folds, set: set.some((setting) => setting.startsWith('numClasses=')) ? [] : [`numClasses=${labelNames.length}`] };
}

/** "/data/DFEW", "dfew=/data/DFEW", "ferv39k=/data/FERV39k", "csv=my/clips.csv". */
function rootsOf(data: readonly string[]): Partial<Record<DatasetName, string>> {
  const roots: Partial<Record<DatasetName, string>> = {};
  for (const entry of data) {
    const [, name = 'dfew', folder = ''] = /^(?:(dfew|ferv39k|csv)=)?(.+)$/s.exec(entry) ?? [];
    if (roots[name as DatasetName] !== undefined) throw new UserError(`--data: expected one folder for each set, found two for ${name}; write ferv39k=DIR for FERV39k`);
    roots[name as DatasetName] = folder;
  }
  if (roots.csv !== undefined && data.length > 1) throw new UserError('--data: expected csv=LIST alone, since its tables are others, found another set beside it');
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
