// A table of the paper from finished runs: mean and spread over folds and seeds, paired differences, the paper's number, a status.
import { relative } from 'node:path';
import { blockDifference, smallestEffect, type BlockPair, type BlockReport } from '../evaluate/blocks.ts';
import { holm } from '../evaluate/statistics.ts';
import { isLeaky } from '../runs/record.ts';
import { benchmarkAt } from './benchmarks.ts';
import type { FinishedRun } from './finished.ts';
import { identitiesOf } from './people.ts';
import type { PlannedRow, PlannedTable } from './plan.ts';
import { SMOKE_EPOCHS } from './planRuns.ts';
import { statusOf, type Status } from './published.ts';
import { madeBy, runsOfTable, type Kind, type RowRuns, type TableQuery } from './tableRuns.ts';

export interface Spread {
  /** Percent: mean over folds of the means over seeds. */
  readonly mean: number;
  /** Standard deviation over all runs, points; null for a single run. */
  readonly sd: number | null;
}

export interface Difference {
  /** Points against the table's reference row. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
  /** Holm's correction over the table's rows. */
  readonly pHolm: number;
  /** Points that these clips and runs would show in four cases of five, at 5 % for one comparison; null where the runs do not differ on a single clip. */
  readonly smallest: number | null;
}

export interface Cell {
  readonly runs: number;
  readonly folds: readonly number[];
  readonly seeds: readonly number[];
  /** Test clips of all folds together. */
  readonly clips: number;
  readonly uar: Spread;
  readonly war: Spread;
  /** Percent per class, mean as above; null for a class without clips. */
  readonly recall: readonly (number | null)[];
  readonly isLeaky: boolean;
  readonly difference: { readonly uar: Difference; readonly war: Difference; readonly blindTo: BlockReport['blindTo']; /** What the interval draws. */ readonly draws: 'people' | 'clips'; /** Clips that some of the runs did not see: not compared. */ readonly leftOut: number } | null;
  readonly dirs: readonly string[];
  /** "commit 8ea513d, sources f4812b98" of the runs, each once. */
  readonly madeBy: string;
  /** Folder of the clips. */
  readonly root: string;
}

export interface TableRow {
  readonly label: string;
  readonly note: string | null;
  readonly synthetic: Cell | null;
  readonly real: Cell | null;
  readonly published: PlannedRow['published'] | null;
  /** Points: ours on the real set minus the paper's, where both chose the epoch in the same way. */
  readonly toPublished: { readonly uar: number; readonly war: number } | null;
  readonly status: Status;
  /** Makes this row. */
  readonly command: string;
}

export interface ResultTable {
  readonly name: string;
  readonly title: string;
  readonly dataset: PlannedTable['dataset'];
  readonly reference: string;
  readonly preset: string;
  readonly labelNames: readonly string[];
  readonly rows: readonly TableRow[];
  readonly notes: readonly string[];
}

/** @throws UserError where a run's predictions cannot be read. */
export async function resultTable(table: PlannedTable, finished: readonly FinishedRun[], query: TableQuery): Promise<ResultTable> {
  const { rows, notes } = runsOfTable(table, finished, query);
  const cells = { synthetic: await cellsOf(table, rows, 'synthetic'), real: await cellsOf(table, rows, 'real') };
  const hasRealData = finished.some(({ run }) => run.record.dataset.name === table.dataset && !run.record.dataset.isSynthetic);
  const shrunk = shrinkNote(table.dataset, cells, query);
  return {
    name: table.name, title: table.title, dataset: table.dataset, reference: table.reference, preset: query.preset,
    labelNames: finished[0]?.evaluation.labelNames ?? [],
    rows: table.rows.map((row, i) => tableRow(table, row, cells.synthetic[i]!, cells.real[i]!, query, { hasRealData, data: dataPart(table.dataset, cells.synthetic, hasRealData, query) })),
    notes: [table.note, ...shrunk, ...notes],
  };
}

function tableRow({ name, dataset }: PlannedTable, row: PlannedRow, synthetic: Cell | null, real: Cell | null, query: TableQuery, { hasRealData, data }: { readonly hasRealData: boolean; readonly data: string }): TableRow {
  const published = row.published ? { uar: row.published.uar, war: row.published.war, source: row.published.source } : null;
  const toPublished = published && real?.isLeaky ? { uar: real.uar.mean - published.uar, war: real.war.mean - published.war } : null;
  const isWhole = isPublishedRecipe(query) && (dataset === 'ferv39k' || real?.folds.length === 5);
  return {
    label: row.label, note: row.note ?? null, synthetic, real, published, toPublished,
    status: statusOf({ ours: real && { uar: real.uar.mean, war: real.war.mean }, published, dataset, hasRealData, isWhole }),
    command: commandOf(name, row, query, data),
  };
}

function commandOf(table: string, { label }: PlannedRow, { preset, folds, seeds, precision = 'f32', set = [] }: TableQuery, data: string): string {
  const changes = [...set.map((one) => ` --set ${one}`), precision === 'f32' ? '' : ` --precision ${precision}`].join('');
  return `ial reproduce ${table} --only '${label}' --preset ${preset}${changes} --folds ${folds.join(',')} --seeds ${seeds}${data}`;
}

/** Which clips: licensed sets under a made-up path, because tables are passed on; a benchmark of a profile by that profile. */
function dataPart(dataset: PlannedTable['dataset'], synthetic: readonly (Cell | null)[], hasRealData: boolean, { set = [] }: TableQuery): string {
  if (dataset === 'csv') return ' --data csv=clips.csv';
  if (hasRealData) return dataset === 'dfew' ? ' --data /data/DFEW' : ' --data ferv39k=/data/FERV39k';
  const root = synthetic.find((cell) => cell !== null)?.root ?? '';
  if (root === '') return ` --profile ${set.includes(`epochs=${SMOKE_EPOCHS}`) ? 'smoke' : 'full'}`;
  const benchmark = benchmarkAt(root);
  return benchmark ? ` --profile ${benchmark.profile}` : ` --data ${dataset === 'dfew' ? '' : 'ferv39k='}${relative('.', root)}`;
}

async function cellsOf(table: PlannedTable, rows: readonly RowRuns[], kind: Kind): Promise<(Cell | null)[]> {
  const reference = rows.find(({ row }) => row.label === table.reference)?.runs[kind] ?? [];
  const isAlike = (runs: readonly FinishedRun[]): boolean => table.comparesSelections === true || runs.some(leaks) === reference.some(leaks);
  const reports = await Promise.all(rows.map(async ({ row, runs }) => (row.label === table.reference || !isAlike(runs[kind]) ? undefined : compare(runs[kind], reference))));
  const adjusted = (metric: 'uar' | 'war'): Map<Compared, number> => {
    const family = reports.filter((report) => report !== undefined), corrected = holm(family.map((report) => report[metric].p));
    return new Map(family.map((report, i) => [report, corrected[i]!]));
  };
  const [uar, war] = [adjusted('uar'), adjusted('war')];
  return rows.map(({ runs }, i) => {
    const report = reports[i];
    const difference = report && { uar: points(report.uar, uar.get(report)!), war: points(report.war, war.get(report)!), blindTo: report.blindTo, draws: report.draws, leftOut: report.leftOut };
    return cellOf(runs[kind], difference ?? null);
  });
}

const leaks = ({ run }: FinishedRun): boolean => isLeaky(run.record.experiment);

const points = ({ estimate, low, high, p, standardError }: BlockReport['uar'], pHolm: number): Difference =>
  ({ estimate: 100 * estimate, low: 100 * low, high: 100 * high, p, pHolm, smallest: standardError === 0 ? null : 100 * smallestEffect(standardError) });

/** Over the folds and seeds that both have. */
async function compare(mine: readonly FinishedRun[], reference: readonly FinishedRun[]): Promise<Compared | undefined> {
  const place = ({ run: { record } }: FinishedRun): string => `${record.dataset.fold} ${record.experiment.seed}`;
  const others = new Map(reference.map((one) => [place(one), one]));
  const pairs: BlockPair[] = [];
  for (const one of mine) {
    const other = others.get(place(one));
    if (!other) continue;
    const [a, b] = await Promise.all([one.run.readPredictions(), other.run.readPredictions()]);
    pairs.push({ fold: one.run.record.dataset.fold, seed: one.run.record.experiment.seed, a: a.predictions, b: b.predictions });
  }
  if (pairs.length === 0) return undefined;
  const people = await identitiesOf(mine), { shared, leftOut } = onSharedClips(pairs);
  return { leftOut, ...blockDifference(shared, mine[0]!.evaluation.labelNames.length, { seed: 1, ...people && { clusterOf: (id: string) => people.get(id) ?? id } }), draws: people ? 'people' : 'clips' };
}

type Compared = BlockReport & { readonly draws: 'people' | 'clips'; readonly leftOut: number };

/** A sampling rule, or a file that could not be read, may have kept clips from one run: of each fold the clips that all its runs saw. */
function onSharedClips(pairs: readonly BlockPair[]): { readonly shared: readonly BlockPair[]; readonly leftOut: number } {
  const folds = new Map<number, ReadonlyMap<string, number>>();
  for (const { fold, a, b } of pairs) {
    const seen = new Map(folds.get(fold));
    for (const { id } of [...a, ...b]) seen.set(id, (seen.get(id) ?? 0) + 1);
    folds.set(fold, seen);
  }
  const isShared = (fold: number, id: string): boolean => folds.get(fold)!.get(id) === 2 * pairs.filter((pair) => pair.fold === fold).length;
  const keep = (fold: number, rows: BlockPair['a']): BlockPair['a'] => rows.filter(({ id }) => isShared(fold, id));
  return {
    shared: pairs.map(({ fold, seed, a, b }) => ({ fold, seed, a: keep(fold, a), b: keep(fold, b) })),
    leftOut: [...folds].reduce((sum, [fold, seen]) => sum + [...seen.keys()].filter((id) => !isShared(fold, id)).length, 0),
  };
}

function cellOf(runs: readonly FinishedRun[], difference: Cell['difference']): Cell | null {
  if (runs.length === 0) return null;
  const folds = groupByFold(runs);
  const overFolds = (value: (one: FinishedRun) => number): number => mean(folds.map((members) => mean(members.map(value))));
  const spread = (metric: 'uar' | 'war'): Spread => {
    const values = runs.map(({ evaluation }) => 100 * evaluation.metrics[metric]);
    return { mean: overFolds(({ evaluation }) => 100 * evaluation.metrics[metric]), sd: values.length < 2 ? null : deviation(values) };
  };
  const classes = runs[0]!.evaluation.labelNames.length;
  return {
    runs: runs.length, folds: folds.map(([first]) => first!.run.record.dataset.fold), seeds: [...new Set(runs.map(({ run }) => run.record.experiment.seed))].sort((a, b) => a - b),
    clips: folds.reduce((sum, [first]) => sum + first!.evaluation.metrics.counts.reduce((a, b) => a + b, 0), 0),
    uar: spread('uar'), war: spread('war'),
    recall: Array.from({ length: classes }, (_, c) => (runs.some(({ evaluation }) => evaluation.metrics.recall[c] === null) ? null : overFolds(({ evaluation }) => 100 * evaluation.metrics.recall[c]!))),
    isLeaky: runs.some(leaks), difference, dirs: runs.map(({ run }) => run.dir), madeBy: madeBy(runs), root: runs[0]!.run.record.dataset.root,
  };
}

function groupByFold(runs: readonly FinishedRun[]): FinishedRun[][] {
  const folds = new Map<number, FinishedRun[]>();
  for (const one of runs) folds.set(one.run.record.dataset.fold, [...folds.get(one.run.record.dataset.fold) ?? [], one]);
  return [...folds.values()];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number => Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));

/** What is not as the preset has it, in words. */
const changesOf = ({ precision = 'f32', set = [] }: TableQuery): readonly string[] => [...set, ...precision === 'f32' ? [] : [`precision ${precision}`]];

const isPublishedRecipe = (query: TableQuery): boolean => query.preset === 'paper' && changesOf(query).length === 0;

/** What was left out of the whole grid, so that a shrunk table cannot be taken for the whole. */
function shrinkNote(dataset: PlannedTable['dataset'], cells: Readonly<Record<Kind, readonly (Cell | null)[]>>, query: TableQuery): string[] {
  const { preset, seeds } = query, changes = changesOf(query);
  const notes = isPublishedRecipe(query) ? [] : [`Preset "${preset}"${changes.length > 0 ? ` with ${changes.join(', ')}` : ''}, not the published recipe.`];
  const all = [...cells.synthetic, ...cells.real].filter((cell) => cell !== null);
  const fewest = Math.min(...all.map(({ runs }) => runs), Infinity), folds = new Set(all.flatMap((cell) => cell.folds));
  const most = Math.max(...all.map(({ runs: n }) => n)), runs = `${fewest === most ? fewest : `${fewest} to ${most}`} run${most === 1 ? '' : 's'} a row${seeds === 1 ? ', one seed: what a seed changes is in no interval' : ''}.`;
  const where = dataset === 'ferv39k' ? 'The one split' : folds.size === 1 ? `Fold ${[...folds].join()} only` : `Folds ${[...folds].sort().join(', ')}`;
  if (all.length > 0) notes.push(`${where}; ${runs}`);
  if (new Set(all.map(({ runs: n }) => n)).size > 1) notes.push('Rows with fewer runs cover fewer folds or seeds: their means are not comparable, the differences are (they are paired).');
  return notes;
}
