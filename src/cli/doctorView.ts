// The doctor's report as text: what the folder is, its counts beside the published ones, then findings, errors first.
import type { DoctorReport, FoldSummary } from '../data/doctor/doctor.ts';
import type { Finding, Severity } from '../data/doctor/finding.ts';
import { formatDuration } from '../progress.ts';
import { table } from './report.ts';

const COLOURS: Readonly<Record<Severity, number>> = { error: 31, warning: 33, note: 36 };

export function doctorText(report: DoctorReport, { isColoured = false }: { readonly isColoured?: boolean } = {}): string {
  const { root, why, layout, isSynthetic, folds, findings, labelNames } = report;
  return [
    root,
    `layout    ${layout ?? 'unknown'}${isSynthetic ? ', rendered by this project (synthetic)' : ''}: ${why}`,
    `clips     ${size(report)}`,
    ...folds.length === 0 ? [] : ['', table(['clips', ...labelNames, 'all'], folds.flatMap((fold) => rows(fold, isSynthetic)))],
    ...sources(folds),
    '', ...findings.flatMap((finding) => said(finding, isColoured)),
    verdict(report),
  ].join('\n');
}

function size({ clips, frames, lengths, mode, bytes, seconds }: DoctorReport): string {
  const read = mode === 'fast' ? 'names only, no image was opened' : `${(bytes / 1e6).toFixed(0)} MB decoded`;
  const spread = lengths && (lengths.min === lengths.max ? ` (${lengths.min} a clip)` : ` (${lengths.min} to ${lengths.max} a clip, median ${lengths.median})`);
  return `${clips} listed, ${frames} frames${spread ?? ''}; ${read} in ${formatDuration(seconds)}`;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);

/** With the published counts below where they are others. */
function rows({ fold, train, test, known }: FoldSummary, isSynthetic: boolean): string[][] {
  return ([['train', train], ['test', test]] as const).flatMap(([split, counts]) => {
    const row = [`fold ${fold} ${split}`, ...counts.map(String), String(total(counts))];
    const published = known?.[split];
    const differs = published !== undefined && !isSynthetic && published.join() !== counts.join();
    return differs ? [row, ['  published', ...published.map(String), String(total(published))]] : [row];
  });
}

/** "set_3.csv" of fold 3 as "set_*.csv". */
const withoutFold = (line: string, fold: number): string => line.replace(new RegExp(`((?:set_|split0|fold ))${fold}(?!\\d)`, 'g'), '$1*');

/** Said once where all folds have the same, but for their number. */
function sources(folds: readonly FoldSummary[]): string[] {
  const lines = new Map<string, number[]>();
  for (const { fold, sources: said } of folds) for (const line of said) { const general = withoutFold(line, fold); lines.set(general, [...lines.get(general) ?? [], fold]); }
  return [...lines].map(([line, which]) => (which.length === folds.length ? line : `fold ${which.join(', ')}: ${line}`));
}

function said({ severity, what, count, examples, training, advice, id }: Finding, isColoured: boolean): string[] {
  const head = severity.toUpperCase().padEnd(8);
  const shown = examples.slice(0, 5);
  return [
    `${isColoured ? `\u001B[1;${COLOURS[severity]}m${head}\u001B[0m` : head} ${count > 1 ? `${count} ` : ''}${what} [${id}]`,
    ...shown.map((example) => `           ${example}`), ...count > shown.length ? [`           and ${count - shown.length} more`] : [],
    `         training ${training}`, ...advice === '' ? [] : [`         do: ${advice}`],
  ];
}

function verdict({ findings }: DoctorReport): string {
  const count = (severity: Severity): number => findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [count('error'), count('warning')];
  const kinds = (n: number, what: string): string => `${n} kind${n === 1 ? '' : 's'} of ${what}`;
  if (errors > 0) return `Training stops on this folder: ${kinds(errors, 'error')}${warnings > 0 ? `, ${kinds(warnings, 'warning')}` : ''}.`;
  return warnings > 0 ? `Training runs on this folder, with ${kinds(warnings, 'warning')}.` : 'Nothing is wrong with this folder.';
}
