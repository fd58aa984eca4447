// What tables of runs say, in words and in rows: differences, whether they agree with a published one, the leak of others.
import { mean as average } from 'simple-statistics';
import { signed } from '../figures/figure.ts';
import type { RunScores } from '../figures/folds.ts';
import { cellOf, kindOf } from './figureData.ts';
import { LEAK, PAPER, PREDECESSOR } from './published.ts';
import type { FlatRow } from './tableView.ts';
import type { Difference, ResultTable } from './tables.ts';

const METRICS = ['uar', 'war'] as const;
type Metric = (typeof METRICS)[number];

/** Beyond noise: Holm's corrected p-value is below 5 %. */
const isBeyondNoise = ({ pHolm }: Difference): boolean => pHolm < 0.05;

/** E.g. "UAR of GCA+IAL against baseline: +1.20 points [−0.50, +2.90], within noise (p 0.180)"; also where nothing was run. */
export function differenceText(table: ResultTable, label: string, metric: Metric = 'uar'): string {
  const difference = cellOf(table, label)?.difference?.[metric];
  const what = `${metric.toUpperCase()} of ${label} against ${table.reference}`;
  if (!difference) return `${what}: not run`;
  const { estimate, low, high, pHolm } = difference;
  return `${what}: ${signed(estimate)} points [${signed(low)}, ${signed(high)}], ${isBeyondNoise(difference) ? 'beyond' : 'within'} noise (p\u00a0${pHolm.toFixed(3)})`;
}

/** Does a difference measured here go the way of a published one? A difference on rendered faces confirms nothing about real ones. */
export function agreement(table: ResultTable, label: string, published: number, metric: Metric): string {
  const difference = cellOf(table, label)?.difference?.[metric];
  if (!difference) return 'not run';
  if (!isBeyondNoise(difference)) return `not shown: within noise${difference.smallest === null ? '' : `; only ${difference.smallest.toFixed(1)} points or more would be seen`}`;
  return Math.sign(difference.estimate) === Math.sign(published) ? 'same direction, beyond noise' : 'opposite direction, beyond noise';
}

/** What GCA+IAL gains: the paper's over NR-DFERNet, its nearest relative, and ours over the baseline, on which clips, and whether they agree. */
export function gainRows(table: ResultTable): FlatRow[] {
  const set = table.dataset === 'ferv39k' ? 'ferv39k' : 'dfew', name = { dfew: 'DFEW', ferv39k: 'FERV39k' }[set];
  return METRICS.map((metric) => {
    const gap = PAPER[set][metric] - PREDECESSOR[set][metric];
    return {
      what: `${metric.toUpperCase()} gained by GCA+IAL, points`, paper: `${signed(gap)} over NR-DFERNet, ${name}`,
      here: `${differenceText(table, 'GCA+IAL', metric)}; ${kindOf(table) === 'real' ? name : `synthetic benchmark in ${name}'s layout`}`, verdict: agreement(table, 'GCA+IAL', gap, metric),
    };
  });
}

/** Every comparison of the tables with its uncertainty, those beyond noise first. */
export function comparisonRows(tables: readonly ResultTable[], metric: Metric = 'uar'): FlatRow[] {
  const rows = tables.flatMap((table) => table.rows.flatMap((row) => {
    const difference = row[kindOf(table)]?.difference;
    return difference ? [{ table, label: row.label, blindTo: difference.blindTo, one: difference[metric] }] : [];
  }));
  return rows.sort((a, b) => a.one.pHolm - b.one.pHolm || a.one.p - b.one.p).map(({ table, label, blindTo, one }) => ({
    table: table.title, row: `${label} against ${table.reference}`, points: one.estimate, low: one.low, high: one.high, p: one.p, 'p (Holm)': one.pHolm,
    'smallest effect that would be seen': one.smallest, 'blind to': blindTo.join(', '), verdict: isBeyondNoise(one) ? 'beyond noise' : 'within noise',
  }));
}

const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : average([...values]));

/** One row a seed, one column a row of the table: UAR in percent, mean over the folds that were run. */
export function seedRows(runs: readonly RunScores[]): FlatRow[] {
  return seedsOf(runs).map((seed) => ({ seed: String(seed), ...Object.fromEntries(runs.map((run) => [run.name, ofSeed(run, seed)])) }));
}

const seedsOf = (runs: readonly RunScores[]): number[] => [...new Set(runs.flatMap(({ scores }) => scores.map(({ seed }) => seed)))].sort((a, b) => a - b);
const ofSeed = ({ scores }: RunScores, seed: number): number | null => mean(scores.filter((one) => one.seed === seed).map(({ uar }) => 100 * uar));
const foldsOf = ({ scores }: RunScores, seed: number): string => scores.filter((one) => one.seed === seed).map(({ fold }) => fold).sort((a, b) => a - b).join();

/** What another seed changes against what another row changes; undefined for a single seed or row. Means over folds, the same ones in every row and seed. */
export function seedFinding(runs: readonly RunScores[]): string | undefined {
  const seeds = seedsOf(runs);
  const isWhole = new Set(runs.flatMap((run) => seeds.map((seed) => foldsOf(run, seed)))).size === 1;
  if (seeds.length < 2 || runs.length < 2 || !isWhole) return undefined;
  const widest = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const bySeed = Math.max(...runs.map((run) => widest(seeds.map((seed) => ofSeed(run, seed)!))));
  const byRow = widest(runs.map(({ scores }) => mean(scores.map(({ uar }) => 100 * uar))!));
  return `Another seed moves the mean over the folds by up to ${bySeed.toFixed(1)} points of UAR; the rows' means over all seeds lie within ${byRow.toFixed(1)}.`;
}

/** One row a fold, one column a run and measure: percent, mean over seeds; the mean of the folds last. */
export function foldRows(runs: readonly RunScores[]): FlatRow[] {
  const folds = [...new Set(runs.flatMap(({ scores }) => scores.map(({ fold }) => fold)))].sort((a, b) => a - b);
  const ofFold = ({ scores }: RunScores, metric: Metric, fold: number): number | null => mean(scores.filter((one) => one.fold === fold).map((one) => 100 * one[metric]));
  const row = (name: string, value: (run: RunScores, metric: Metric) => number | null): FlatRow => ({
    fold: name, ...Object.fromEntries(METRICS.flatMap((metric) => runs.map((run) => [`${metric.toUpperCase()}, ${run.name}`, value(run, metric)]))),
  });
  const whole = (run: RunScores, metric: Metric): number | null => mean(folds.flatMap((fold) => ofFold(run, metric, fold) ?? []));
  return [...folds.map((fold) => row(String(fold), (run, metric) => ofFold(run, metric, fold))), ...folds.length > 1 ? [row('mean', whole)] : []];
}

/** Former-DFER's WAR on DFEW by fold, last epoch and best on test. Its logs hold WAR alone: UAR is not a number. */
export const publishedLeak = (): RunScores[] => (['last', 'best'] as const).map((which) => ({
  name: which === 'last' ? 'last epoch' : 'best epoch on the test clips', scores: LEAK[which].folds.map((war, i) => ({ fold: i + 1, seed: 1, uar: Number.NaN, war: war / 100 })),
}));
