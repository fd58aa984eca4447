// ial separation RUN...
import type { Command } from 'commander';
import type { SeparatedRun } from '../../experiments/separationRun.ts';
import type { Measures, MeasureIntervals, SpaceReport } from '../../runs/reports.ts';
import { terminalProgress } from '../../progress.ts';
import { examples, jsonOption } from '../options.ts';
import { table } from '../report.ts';
import { shellOf } from '../shell.ts';

export function addSeparation(program: Command): void {
  examples(program.command('separation')
    .summary('distances between and within the classes of runs')
    .description('Intra- and inter-class distances, silhouette, Davies-Bouldin, Calinski-Harabasz and k-nearest-neighbour purity of evaluated runs, in the original feature space, raw and L2-normalised; kept in evaluation.json. Needs no engine.')
    .argument('<run...>', 'run folders that have been evaluated')
    .option('--again', 'compute what evaluation.json has already', false)
    .option('--classes', 'a table of the classes of each run', false)
    .addOption(jsonOption())
    .action(run), 'separation runs/first', 'separation runs/base runs/gca-ial --classes');
}

async function run(dirs: readonly string[], { again, classes }: { readonly again: boolean; readonly classes: boolean }, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { separateRun } = await import('../../experiments/separationRun.ts');
  const results: SeparatedRun[] = [];
  for (const dir of dirs) {
    const progress = terminalProgress(`separation of ${dir}`, { unit: 'rows' });
    try {
      results.push(await separateRun({ dir, again, signal: shell.signal, onProgress: progress.update }));
    } finally { progress.stop(); }
  }
  if (shell.isJson) { shell.json(results); return; }
  for (const space of ['raw', 'normalised'] as const) {
    shell.print(spaceTable(space === 'raw' ? 'features as they are' : 'features at length 1', results.map(({ run: dir, isLeaky, separation }) => ({ name: isLeaky ? `${dir} (LEAKY)` : dir, report: separation[space] }))));
  }
  if (classes) for (const result of results) shell.print(classTable(result));
  for (const note of notesOf(results)) shell.print(note);
}

const COLUMNS: readonly (readonly [keyof Measures, string])[] = [['intra', 'within'], ['inter', 'between'], ['ratio', 'ratio ↑'], ['silhouette', 'silhouette ↑'], ['daviesBouldin', 'Davies-B. ↓'], ['calinskiHarabasz', 'Calinski-H. ↑'], ['purity', 'purity ↑']];

const number = (value: number | null): string => (value === null ? '-' : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
const spread = (interval: MeasureIntervals[keyof Measures] | undefined): string => (interval ? `\n${number(interval[0])} to ${number(interval[1])}` : '');

function spaceTable(title: string, rows: readonly { readonly name: string; readonly report: SpaceReport }[]): string {
  return table([title, ...COLUMNS.map(([, head]) => head)], rows.flatMap(({ name, report: { overall, balanced, intervals } }) => [
    [name, ...COLUMNS.map(([measure]) => `${number(overall[measure])}${spread(intervals?.[measure])}`)],
    [`${name}, classes of equal size`, ...COLUMNS.map(([measure]) => number(balanced[measure]))],
  ]));
}

function classTable({ run: dir, labelNames, separation: { normalised } }: SeparatedRun): string {
  return table([`${dir}, at length 1`, 'clips', 'within', 'between', 'ratio', 'silhouette', 'Davies-B.', 'purity'], normalised.perClass.map(({ label, clips, intra, inter, ratio, silhouette, daviesBouldin, purity }) =>
    [labelNames[label] ?? String(label), String(clips), ...[intra, inter, ratio, silhouette, daviesBouldin, purity].map(number)]));
}

function notesOf(results: readonly SeparatedRun[]): string[] {
  const notes = new Set(results.map(({ separation: { clips, width, k, clipsPerClassBalanced }, isSynthetic }) =>
    `${clips} clips${isSynthetic ? ' of the synthetic benchmark' : ''}, ${width} features, ${k} neighbours; equal size: ${clipsPerClassBalanced} clips of each class. Second line: 95 % by subsampling.`));
  notes.add('Calinski-Harabasz grows with the number of clips: compare only equal numbers. Raw distances have the scale of the features: compare runs by the ratio, or at length 1.');
  return [...notes];
}
