// Every table by its name, from a folder of finished runs. Reads only: no engine, no clips.
import { PRESETS } from '../config.ts';
import type { DatasetName } from '../data/clip.ts';
import { UserError } from '../errors.ts';
import { finishedRuns, type FinishedRun } from './finished.ts';
import { OWN_TABLES } from './ownTables.ts';
import { TABLES, type PlannedTable } from './plan.ts';
import type { TableQuery } from './tableRuns.ts';
import { resultTable, type ResultTable } from './tables.ts';
import { fieldTable, laterTable } from './tablesField.ts';
import { RUN_TABLES, runTable, type RunTable } from './tablesRuns.ts';
import { viewOf, type TableView } from './tableView.ts';

const FIELD = { 'field-dfew': () => fieldTable('dfew'), 'field-ferv39k': () => fieldTable('ferv39k'), 'later': laterTable } as const;

export const TABLE_NAMES: readonly string[] = [...TABLES.map(({ name }) => name), ...RUN_TABLES, ...Object.keys(FIELD)];

export interface TableOptions extends Partial<TableQuery> {
  /** Folder or folders of run folders. */
  readonly runs: string | readonly string[];
  /** Where given, of the sets that these are folds of only runs on them are shown: what `ial reproduce` planned, not what else lies about. */
  readonly clips?: readonly PlannedClips[];
  /** csv: the runs on sets of one's own, and their tables; the published sets by default. */
  readonly dataset?: 'csv' | undefined;
}

/** Tables for a set of one's own. */
const OWN_NAMES: readonly string[] = [...OWN_TABLES.map(({ name }) => name), ...RUN_TABLES];

export interface PlannedClips { readonly dataset: DatasetName; readonly isSynthetic: boolean; readonly fingerprint: string }

export interface BuiltTable { readonly view: TableView; /** For tables of runs, with everything typed. */ readonly result?: ResultTable }

/** @param names none: all @throws UserError for an unknown name, naming those that there are. */
export async function buildTables(names: readonly string[], options: TableOptions): Promise<BuiltTable[]> {
  const isOwn = options.dataset === 'csv', there = isOwn ? OWN_NAMES : TABLE_NAMES;
  const unknown = names.find((name) => !there.includes(name));
  if (unknown !== undefined) throw new UserError(`expected a table out of ${there.join(', ')}, found "${unknown}"`);
  const all = onPlannedClips(await finishedRuns(options.runs), options.clips ?? []);
  const finished = isOwn ? onOneSet(all.filter(({ run }) => run.record.dataset.name === 'csv')) : all;
  const query = isOwn ? ownQuery(finished, options) : queryOf(finished, options);
  const built: BuiltTable[] = [];
  for (const name of names.length === 0 ? there : names) built.push(await build(name, isOwn ? OWN_TABLES : TABLES, finished, query));
  return built;
}

function onPlannedClips(finished: readonly FinishedRun[], clips: readonly PlannedClips[]): readonly FinishedRun[] {
  const set = (dataset: DatasetName, isSynthetic: boolean): string => `${dataset} ${isSynthetic}`;
  const planned = new Set(clips.map(({ dataset, isSynthetic }) => set(dataset, isSynthetic))), fingerprints = new Set(clips.map(({ fingerprint }) => fingerprint));
  return finished.filter(({ run: { record: { dataset } } }) => fingerprints.has(dataset.fingerprint) || !planned.has(set(dataset.name, dataset.isSynthetic)));
}

async function build(name: string, tables: readonly PlannedTable[], finished: readonly FinishedRun[], query: TableQuery): Promise<BuiltTable> {
  const planned = tables.find((table) => table.name === name);
  if (planned) {
    const result = await resultTable(planned, finished, query);
    return { view: viewOf(result), result };
  }
  if (RUN_TABLES.includes(name as RunTable)) return { view: runTable(name as RunTable, finished, query, tables) };
  return { view: FIELD[name as keyof typeof FIELD]() };
}

/** Of the sets of one's own that some runs are on, the one of most: their classes are others. */
function onOneSet(finished: readonly FinishedRun[]): readonly FinishedRun[] {
  const classes = ({ run }: FinishedRun): string => run.record.dataset.labelNames.join();
  const most = mostOf(finished.map(classes));
  return finished.filter((one) => classes(one) === most);
}

/** As many classes as the runs have. */
function ownQuery(finished: readonly FinishedRun[], options: TableOptions): TableQuery {
  const query = queryOf(finished, options), classes = finished[0]?.run.record.dataset.labelNames.length, set = query.set ?? [];
  const isTold = classes === undefined || set.some((setting) => setting.startsWith('numClasses='));
  return { ...query, folds: options.folds ?? [...new Set(finished.map(({ run }) => run.record.dataset.fold))].sort((a, b) => a - b), set: isTold ? set : [...set, `numClasses=${classes}`] };
}

/** Without a preset: that of most runs on real clips, else of most runs; without settings, their length; all folds and seeds that are there. */
function queryOf(finished: readonly FinishedRun[], { preset, folds, seeds, precision = 'f32', set }: TableOptions): TableQuery {
  const real = finished.filter(({ run }) => !run.record.dataset.isSynthetic);
  const mine = preset === undefined ? mostOf((real.length > 0 ? real : finished).map(({ run }) => run.record.experiment.preset)) ?? 'paper' : preset;
  const runs = finished.filter(({ run }) => run.record.experiment.preset === mine).map(({ run }) => run.record);
  return {
    preset: mine, precision, set: set !== undefined && set.length > 0 ? set : lengthOf(mine, runs.map(({ experiment }) => experiment.epochs)),
    folds: folds ?? [...new Set([1, ...runs.map(({ dataset }) => dataset.fold)])].sort((a, b) => a - b),
    seeds: seeds ?? Math.min(100, Math.max(1, ...runs.map(({ experiment }) => experiment.seed))),
  };
}

/** The smoke profile's runs are shorter than their preset. */
function lengthOf(name: string, epochs: readonly number[]): readonly string[] {
  const most = mostOf(epochs.map(String));
  return most === undefined || most === String(PRESETS[name]?.epochs) ? [] : [`epochs=${most}`];
}

function mostOf(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
