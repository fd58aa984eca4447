// ial parity FILE.json
import type { Command } from 'commander';
import { examples, jsonOption } from '../options.ts';
import { table } from '../report.ts';
import { shellOf } from '../shell.ts';

export function addParity(program: Command): void {
  examples(program.command('parity')
    .summary('check the network against numbers of the authors\' code')
    .description('Computes what a parity file has results for (logits, losses, gradients, three training steps) and prints the worst relative errors. Exit 1 beyond tolerance.')
    .argument('<file>', 'parity file in JSON')
    .addOption(jsonOption())
    .action(run), 'parity test/fixtures/parity.json', 'parity test/fixtures/parity.json --json');
}

async function run(file: string, _options: unknown, command: Command): Promise<void> {
  const shell = shellOf(command);
  const [{ checkParity, readParityFile }, { loadEngine }] = await Promise.all([import('../../experiments/parity.ts'), import('../../engine/tensorflow.ts')]);
  const parity = await readParityFile(file);
  const { ops } = await loadEngine();
  const report = await checkParity(ops, parity);
  shell.exitCode = report.passed ? 0 : 1;
  if (shell.isJson) shell.json(report);
  const rows = Object.entries(report.worst).map(([kind, { error, tolerance, at }]) => [kind, error.toExponential(2), tolerance.toExponential(0), at]);
  if (!shell.isJson) shell.print(table(['numbers', 'worst error', 'allowed', 'where'], rows));
  for (const failure of report.failures) shell.note(failure);
  shell.print(report.passed ? `${file}: the network computes these ${report.compared} numbers within tolerance` : `${file}: ${report.failures.length} numbers are beyond tolerance or do not fit this network`);
}
