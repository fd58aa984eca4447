// ial bench chart
import type { Command } from 'commander';
import { examples } from '../options.ts';
import { shellOf } from '../shell.ts';

export function addBenchChart(bench: Command): void {
  examples(bench.command('chart')
    .summary('draw measurements against PyTorch')
    .description('Draws what bench step and bench infer wrote with --peer and --json: time a clip of ours and of PyTorch\'s fastest mode. Beside the picture stands what Plotly draws, in JSON.')
    .argument('<files...>', 'records in JSON, of one machine')
    .requiredOption('--out <png>', 'picture to write')
    .action(run),
  'bench chart figures/bench/step.json figures/bench/infer.json --out figures/speed.png');
}

async function run(files: readonly string[], { out }: { readonly out: string }, command: Command): Promise<void> {
  const shell = shellOf(command);
  const [{ basename, dirname }, { readBenchRecord, speedChart }, { writeFigures }] = await Promise.all([import('node:path'), import('../../bench/chart.ts'), import('../../experiments/quick.ts')]);
  const figure = speedChart(await Promise.all(files.map(readBenchRecord)));
  for (const file of await writeFigures(new Map([[basename(out, '.png'), figure]]), dirname(out))) shell.print(`figure    ${file}`);
}
