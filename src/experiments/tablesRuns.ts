// Tables of what single runs hold: confusion matrices, separation in feature space, recall by true intensity.
import { isLeaky } from '../runs/record.ts';
import type { MeasureIntervals, Measures } from '../runs/reports.ts';
import type { FinishedRun } from './finished.ts';
import { TABLES, type PlannedTable } from './plan.ts';
import { runsOfTable, type RowRuns, type TableQuery } from './tableRuns.ts';
import type { FlatRow, TableView } from './tableView.ts';

export const RUN_TABLES = ['confusion', 'separation', 'intensity'] as const;
export type RunTable = (typeof RUN_TABLES)[number];

const COMPONENTS = TABLES.find(({ name }) => name === 'components')!;
const MAINS = TABLES.filter(({ name }) => name.startsWith('main-'));

interface Source { readonly table: PlannedTable; readonly label: string; readonly one: FinishedRun; readonly where: string }

/** The first run of every row: tables of single runs name fold and seed, and average nothing. */
function sourcesOf(tables: readonly PlannedTable[], finished: readonly FinishedRun[], query: TableQuery): Source[] {
  return tables.flatMap((table) => runsOfTable(table, finished, query).rows.flatMap(({ row, runs }: RowRuns) => [...runs.real.slice(0, 1), ...runs.synthetic.slice(0, 1)].map((one) => {
    const { dataset, experiment } = one.run.record;
    const set = dataset.isSynthetic ? `synthetic benchmark in ${table.dataset}'s layout` : table.dataset === 'dfew' ? 'DFEW' : 'FERV39k';
    return { table, label: `${row.label}${isLeaky(experiment) ? ' (LEAKY)' : ''}`, one, where: `${set}, fold ${dataset.fold}, seed ${experiment.seed}` };
  })));
}

export function runTable(name: RunTable, finished: readonly FinishedRun[], query: TableQuery): TableView {
  if (name === 'confusion') return confusionTable(sourcesOf(MAINS, finished, query));
  return name === 'separation' ? separationTable(sourcesOf([COMPONENTS], finished, query)) : intensityTable(sourcesOf([COMPONENTS], finished, query));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Rows are true classes: percent of the row, clips in brackets. */
function confusionTable(sources: readonly Source[]): TableView {
  const labelNames = sources[0]?.one.evaluation.labelNames ?? [];
  const lines = sources.flatMap(({ label, where, one: { evaluation } }) => evaluation.metrics.confusion.map((row, c) => ({ label, where, c, row, clips: sum(row) })));
  const share = (n: number, clips: number): number | null => (clips === 0 ? null : (100 * n) / clips);
  return {
    name: 'confusion', title: 'Confusion matrices', head: ['run', 'true \\ predicted', 'clips', ...labelNames],
    cells: lines.map(({ label, where, c, row, clips }) => [`${label}: ${where}`, labelNames[c]!, String(clips), ...row.map((n) => (n === 0 ? '' : `${share(n, clips)!.toFixed(0)} % (${n})`))]),
    records: lines.flatMap(({ label, where, c, row, clips }) => row.map((n, p): FlatRow => ({ table: 'confusion', row: label, data: where, true_class: labelNames[c]!, predicted_class: labelNames[p]!, clips: n, percent: share(n, clips) }))),
    notes: ['Every row is what became of one expression\'s test clips: percent of the row, and clips. One run each.'], commands: [],
  };
}

const MEASURES: readonly (readonly [keyof Measures, string])[] = [
  ['intra', 'intra-class distance'], ['inter', 'inter-class distance'], ['ratio', 'inter / intra'], ['silhouette', 'silhouette'],
  ['daviesBouldin', 'Davies-Bouldin (less is better)'], ['calinskiHarabasz', 'Calinski-Harabasz'], ['purity', 'k-NN purity'],
];
const short = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

function separationTable(sources: readonly Source[]): TableView {
  const lines = sources.flatMap(({ label, where, one: { evaluation: { separation } } }) => (separation ? (['raw', 'normalised'] as const).map((space) => ({ label, where, space, k: separation.k, report: separation[space] })) : []));
  const text = (value: number | null, interval: MeasureIntervals[keyof Measures] | undefined): string => (value === null ? '' : `${short(value)}${interval ? ` [${short(interval[0])}, ${short(interval[1])}]` : ''}`);
  return {
    name: 'separation', title: 'How far the classes stand apart in feature space', head: ['run', 'features', ...MEASURES.map(([, head]) => head), 'inter / intra, classes of one size'],
    cells: lines.map(({ label, where, space, report }) => [`${label}: ${where}`, space, ...MEASURES.map(([key]) => text(report.overall[key], report.intervals?.[key])), text(report.balanced.ratio, undefined)]),
    records: lines.map(({ label, where, space, report, k }): FlatRow => ({
      table: 'separation', row: label, data: where, features: space, k,
      ...Object.fromEntries(MEASURES.flatMap(([key]) => [[key, report.overall[key]], [`${key}_low`, report.intervals?.[key]?.[0] ?? null], [`${key}_high`, report.intervals?.[key]?.[1] ?? null], [`${key}_balanced`, report.balanced[key]]])),
    })),
    notes: ['In the features\' own dimension, raw and L2-normalised; 95 % intervals by subsampling people (or clips) without replacement. Per class: evaluation.json of the run. One run each.'], commands: [],
  };
}

function intensityTable(sources: readonly Source[]): TableView {
  const lines = sources.flatMap(({ label, where, one: { evaluation: { intensity } } }) => (intensity ? [{ label, where, intensity }] : []));
  const bins = lines[0]?.intensity.bins ?? [];
  const percent = (value: number): string => (100 * value).toFixed(1);
  return {
    name: 'intensity', title: 'Recall by true peak intensity', head: ['run', ...bins.map(({ low, high, clips }) => `${low} to ${high} (${clips} clips)`), 'rank correlation of intensity and margin'],
    cells: lines.map(({ label, where, intensity }) => [`${label}: ${where}`, ...intensity.bins.map(({ recall }) => (recall ? `${percent(recall.estimate)} [${percent(recall.low)}, ${percent(recall.high)}]` : '')), intensity.correlation ? `${intensity.correlation.estimate.toFixed(2)} [${intensity.correlation.low.toFixed(2)}, ${intensity.correlation.high.toFixed(2)}]` : '']),
    records: lines.flatMap(({ label, where, intensity }) => intensity.bins.map(({ low, high, clips, recall, margin }): FlatRow => ({ table: 'intensity', row: label, data: where, low, high, clips, recall: recall?.estimate ?? null, recall_low: recall?.low ?? null, recall_high: recall?.high ?? null, margin: margin?.estimate ?? null }))),
    notes: ['Percent; only sets with known intensity have it (the synthetic benchmark; neither DFEW nor FERV39k). 95 % intervals resample people. Neutral is left out. One run each.'], commands: [],
  };
}
