// What the figures of a table draw: its differences, its runs' scores by fold, its predictions in pairs. Reads run folders only.
import type { BlockPair } from '../evaluate/blocks.ts';
import { metricsOfConfusion } from '../evaluate/metrics.ts';
import type { EffectGroup } from '../figures/effects.ts';
import type { RunScores } from '../figures/folds.ts';
import type { RunRecall } from '../figures/recall.ts';
import { openRun, type Run } from '../runs/run.ts';
import type { Metrics } from '../runs/types.ts';
import { identitiesOf } from './people.ts';
import type { Kind } from './tableRuns.ts';
import type { Cell, ResultTable, TableRow } from './tables.ts';

/** Real clips where any row has runs on them, else the synthetic benchmark's: a figure never mixes them. */
export const kindOf = ({ rows }: ResultTable): Kind => (rows.some(({ real }) => real !== null) ? 'real' : 'synthetic');

/** The rows' cells of that kind. @throws RangeError for a label that the table has not. */
export function cellOf(table: ResultTable, label: string): Cell | null {
  const row = table.rows.find((one) => one.label === label);
  if (!row) throw new RangeError(`${table.name}: expected a row out of ${table.rows.map((one) => one.label).join(', ')}, found "${label}"`);
  return row[kindOf(table)];
}

/** The first of these rows that was run; the first one where none was. */
export const firstRun = (table: ResultTable, labels: readonly string[]): string => labels.find((label) => cellOf(table, label) !== null) ?? labels[0]!;

/** "synthetic benchmark in DFEW's layout, preset tiny, folds 1 to 5, seed 1": what a figure's subtitle says of its clips and runs. @param only these of its folds and seeds */
export function describeRuns(table: ResultTable, only: readonly Pick<BlockPair, 'fold' | 'seed'>[] = []): string {
  const kind = kindOf(table), cells = table.rows.flatMap((row) => row[kind] ?? []);
  const set = { dfew: 'DFEW', ferv39k: 'FERV39k', csv: 'own clips' }[table.dataset];
  if (cells.length === 0) return 'no runs yet';
  const isPart = only.length > 0;
  const folds = listed('fold', isPart ? only.map(({ fold }) => fold) : cells.flatMap((cell) => cell.folds)), seeds = listed('seed', isPart ? only.map(({ seed }) => seed) : cells.flatMap((cell) => cell.seeds));
  return [kind === 'real' ? set : `synthetic benchmark in ${set}'s layout, not ${set}`, `preset ${table.preset}`, ...table.dataset === 'dfew' ? folds : [], ...seeds].join(', ');
}

function listed(name: string, values: readonly number[]): string[] {
  const all = [...new Set(values)].sort((a, b) => a - b);
  return all.length === 0 ? [] : [all.length === 1 ? `${name} ${all[0]}` : `${all.length} ${name}s`];
}

/** For effectsFigure. */
export function effectGroup(table: ResultTable): EffectGroup {
  const kind = kindOf(table);
  const row = ({ label, [kind]: cell }: TableRow): EffectGroup['rows'][number] =>
    ({ label, value: cell && { uar: cell.uar.mean, war: cell.war.mean }, effect: cell?.difference ?? null });
  return { name: table.title, reference: table.reference, rows: table.rows.map(row) };
}

/** For foldsFigure: the named rows that were run. @param labels in the order of the figure, the one compared with first */
export async function foldScores(table: ResultTable, labels: readonly string[]): Promise<RunScores[]> {
  const shown: RunScores[] = [];
  for (const name of labels) {
    const runs = await Promise.all((cellOf(table, name)?.dirs ?? []).map(openRun));
    const scores = await Promise.all(runs.map(async (run) => {
      const { metrics: { uar, war } } = await run.readEvaluation();
      return { fold: run.record.dataset.fold, seed: run.record.experiment.seed, uar, war };
    }));
    if (scores.length > 0) shown.push({ name, scores });
  }
  return shown;
}

/** Confusion of a row summed over its folds and seeds, and what follows from it; null where it was not run. */
export async function pooledMetrics(table: ResultTable, label: string): Promise<Metrics | null> {
  const cell = cellOf(table, label);
  if (!cell) return null;
  const matrices = await Promise.all(cell.dirs.map(async (dir) => (await (await openRun(dir)).readEvaluation()).metrics.confusion));
  return metricsOfConfusion(matrices.reduce((sum, matrix) => sum.map((row, c) => row.map((clips, p) => clips + matrix[c]![p]!))));
}

/** For recallFigure: the named rows that were run. */
export async function pooledRecalls(table: ResultTable, labels: readonly string[]): Promise<RunRecall[]> {
  const all = await Promise.all(labels.map(async (name) => ({ name, metrics: await pooledMetrics(table, name) })));
  return all.flatMap(({ name, metrics }) => (metrics ? [{ name, metrics }] : []));
}

export interface PairedRuns {
  /** Of the same fold and seed; `a` is the first label's. None where one of them was not run. */
  readonly pairs: readonly BlockPair[];
  /** Person in a clip, where the set tells. */
  readonly clusterOf?: (id: string) => string;
}

/** Predictions of two rows, for what compares them clip by clip. */
export async function runPairs(table: ResultTable, labels: readonly [string, string]): Promise<PairedRuns> {
  const [first, second] = await Promise.all(labels.map(async (label) => Promise.all((cellOf(table, label)?.dirs ?? []).map(openRun))));
  const place = ({ record: { dataset, experiment } }: Run): string => `${dataset.fold} ${experiment.seed}`;
  const pairs: BlockPair[] = [];
  for (const run of first!) {
    const other = second!.find((one) => place(one) === place(run));
    if (!other) continue;
    const [a, b] = await Promise.all([run.readPredictions(), other.readPredictions()]);
    pairs.push({ fold: run.record.dataset.fold, seed: run.record.experiment.seed, a: a.predictions, b: b.predictions });
  }
  const people = await identitiesOf(first!.map((run) => ({ run })));
  return { pairs, ...people && { clusterOf: (id: string) => people.get(id) ?? id } };
}
