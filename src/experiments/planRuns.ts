// The runs that tables need: one for each row, fold and seed, made once where tables share them.
import { preset, validate, withSettings, type ExperimentConfig, type Precision } from '../config.ts';
import type { DatasetName } from '../data/clip.ts';
import { UserError } from '../errors.ts';
import { sha256 } from '../files/hash.ts';
import { TABLES, type PlannedRow, type PlannedTable, type RowSettings } from './plan.ts';

export type Profile = 'smoke' | 'full';

export interface PlanOptions {
  readonly profile: Profile;
  readonly preset: string;
  /** Of DFEW; FERV39k has one split. */
  readonly folds: readonly number[];
  /** 1..seeds. */
  readonly seeds: number;
  readonly precision?: Precision;
  /** `key=value` changes to the preset that every row starts from, e.g. fewer epochs. */
  readonly set?: readonly string[];
}

export const PROFILES: Readonly<Record<Profile, Pick<PlanOptions, 'preset' | 'folds' | 'seeds'>>> = {
  smoke: { preset: 'tiny', folds: [1], seeds: 1 },
  full: { preset: 'paper', folds: [1, 2, 3, 4, 5], seeds: 3 },
};

/** Of `tiny`'s 15: twelve runs of these and the rendering of their clips take less than 12 minutes on 2 cores. */
export const SMOKE_EPOCHS = 5;

/** What a profile changes in a preset, before what the user changes: `smoke` trains `tiny` shorter. */
export const profileSet = (profile: Profile, presetName: string, set: readonly string[]): readonly string[] =>
  (profile === 'smoke' && presetName === 'tiny' && !set.some((setting) => setting.startsWith('epochs=')) ? [`epochs=${SMOKE_EPOCHS}`, ...set] : set);

export interface PlannedRun {
  /** Readable, e.g. "tiny-dfew1-lambda0.5-seed1"; unique for what it names. */
  readonly name: string;
  readonly dataset: DatasetName;
  readonly fold: number;
  readonly config: ExperimentConfig;
  /** "table/row" of every row that this run is part of. */
  readonly rows: readonly string[];
}

/** @throws UserError naming the tables that there are. */
export function tablesNamed(names: readonly string[]): readonly PlannedTable[] {
  for (const name of names) {
    if (!TABLES.some((table) => table.name === name)) throw new UserError(`expected tables out of ${TABLES.map((table) => table.name).join(', ')}, found "${name}"`);
  }
  return names.length === 0 ? TABLES : TABLES.filter(({ name }) => names.includes(name));
}

/** A row's experiment. @throws UserError where the settings do not fit the preset. */
export function rowConfig({ preset: name, set = [], precision = 'f32' }: Pick<PlanOptions, 'preset' | 'set' | 'precision'>, { halved = false, ...settings }: RowSettings, seed: number): ExperimentConfig {
  const base = withSettings(preset(name), set);
  const { numSegments, framesPerSegment } = base;
  const frames = halved ? { numSegments: Math.max(1, Math.floor(numSegments / 2)), framesPerSegment: 2 * framesPerSegment } : {};
  return validate({ ...base, ...settings, ...frames, seed, precision });
}

/** Rows that a profile makes; `only` picks rows by label. @throws UserError for a label that no table has. */
export function rowsOf(table: PlannedTable, profile: Profile, only: readonly string[] = []): readonly PlannedRow[] {
  const rows = profile === 'smoke' ? table.rows.filter(({ smoke }) => smoke === true) : table.rows;
  return only.length === 0 ? rows : table.rows.filter(({ label }) => only.includes(label));
}

export const foldsOf = (dataset: DatasetName, folds: readonly number[]): readonly number[] => (dataset === 'ferv39k' ? [1] : folds);

/** All runs of these tables, each once. */
export function planRuns(tables: readonly PlannedTable[], options: PlanOptions, only: readonly string[] = []): readonly PlannedRun[] {
  const runs = new Map<string, PlannedRun>();
  const unknown = only.find((label) => !tables.some(({ rows }) => rows.some((row) => row.label === label)));
  if (unknown !== undefined) throw new UserError(`--only: expected rows out of ${tables.flatMap(({ rows }) => rows.map(({ label }) => `"${label}"`)).join(', ')}, found "${unknown}"`);
  for (const table of tables) {
    for (const row of rowsOf(table, options.profile, only)) {
      for (const fold of foldsOf(table.dataset, options.folds)) {
        for (let seed = 1; seed <= options.seeds; seed++) add(runs, table, row, fold, rowConfig(options, row.settings, seed));
      }
    }
  }
  return [...runs.values()];
}

function add(runs: Map<string, PlannedRun>, table: PlannedTable, row: PlannedRow, fold: number, config: ExperimentConfig): void {
  const key = runKey(table.dataset, fold, config);
  const rows = [...runs.get(key)?.rows ?? [], `${table.name}/${row.label}`];
  runs.set(key, { name: nameOf(table.dataset, fold, config), dataset: table.dataset, fold, config, rows });
}

/** Equal for equal experiments on equal folds, whatever the order of their keys. */
export const runKey = (dataset: string, fold: number, config: ExperimentConfig): string => sha256(`${dataset} ${fold} ${canonical(config)}`);

/** JSON with sorted keys. */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  return `{${Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

function nameOf(dataset: DatasetName, fold: number, config: ExperimentConfig): string {
  const parts = [config.preset, `${dataset}${dataset === 'ferv39k' ? '' : fold}`, ...changesOf(config), `seed${config.seed}`];
  return parts.join('-').replaceAll(/[^\w.+-]/g, '_');
}

/** What differs from the preset, short: "nogca", "lambda0.5". */
function changesOf(config: ExperimentConfig): string[] {
  const base = preset(config.preset);
  const { layer2, layer3 } = config.gca;
  const place = layer2 && layer3 ? [] : [layer2 ? 'gca_layer2' : layer3 ? 'gca_layer3' : 'nogca'];
  const plain = (['lambda', 'auxWeight', 'reduction', 'fusion', 'temporal', 'sampling', 'selection', 'precision'] as const)
    .filter((key) => config[key] !== base[key])
    .map((key) => `${{ auxWeight: 'aux', reduction: 'r', selection: '' }[key as string] ?? key}${String(config[key])}`);
  const frames = config.framesPerSegment === base.framesPerSegment ? [] : [`${config.numSegments}x${config.framesPerSegment}`];
  const length = config.epochs === base.epochs ? [] : [`${config.epochs}epochs`];
  return [...place, ...plain, ...frames, ...length];
}
