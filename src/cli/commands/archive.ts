// ial archive
import type { Command } from 'commander';
import { examples, jsonOption, listOption } from '../options.ts';
import { table } from '../report.ts';
import { shellOf } from '../shell.ts';

interface Options { readonly runs: string; readonly to: string; readonly features: readonly string[] }

export function addArchive(program: Command): void {
  examples(program.command('archive')
    .summary('copy finished runs without their weights')
    .description('Copies what tables, figures and notebooks read of finished runs: config.json without paths of this machine, history, predictions, evaluation, and who is in the clips and how intense they are where the set tells. A run that was archived before is replaced, others stay.')
    .argument('[name...]', 'names of runs (default: all that are finished)')
    .option('--runs <dir>', 'where the run folders are', 'runs')
    .option('--to <dir>', 'where they go', 'figures/runs')
    .addOption(listOption('--features <name...>', 'runs whose feature vectors go along; those archived with them before keep them'))
    .addOption(jsonOption())
    .action(run), 'archive', 'archive --runs runs --to figures/runs --features tiny-dfew1-seed1-93220ae2');
}

const size = (bytes: number): string => (bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

async function run(names: readonly string[], options: Options, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { archiveRuns } = await import('../../experiments/archive.ts');
  const report = await archiveRuns({ ...options, names, onWarning: shell.note });
  if (shell.isJson) { shell.json(report); return; }
  if (report.runs.length > 0) shell.print(table(['run', 'size'], report.runs.map(({ name, bytes }) => [name, size(bytes)])));
  shell.print(`${options.to}: ${report.runs.length} runs copied, ${size(report.bytes)} in all`);
}
