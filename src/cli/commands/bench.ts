// ial bench: what is fast, what is slow, and compared with what. Each measurement is a command of its own.
import type { Command } from 'commander';
import { examples } from '../options.ts';
import { addBenchChart } from './benchChart.ts';
import { addBenchCost } from './benchCost.ts';
import { addBenchEmbed } from './benchEmbed.ts';
import { addBenchLoader } from './benchLoader.ts';
import { addBenchPrecision } from './benchPrecision.ts';
import { addBenchInfer, addBenchStep } from './benchSpeed.ts';

export function addBench(program: Command): void {
  const bench = examples(program.command('bench')
    .summary('measure a step, inference, the loader, a map of features; PyTorch too')
    .description('Measurements of this machine: one training step and inference, alone or beside the same network in PyTorch, the loader, and a map of features.'),
  'bench step --preset paper', 'bench step --peer --json step.json');
  for (const add of [addBenchStep, addBenchInfer, addBenchLoader, addBenchEmbed, addBenchCost, addBenchPrecision, addBenchChart]) add(bench);
}
