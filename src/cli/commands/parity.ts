// ial parity FILE.json
import type { Command } from 'commander';
import { examples } from '../options.ts';
import { table } from '../report.ts';
import { shellOf } from '../shell.ts';

export function addParity(program: Command): void {
  examples(program.command('parity')
    .summary('check the network against numbers of the authors\' code')
    .description('Computes what a parity file has results for (logits, losses, gradients, three training steps) and prints the worst relative errors as JSON. Both ways are taken, the eager and the compiled step. Exit 1 beyond tolerance.')
    .argument('<file>', 'parity file in JSON')
    .action(run), 'parity test/fixtures/parity.json');
}

/** The report is JSON on standard output; a table for readers goes to standard error. */
async function run(file: string, _options: unknown, command: Command): Promise<void> {
  const shell = shellOf(command);
  const [{ checkParity, mergeReports, PARITY_PATHS }, { readParityFile }, { loadEngine }] = await Promise.all([import('../../experiments/parity.ts'), import('../../experiments/parityFile.ts'), import('../../engine/tensorflow.ts')]);
  const parity = await readParityFile(file);
  const { ops } = await loadEngine();
  const reports: Record<string, Awaited<ReturnType<typeof checkParity>>> = {};
  for (const path of PARITY_PATHS) reports[path] = await checkParity(ops, parity, path);
  const report = mergeReports(reports);
  shell.exitCode = report.passed ? 0 : 1;
  shell.json(report);
  shell.note(table(['numbers', 'worst error', 'allowed', 'where'], Object.entries(report.worst).map(([kind, { error, tolerance, at }]) => [kind, error.toExponential(2), tolerance.toExponential(0), at])));
  for (const failure of report.failures) shell.note(failure);
  shell.note(report.passed ? `${file}: the network computes these ${report.compared} numbers within tolerance` : `${file}: ${report.failures.length} numbers are beyond tolerance or do not fit this network`);
}
