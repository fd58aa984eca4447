// Tables as they are read: a grid of texts for people, flat records for programs; Markdown, CSV, JSON.
import { signed } from '../figures/figure.ts';
import { PARTLY, REPRODUCED } from './published.ts';
import type { Kind } from './tableRuns.ts';
import type { Cell, Difference, ResultTable, TableRow } from './tables.ts';

export type CellValue = string | number | boolean | null;
export type FlatRow = Readonly<Record<string, CellValue>>;

/** Any table of this project. */
export interface TableView {
  readonly name: string;
  readonly title: string;
  readonly head: readonly string[];
  /** May hold line breaks. */
  readonly cells: readonly (readonly string[])[];
  /** One a row, for CSV, JSON and DataFrames: numbers as numbers. */
  readonly records: readonly FlatRow[];
  readonly notes: readonly string[];
  /** Under the table: what makes each row. */
  readonly commands: readonly { readonly label: string; readonly command: string }[];
}

const SETS = { dfew: 'DFEW', ferv39k: 'FERV39k', csv: 'own clips' } as const;
const number = (value: number, digits = 2): string => value.toFixed(digits).replace('-', '−');
const spread = ({ mean, sd }: Cell['uar']): string => (sd === null ? number(mean) : `${number(mean)} ± ${number(sd)}`);
const differs = ({ estimate, low, high, pHolm, smallest }: Difference): string => `${signed(estimate)} [${signed(low)}, ${signed(high)}]\np ${pHolm < 0.001 ? '< 0.001' : number(pHolm, 3)}${smallest === null ? '' : `, sees ${number(smallest, 1)}`}`;
const count = (runs: number): string => `${runs} ${runs === 1 ? 'run' : 'runs'}`;

/** A table of runs. A row that was run on rendered and on real clips takes two lines: one line never holds both. */
export function viewOf(table: ResultTable): TableView {
  const set = SETS[table.dataset], isPublished = table.rows.some(({ published }) => published !== null);
  const mostOf = (kind: Kind): number => Math.max(...table.rows.map((row) => row[kind]?.runs ?? 0)), most = { synthetic: mostOf('synthetic'), real: mostOf('real') };
  const lines = table.rows.flatMap((row) => linesOf(row, set, row.label === table.reference, most).map((line) => [...line, ...isPublished ? publishedTexts(row) : [], row.status]));
  const hasRuns = table.rows.some(({ synthetic, real }) => synthetic !== null || real !== null);
  const measured = hasRuns ? ['UAR', 'WAR', `UAR − that of\n${table.reference}`, `WAR − that of\n${table.reference}`] : [];
  const cells = lines.map(([label, ...rest]) => [label!, ...hasRuns ? rest : rest.slice(4)]);
  return {
    name: table.name, title: table.title, head: ['', ...measured, ...isPublished ? [`paper on ${set}\nUAR / WAR`, 'ours − paper,\nlike for like'] : [], 'status'], cells,
    records: table.rows.map((row) => recordOf(table, row)), notes: [...table.notes, ...legend(table)], commands: table.rows.map(({ label, command }) => ({ label, command })),
  };
}

const named = (what: string, numbers: readonly number[]): string => `${what}${numbers.length === 1 ? '' : 's'} ${numbers.join(', ')}`;

/** @param most runs of any row: one with fewer names its folds and seeds. */
function linesOf(row: TableRow, set: string, isReference: boolean, most: Readonly<Record<Kind, number>>): string[][] {
  const kinds = (['synthetic', 'real'] as const).flatMap((kind) => (row[kind] ? [[kind, row[kind]] as const] : []));
  if (kinds.length === 0) return [[`${labelOf(row)}\nnot run`, '', '', '', '']];
  return kinds.map(([kind, { runs, folds, seeds, isLeaky, uar, war, difference }]) => {
    const compared = difference ? [differs(difference.uar), differs(difference.war)] : isReference ? ['reference', 'reference'] : ['', ''];
    return [`${labelOf(row)}\n${kind === 'real' ? set : kind}, ${count(runs)}${runs < most[kind] ? `, ${named('fold', folds)}, ${named('seed', seeds)}` : ''}${isLeaky ? ', LEAKY' : ''}`, spread(uar), spread(war), ...compared];
  });
}

const isLeaky = ({ synthetic, real }: TableRow): boolean => Boolean((synthetic ?? real)?.isLeaky);
const labelOf = (row: TableRow): string => `${row.label}${row.note ? ` *` : ''}`;

const publishedTexts = ({ published, toPublished }: TableRow): string[] =>
  [published ? `${number(published.uar)} / ${number(published.war)}` : '', toPublished ? `${signed(toPublished.uar)} / ${signed(toPublished.war)}` : ''];

const STATUS = `Status: reproduced: UAR and WAR within ${REPRODUCED} point of the paper's, all folds, the published recipe; partly: within ${PARTLY} points, or shrunk; not: farther; no number: none of the paper's is known.`;

/** What every number means, and only what stands in this table. */
function legend({ rows, dataset }: ResultTable): string[] {
  const cells = rows.flatMap(({ synthetic, real }) => [synthetic, real]).filter((cell) => cell !== null);
  const differences = cells.flatMap(({ difference }) => difference ?? []);
  const notes = [...rows.flatMap(({ label, note }) => (note === null ? [] : [`* ${label}: ${note}.`])), ...new Set(rows.flatMap(({ published }) => (published ? [`Paper's numbers: ${published.source}.`] : [])))];
  if (cells.length > 0) notes.push(`Percent; ${cells.some(({ uar }) => uar.sd !== null) ? '± is the standard deviation over runs (folds and seeds); ' : ''}${cells[0]!.clips} test clips${cells.some(({ seeds }) => seeds.length > 1) ? ' a seed' : ''}.`);
  if (rows.some(({ synthetic }) => synthetic !== null)) notes.push(`The synthetic benchmark is rendered faces: its numbers say nothing of ${SETS[dataset]}, and the status is about ${SETS[dataset]} alone.`);
  if (differences.length > 0) notes.push(`Differences in points on the same folds, seeds and clips: 95 % interval over ${[...new Set(differences.map(({ draws }) => draws))].join(' or ')}${blind(differences)}, p after Holm's correction over this table's rows; "sees": the smallest effect, in points, that these clips and runs show in four cases of five.`);
  const leftOut = Math.max(0, ...differences.map((difference) => difference.leftOut));
  if (leftOut > 0) notes.push(`Up to ${leftOut} clips that one of two rows did not see are not in their difference.`);
  if (rows.some(({ real }) => real !== null)) notes.push(STATUS);
  if (rows.some(isLeaky)) notes.push('LEAKY: the test split chose the epoch, as in the authors\' code; such numbers are too high.');
  return notes;
}

function blind(differences: readonly { readonly blindTo: readonly string[] }[]): string {
  const drawn = ['folds', 'seeds'].filter((level) => !differences.some(({ blindTo }) => blindTo.includes(level)));
  const missing = ['folds', 'seeds'].filter((level) => !drawn.includes(level));
  return `${drawn.length > 0 ? `, ${drawn.join(' and ')}` : ''}${missing.length > 0 ? ` (blind to ${missing.join(' and ')}: there is one)` : ''}`;
}

function recordOf(table: ResultTable, row: TableRow): FlatRow {
  const kind = (name: string, cell: Cell | null): FlatRow => ({
    [`${name}_runs`]: cell?.runs ?? 0, [`${name}_leaky`]: cell?.isLeaky ?? null, [`${name}_made_by`]: cell?.madeBy ?? null,
    ...Object.fromEntries((['uar', 'war'] as const).flatMap((metric) => [
      [`${name}_${metric}_mean`, cell?.[metric].mean ?? null], [`${name}_${metric}_sd`, cell?.[metric].sd ?? null],
      ...(['estimate', 'low', 'high', 'p', 'pHolm', 'smallest'] as const).map((part) => [`${name}_${metric}_difference_${part}`, cell?.difference?.[metric][part] ?? null]),
    ])),
    ...Object.fromEntries(table.labelNames.map((label, c) => [`${name}_recall_${label}`, cell?.recall[c] ?? null])),
  });
  const { label, published, toPublished, status, command } = row;
  return {
    table: table.name, row: label, preset: table.preset, ...kind('synthetic', row.synthetic), ...kind(table.dataset, row.real),
    paper_uar: published?.uar ?? null, paper_war: published?.war ?? null, paper_source: published?.source ?? null,
    to_paper_uar: toPublished?.uar ?? null, to_paper_war: toPublished?.war ?? null, status, command,
  };
}

/** Markdown with notes and commands under it. */
export function markdown({ title, head, cells, notes, commands }: TableView): string {
  const line = (texts: readonly string[]): string => `| ${texts.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', '<br>')).join(' | ')} |`;
  const made = commands.length === 0 ? [] : ['', '```sh', ...commands.map(({ label, command }) => `${command}   # ${label}`), '```'];
  return [`### ${title}`, '', line(head), `|${head.map((_, i) => (i === 0 ? '---' : '--:')).join('|')}|`, ...cells.map(line), '', ...notes.map((note) => `${note}  `), ...made, ''].join('\n');
}

/** Comma-separated with a header, quoted where needed; empty for what is not known. */
export function csv({ records }: Pick<TableView, 'records'>): string {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const field = (value: CellValue | undefined): string => {
    const text = value === null || value === undefined ? '' : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${[columns.map(field).join(','), ...records.map((record) => columns.map((column) => field(record[column])).join(','))].join('\n')}\n`;
}
