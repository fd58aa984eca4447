// ial bench: what is fast, what is slow, and compared with what. Each measurement is a command of its own.
import type { Command } from 'commander';
import { examples } from '../options.ts';
import { addBenchLoader } from './benchLoader.ts';

export function addBench(program: Command): void {
  const bench = examples(program.command('bench')
    .summary('measure the speed of a step, of inference, of the loader')
    .description('Measurements of this machine: one training step, inference, and the loader.'),
  'bench loader --preset paper');
  for (const add of [addBenchLoader]) add(bench);
}
