// Tables of what runs hold beside their recalls: confusion matrices, separation in feature space, recall by true intensity.
import { isLeaky } from '../runs/record.ts';
import type { IntensityReport, Interval, Measures, SeparationReport } from '../runs/reports.ts';
import type { FinishedRun } from './finished.ts';
import { TABLES, type PlannedTable } from './plan.ts';
import { runsOfTable, type Kind, type TableQuery } from './tableRuns.ts';
import type { FlatRow, TableView } from './tableView.ts';

export const RUN_TABLES = ['confusion', 'separation', 'intensity'] as const;
export type RunTable = (typeof RUN_TABLES)[number];

const isComponents = ({ name }: PlannedTable): boolean => name === 'components';
const isMain = ({ name }: PlannedTable): boolean => /^main\b/.test(name);

/** All runs of one row on one kind of clips. */
interface Group { readonly label: string; /** Which clips, in words. */ readonly set: string; readonly runs: readonly FinishedRun[] }

function groupsOf(tables: readonly PlannedTable[], finished: readonly FinishedRun[], query: TableQuery): Group[] {
  return tables.flatMap((table) => runsOfTable(table, finished, query).rows.flatMap(({ row, runs }) => (['synthetic', 'real'] as const).flatMap((kind): Group[] =>
    (runs[kind].length === 0 ? [] : [{ label: row.label, set: setName(table, kind), runs: runs[kind] }]))));
}

const setName = ({ dataset }: PlannedTable, kind: Kind): string =>
  (kind === 'synthetic' ? `synthetic, ${dataset} layout` : dataset === 'csv' ? 'own clips' : dataset === 'dfew' ? 'DFEW' : 'FERV39k');

export function runTable(name: RunTable, finished: readonly FinishedRun[], query: TableQuery, tables: readonly PlannedTable[] = TABLES): TableView {
  if (name === 'confusion') return confusionTable(groupsOf(tables.filter(isMain), finished, query));
  return name === 'separation' ? separationTable(groupsOf(tables.filter(isComponents), finished, query)) : intensityTable(groupsOf(tables.filter(isComponents), finished, query));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const listed = (name: string, values: readonly number[]): string => { const all = [...new Set(values)].sort((a, b) => a - b); return `${name}${all.length > 1 ? 's' : ''} ${all.join(', ')}`; };
const placeOf = ({ run: { record } }: FinishedRun): FlatRow => ({ fold: record.dataset.fold, seed: record.experiment.seed });

/** "GCA+IAL" over "synthetic, dfew layout" over "seed 1, folds 1, 2". */
function title({ label, set, runs }: Group): string {
  const records = runs.map(({ run }) => run.record);
  const leaky = records.some(({ experiment }) => isLeaky(experiment)) ? ', LEAKY' : '';
  const folds = set.includes('dfew') || set === 'DFEW' ? `, ${listed('fold', records.map(({ dataset }) => dataset.fold))}` : '';
  return `${label}\n${set}${leaky}\n${listed('seed', records.map(({ experiment }) => experiment.seed))}${folds}`;
}

/** Every clip once: the folds of the lowest seed together. Rows are true classes: percent of the row, clips in brackets. */
function confusionTable(groups: readonly Group[]): TableView {
  const labelNames = groups[0]?.runs[0]?.evaluation.labelNames ?? [];
  const blocks = groups.map((group) => {
    const seed = Math.min(...group.runs.map(({ run }) => run.record.experiment.seed));
    const runs = group.runs.filter(({ run }) => run.record.experiment.seed === seed);
    const counts = labelNames.map((_, c) => labelNames.map((__, p) => sum(runs.map(({ evaluation }) => evaluation.metrics.confusion[c]![p]!))));
    return { label: group.label, set: group.set, title: title({ ...group, runs }), counts };
  });
  const share = (n: number, clips: number): number | null => (clips === 0 ? null : (100 * n) / clips);
  return {
    name: 'confusion', title: 'Confusion matrices', head: ['run', 'true \\ predicted', 'clips', ...labelNames],
    cells: blocks.flatMap((block) => block.counts.map((row, c) => [block.title.split('\n')[c] ?? '', labelNames[c]!, String(sum(row)), ...row.map((n) => (n === 0 ? '' : `${share(n, sum(row))!.toFixed(0)} % (${n})`))])),
    records: blocks.flatMap(({ label, set, counts }) => counts.flatMap((row, c) => row.map((n, p): FlatRow => ({ table: 'confusion', row: label, data: set, true_class: labelNames[c]!, predicted_class: labelNames[p]!, clips: n, percent: share(n, sum(row)) })))),
    notes: groups.length === 0 ? [NOTHING] : ['Every row is what became of one expression\'s test clips: percent of the row, and clips; the folds of one seed together, so that every clip counts once.'], commands: [],
  };
}

const NOTHING = 'No finished run has this yet.';
const RUNS_NOTE = 'Of several runs: mean ± standard deviation; of a single one: the value and its 95 % interval. Rows of other folds or seeds compare poorly by their means. CSV and JSON hold every run.';

const MEASURES: readonly (readonly [keyof Measures, string])[] = [
  ['intra', 'within'], ['inter', 'between'], ['ratio', 'between /\nwithin ↑'], ['silhouette', 'silhouette ↑'], ['daviesBouldin', 'Davies-\nBouldin ↓'], ['calinskiHarabasz', 'Calinski-\nHarabasz ↑'], ['purity', 'k-NN\npurity ↑'],
];

function text(value: number, digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3): string {
  return value.toFixed(digits).replace('-', '−');
}

/** Several runs by their spread, a single one by its own interval. */
function cell(values: readonly (number | null)[], interval?: readonly [number, number] | null, digits?: number): string {
  const known = values.flatMap((value) => value ?? []);
  if (known.length === 0) return '';
  const mean = sum(known) / known.length;
  if (known.length > 1) return `${text(mean, digits)} ± ${text(Math.sqrt(sum(known.map((value) => (value - mean) ** 2)) / (known.length - 1)), digits)}`;
  return `${text(mean, digits)}${interval ? `\n[${text(interval[0], digits)}, ${text(interval[1], digits)}]` : ''}`;
}

function separationTable(all: readonly Group[]): TableView {
  const groups = all.map((group) => ({ ...group, runs: group.runs.filter(({ evaluation }) => evaluation.separation) })).filter(({ runs }) => runs.length > 0);
  const reportOf = ({ evaluation }: FinishedRun): SeparationReport => evaluation.separation!;
  const spaces = ['raw', 'normalised'] as const;
  return {
    name: 'separation', title: 'How far the classes stand apart in feature space',
    head: ['run', 'features', ...MEASURES.map(([, head]) => head), 'between / within,\nequal classes ↑'],
    cells: groups.flatMap((group) => spaces.map((space, s) => [
      s === 0 ? title(group) : '', space === 'raw' ? 'raw' : 'length 1',
      ...MEASURES.map(([key]) => cell(group.runs.map((one) => reportOf(one)[space].overall[key]), reportOf(group.runs[0]!)[space].intervals?.[key])),
      cell(group.runs.map((one) => reportOf(one)[space].balanced.ratio)),
    ])),
    records: groups.flatMap(({ label, set, runs }) => runs.flatMap((one) => spaces.map((space): FlatRow => {
      const { overall, balanced, intervals } = reportOf(one)[space];
      return {
        table: 'separation', row: label, data: set, ...placeOf(one), features: space, k: reportOf(one).k,
        ...Object.fromEntries(MEASURES.flatMap(([key]) => [[key, overall[key]], [`${key}_low`, intervals?.[key]?.[0] ?? null], [`${key}_high`, intervals?.[key]?.[1] ?? null], [`${key}_balanced`, balanced[key]]])),
      };
    }))),
    notes: groups.length === 0 ? [NOTHING] : [RUNS_NOTE, 'In the features\' own dimension. Distances: mean over pairs of test clips; "length 1": every feature vector scaled to length 1. Intervals subsample people (or clips) without replacement. Per class: evaluation.json of the runs.'], commands: [],
  };
}

const percent = (interval: Interval | null): Interval | null => interval && { estimate: 100 * interval.estimate, low: 100 * interval.low, high: 100 * interval.high };

function intensityTable(all: readonly Group[]): TableView {
  const groups = all.map((group) => ({ ...group, runs: group.runs.filter(({ evaluation }) => evaluation.intensity) })).filter(({ runs }) => runs.length > 0);
  const reportOf = ({ evaluation }: FinishedRun): IntensityReport => evaluation.intensity!;
  const one = (intervals: readonly (Interval | null)[], digits: number): string =>
    cell(intervals.map((interval) => interval?.estimate ?? null), intervals[0] && [intervals[0].low, intervals[0].high], digits);
  const bins = groups[0] ? reportOf(groups[0].runs[0]!).bins : [];
  const clipsOf = (b: number): number => sum(groups[0]!.runs.map((run) => reportOf(run).bins[b]!.clips));
  return {
    name: 'intensity', title: 'Recall by true peak intensity',
    head: ['run', ...bins.map(({ low, high }, b) => `${low} to ${high}\n${clipsOf(b)} clips`), 'rank correlation of\nintensity and margin'],
    cells: groups.map((group) => [title(group), ...bins.map((_, b) => one(group.runs.map((run) => percent(reportOf(run).bins[b]!.recall)), 1)), one(group.runs.map((run) => reportOf(run).correlation), 2)]),
    records: groups.flatMap(({ label, set, runs }) => runs.flatMap((run) => reportOf(run).bins.map(({ low, high, clips, recall, margin }): FlatRow =>
      ({ table: 'intensity', row: label, data: set, ...placeOf(run), low, high, clips, recall: recall?.estimate ?? null, recall_low: recall?.low ?? null, recall_high: recall?.high ?? null, margin: margin?.estimate ?? null })))),
    notes: groups.length === 0 ? [NOTHING] : [RUNS_NOTE, 'Percent of the clips whose strongest seen frame has this intensity; clips counted over the runs of the first row. Only sets with known intensity have it (the synthetic benchmark; neither DFEW nor FERV39k). Intervals resample people. Neutral is left out.'], commands: [],
  };
}
