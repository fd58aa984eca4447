// ial table
import { type Command, Option } from 'commander';
import type { Precision } from '../../config.ts';
import type { BuiltTable, TableOptions } from '../../experiments/allTables.ts';
import type { TableView } from '../../experiments/tableView.ts';
import { examples, listOption, numberList, precisionOption, presetOption, setOption, wholeNumber } from '../options.ts';
import { table } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';

interface Options {
  readonly format: 'text' | 'markdown' | 'csv' | 'json';
  readonly runs: readonly string[];
  readonly preset?: string;
  readonly folds?: readonly number[];
  readonly seeds?: number;
  readonly precision: Precision;
  readonly set: readonly string[];
  readonly out?: string;
  readonly dataset?: 'csv';
}

export function addTable(program: Command): void {
  examples(program.command('table')
    .summary('print a table from finished runs')
    .description('Prints tables of the paper from the runs that are there; makes none ("ial reproduce" does) and needs neither clips nor engine. Tables: main-dfew, main-ferv39k, components, lambda, auxiliary, placement, reduction, fusion, temporal, sampling, leak; confusion, separation, intensity; field-dfew, field-ferv39k, later (published results). Without a name, all.')
    .argument('[name...]', 'which tables')
    .addOption(new Option('--format <name>', 'how').choices(['text', 'markdown', 'csv', 'json']).default('text'))
    .addOption(listOption('--runs <dir...>', 'where the run folders are', 'runs and figures/runs'))
    .addOption(presetOption().default(undefined, 'that of most runs'))
    .option('--folds <list>', 'folds of DFEW such as 1-5 (default: all that were run)', numberList(1, 999))
    .addOption(new Option('--dataset <name>', 'csv: the runs on clips of one\'s own, and their tables (main, components, ...)').choices(['csv'] as const))
    .option('--seeds <number>', 'seeds from 1 (default: all that were run)', wholeNumber(1, 100))
    .addOption(setOption())
    .addOption(precisionOption())
    .option('--out <dir>', 'write NAME.md, NAME.csv and NAME.json there instead of printing')
    .action(run), 'table components', 'table main-dfew --format markdown', 'table lambda --format csv --runs figures/runs', 'table --runs figures/runs --out figures/tables');
}

async function run(names: readonly string[], { format, runs, out, ...options }: Options, command: Command): Promise<void> {
  const shell = shellOf(command);
  const [{ buildTables }, { RUN_FOLDERS }, { csv, markdown }] = await Promise.all([import('../../experiments/allTables.ts'), import('../../experiments/finished.ts'), import('../../experiments/tableView.ts')]);
  const built = await buildTables(names, { ...options, runs: runs.length > 0 ? runs : RUN_FOLDERS });
  if (out !== undefined) { await writeTables(shell, built, out); return; }
  if (format === 'json') { shell.json(built.map(({ view, result }) => result ?? { name: view.name, title: view.title, rows: view.records, notes: view.notes })); return; }
  if (format === 'csv') { for (const { view } of built) process.stdout.write(csv(view)); return; }
  for (const { view } of built) shell.print(format === 'markdown' ? markdown(view) : text(view));
}

/** For a terminal: notes under the grid, as everywhere. */
export const text = ({ title, head, cells, notes }: TableView): string => [title, table(head, cells), ...notes, ''].join('\n');

interface MakeOptions extends TableOptions { readonly folder: string; readonly plan: readonly { readonly dir: string }[] }

/** Writes NAME.md, NAME.csv and NAME.json of the tables and of what single runs show, after measuring what their runs lack. @returns the files. */
export async function makeTables(shell: Shell, names: readonly string[], { folder, plan, ...options }: MakeOptions): Promise<string[]> {
  const [{ buildTables }, { RUN_TABLES }] = await Promise.all([import('../../experiments/allTables.ts'), import('../../experiments/tablesRuns.ts')]);
  await measure(shell, plan);
  const built = await buildTables([...names, ...RUN_TABLES], options);
  for (const { view } of built) if (names.includes(view.name)) shell.print(text(view));
  return writeTables(shell, built, folder);
}

async function writeTables(shell: Shell, built: readonly BuiltTable[], folder: string): Promise<string[]> {
  const [{ mkdir }, { join }, { csv, markdown }, { writeFileAtomic }, { encodeJson }, { fileError }] = await Promise.all([
    import('node:fs/promises'), import('node:path'), import('../../experiments/tableView.ts'), import('../../files/atomic.ts'), import('../../files/json.ts'), import('../../files/failure.ts')]);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => { throw fileError(error, folder, 'write'); });
  const files: string[] = [];
  for (const { view, result } of built) {
    const file = join(folder, view.name);
    await writeFileAtomic(`${file}.md`, markdown(view));
    await writeFileAtomic(`${file}.csv`, csv(view));
    await writeFileAtomic(`${file}.json`, `${encodeJson(result ?? view, `${file}.json`, 1)}\n`);
    files.push(`${file}.md`);
  }
  shell.print(`tables    ${folder}: ${files.length} as .md, .csv and .json`);
  return files;
}

/** Separation and intensity of runs that were finished before these were measured, e.g. those of `npm start`. */
async function measure(shell: Shell, plan: readonly { readonly dir: string }[]): Promise<void> {
  const [{ finishedRun }, { addReports }] = await Promise.all([import('../../experiments/finished.ts'), import('../../experiments/reports.ts')]);
  for (const { dir } of plan) {
    const finished = await finishedRun(dir);
    if (finished && !finished.evaluation.separation) await addReports(dir, shell.signal);
  }
}
