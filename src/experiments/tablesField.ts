// The field's tables: what others print for DFEW and FERV39k, whether their rows agree with themselves, and what came later.
import { EXPRESSIONS } from '../labels.ts';
import { auditRow, TEST_COUNTS, type AuditStatus } from './published.ts';
import { LATER } from './publishedLater.ts';
import { DFEW_COMPARISON, FERV39K_COMPARISON } from './publishedRows.ts';
import type { TableView } from './tableView.ts';

const SETS = { dfew: ['DFEW, five folds', DFEW_COMPARISON], ferv39k: ['FERV39k', FERV39K_COMPARISON] } as const;
const two = (value: number | null): string => (value === null ? '' : value.toFixed(2));

const AUDIT: Readonly<Record<AuditStatus, string>> = { agrees: 'agrees', close: 'nearly', differs: 'DIFFERS', unknown: '' };

/** Published rows with UAR and WAR recomputed from their recalls. None of these numbers is ours. */
export function fieldTable(set: 'dfew' | 'ferv39k'): TableView {
  const [name, rows] = SETS[set];
  const audited = rows.map((row) => ({ row, audit: auditRow(row, TEST_COUNTS[set]) }));
  return {
    name: `field-${set}`, title: `Published results on ${name}`,
    head: ['method', ...EXPRESSIONS, 'UAR', 'WAR', 'UAR from recalls', 'WAR from recalls', 'recalls'],
    cells: audited.map(({ row, audit }) => [row.method, ...EXPRESSIONS.map((_, c) => two(row.recall?.[c] ?? null)), two(row.uar), two(row.war), two(audit.uar), two(audit.war), AUDIT[audit.status]]),
    records: audited.map(({ row, audit }) => ({
      table: `field-${set}`, row: row.method, ...Object.fromEntries(EXPRESSIONS.map((label, c) => [`recall_${label}`, row.recall?.[c] ?? null])),
      uar: row.uar, war: row.war, audit_uar: audit.uar, audit_war: audit.war, audit: audit.status, source: row.source, note: row.note ?? null,
    })),
    notes: [
      'Percent, as printed by the sources; none of it is computed here. Which of these rows the paper\'s own tables hold is not known.',
      '"from recalls": recomputed from the row\'s recalls and the clips of each class; DIFFERS: its UAR, WAR and recalls cannot come from the same predictions.',
      ...rows.flatMap(({ method, note }) => (note === undefined ? [] : [`${method}: ${note}.`])),
      `Sources: ${[...new Set(rows.map(({ source }) => source))].join('; ')}.`,
    ],
    commands: [],
  };
}

/** Methods after the paper. */
export function laterTable(): TableView {
  const rows = [...LATER].sort((a, b) => a.year - b.year);
  return {
    name: 'later', title: 'Results after the paper', head: ['method', 'year', 'uses', 'DFEW UAR', 'DFEW WAR', 'FERV39k UAR', 'FERV39k WAR', 'source'],
    cells: rows.map(({ method, year, uses, dfew, ferv39k, source }) => [method, String(year), uses, two(dfew.uar), two(dfew.war), two(ferv39k?.uar ?? null), two(ferv39k?.war ?? null), source]),
    records: rows.map(({ method, year, uses, dfew, ferv39k, source }) => ({ table: 'later', row: method, year, uses, dfew_uar: dfew.uar, dfew_war: dfew.war, ferv39k_uar: ferv39k?.uar ?? null, ferv39k_war: ferv39k?.war ?? null, source })),
    notes: ['Percent, as printed by the sources, for orientation: most use pre-training, text or sound.'], commands: [],
  };
}
