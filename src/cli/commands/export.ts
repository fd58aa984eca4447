// ial export RUN
import type { Command } from 'commander';
import { examples, jsonOption } from '../options.ts';
import { shellOf } from '../shell.ts';

export function addExport(program: Command): void {
  examples(program.command('export')
    .summary('write a run\'s weights for PyTorch')
    .description('Writes the weights of the epoch that the run\'s selection rule judges as safetensors, under the authors\' names and in PyTorch\'s layout. In PyTorch: model.load_state_dict(safetensors.torch.load_file(FILE)). ial import takes it back, number for number.')
    .argument('<run>', 'run folder')
    .requiredOption('--out <file>', 'file to write, in .safetensors')
    .option('--half', 'in half precision, rounded', false)
    .addOption(jsonOption())
    .action(run), 'export runs/first --out first.safetensors', 'export runs/first --out first-half.safetensors --half');
}

async function run(dir: string, { out, half }: { readonly out: string; readonly half: boolean }, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { exportRun } = await import('../../experiments/exportRun.ts');
  const report = await exportRun({ dir, out, half, onWarning: (line) => shell.note(line) });
  if (shell.isJson) shell.json(report);
  shell.print(`${out}: ${report.tensors} tensors of ${dir}, epoch ${report.epoch}, ${report.dtype}`);
  if (report.rounding) shell.note(`note: rounding to half precision changed numbers by up to ${report.rounding.largest.toExponential(1)} (${report.rounding.tensor})`);
}
