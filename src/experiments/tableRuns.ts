// Which finished runs stand behind the rows of a table: matched by what was computed, never by the name of a folder.
import type { FinishedRun } from './finished.ts';
import type { PlannedRow, PlannedTable } from './plan.ts';
import { canonical, foldsOf, rowConfig, type PlanOptions } from './planRuns.ts';

/** Results of rendered faces and of real ones never stand in one cell. */
export type Kind = 'synthetic' | 'real';

export type TableQuery = Pick<PlanOptions, 'preset' | 'folds' | 'seeds' | 'precision' | 'set'>;

export interface RowRuns {
  readonly row: PlannedRow;
  readonly runs: Readonly<Record<Kind, readonly FinishedRun[]>>;
}

export interface TableRuns {
  readonly rows: readonly RowRuns[];
  /** What a reader has to know of the choice of runs. */
  readonly notes: readonly string[];
}

/** Runs of each row, at most one a fold and seed. */
export function runsOfTable(table: PlannedTable, finished: readonly FinishedRun[], query: TableQuery): TableRuns {
  const index = new Map<string, FinishedRun[]>();
  for (const one of finished) {
    const { experiment, dataset, importedFrom } = one.run.record;
    if (importedFrom !== undefined || dataset.name !== table.dataset) continue;
    const key = `${dataset.isSynthetic ? 'synthetic' : 'real'} ${dataset.fold} ${canonical(experiment)}`;
    index.set(key, [...index.get(key) ?? [], one]);
  }
  const candidates = (kind: Kind, row: PlannedRow): FinishedRun[][] => foldsOf(table.dataset, query.folds).flatMap((fold) =>
    Array.from({ length: query.seeds }, (_, s) => index.get(`${kind} ${fold} ${canonical(rowConfig(query, row.settings, s + 1))}`) ?? []));
  const all = { synthetic: table.rows.map((row) => candidates('synthetic', row)), real: table.rows.map((row) => candidates('real', row)) };
  const chosen = { synthetic: commonData(all.synthetic), real: commonData(all.real) };
  const rows = table.rows.map((row, i) => ({ row, runs: { synthetic: pick(all.synthetic[i]!, chosen.synthetic), real: pick(all.real[i]!, chosen.real) } }));
  return { rows, notes: notesOf(rows, all, chosen) };
}

/** Of each fold, the clips that most rows were run on: rows of one table are never from different clips. */
function commonData(rows: readonly (readonly (readonly FinishedRun[])[])[]): ReadonlyMap<number, string> {
  const counts = new Map<number, Map<string, number>>();
  for (const { run: { record: { dataset, rendered = '' } } } of rows.flat(2)) {
    const fold = counts.get(dataset.fold) ?? new Map<string, number>(), clips = `${dataset.fingerprint} ${rendered}`;
    counts.set(dataset.fold, fold.set(clips, (fold.get(clips) ?? 0) + 1));
  }
  return new Map([...counts].map(([fold, clips]) => [fold, [...clips].sort(([, a], [, b]) => b - a)[0]![0]]));
}

const clipsOf = ({ run: { record: { dataset, rendered = '' } } }: FinishedRun): string => `${dataset.fingerprint} ${rendered}`;
const isCurrent = ({ sources }: FinishedRun): boolean => sources !== 'other';

/** Of several runs of one experiment on the same clips, one made by the present sources, else the newest. */
function pick(candidates: readonly (readonly FinishedRun[])[], chosen: ReadonlyMap<number, string>): FinishedRun[] {
  return candidates.flatMap((list) => {
    const [best] = list.filter((one) => clipsOf(one) === chosen.get(one.run.record.dataset.fold))
      .sort((a, b) => Number(isCurrent(b)) - Number(isCurrent(a)) || b.run.record.createdAt.localeCompare(a.run.record.createdAt));
    return best ? [best] : [];
  });
}

function notesOf(rows: readonly RowRuns[], all: Readonly<Record<Kind, readonly (readonly (readonly FinishedRun[])[])[]>>, chosen: Readonly<Record<Kind, ReadonlyMap<number, string>>>): string[] {
  const notes: string[] = [];
  for (const kind of ['synthetic', 'real'] as const) {
    const used = new Set(rows.flatMap(({ runs }) => runs[kind]));
    const passedOver = new Set(all[kind].flat(2).filter((one) => clipsOf(one) !== chosen[kind].get(one.run.record.dataset.fold)));
    if (passedOver.size > 0) notes.push(`${passedOver.size} runs on other clips are not shown.`);
    const old = [...used].filter((one) => !isCurrent(one)), alike = [...used].filter(({ sources }) => sources === 'alike');
    if (alike.length > 0) notes.push(`${alike.length} of ${used.size} runs were made by sources that give the same results as today's (${madeBy(alike)}), as runs made anew have shown (alike.json beside them, "ial verify").`);
    if (old.length > 0) notes.push(`${old.length} of ${used.size} runs were made by other sources than today's (${madeBy(old)}); "ial reproduce" makes them anew.`);
  }
  return notes;
}

/** "commit 8ea513d, sources f4812b98", each once. */
export const madeBy = (runs: readonly FinishedRun[]): string =>
  [...new Set(runs.map(({ run: { record: { commit, sources } } }) => [...commit === null ? [] : [`commit ${commit.slice(0, 7)}`], `sources ${sources?.slice(0, 8) ?? 'not recorded'}`].join(', ')))].join('; ');
