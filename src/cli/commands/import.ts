// ial import FILE.pth|FILE.safetensors
import { Option, type Command } from 'commander';
import { PRESETS } from '../../config.ts';
import type { DatasetName } from '../../data/clip.ts';
import { DATASETS, examples, jsonOption, sceneOption, setOption, wholeNumber } from '../options.ts';
import { shellOf } from '../shell.ts';

interface ImportCommandOptions { readonly out: string; readonly preset?: string; readonly set: readonly string[]; readonly labels?: readonly string[]; readonly dataset?: DatasetName; readonly fold?: number; readonly scene?: string }

export function addImport(program: Command): void {
  examples(program.command('import')
    .summary('make a run of PyTorch\'s weights')
    .description('Reads a checkpoint of the authors\' training script or one like it (torch.save, both formats) or a safetensors file, without running anything that is in it, tells the network from its tensors, and leaves a run folder that evaluate, predict, features, explore and export take.')
    .argument('<file>', '.pth or .safetensors, told by its content')
    .requiredOption('--out <run>', 'run folder to write')
    .addOption(new Option('--preset <name>', 'for what no tensor shows: losses, optimiser').choices(Object.keys(PRESETS)).default(undefined, 'the preset of that width, else paper'))
    .addOption(setOption())
    .addOption(new Option('--labels <names>', 'the classes in the order that the training numbered them, such as angry,disgust,fear,...').argParser((text) => text.split(',').map((name) => name.trim())).default(undefined, 'DFEW\'s order, the authors\''))
    .addOption(new Option('--dataset <name>', 'layout of the dataset that it is for').choices(DATASETS).default(undefined, 'dfew'))
    .addOption(new Option('--fold <number>', 'fold of DFEW, 1 to 5').argParser(wholeNumber(1, 5)).default(undefined, '1'))
    .addOption(sceneOption())
    .addOption(jsonOption())
    .action(run), 'import model_best.pth --out runs/authors', 'import set3-model.pth --out runs/authors-3 --fold 3 --set selection=last', 'import first.safetensors --out runs/copy');
}

async function run(file: string, { out, preset, set, labels, dataset, fold, scene }: ImportCommandOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { importRun } = await import('../../experiments/importRun.ts');
  const report = await importRun({ file, out, settings: set, ...labels && { labels }, ...preset !== undefined && { preset }, ...dataset !== undefined && { dataset }, ...fold !== undefined && { fold }, ...scene !== undefined && { scene } });
  if (shell.isJson) shell.json(report);
  const { experiment: { width, imageSize, numSegments, framesPerSegment, gca, fusion, temporal }, source, beside } = report;
  const formats = { zip: 'torch.save, ZIP', stream: 'torch.save, the stream before 1.6', safetensors: 'safetensors' };
  shell.print(`weights   ${file} (${formats[source.format]}; SHA-256 ${source.sha256.slice(0, 12)}...)`);
  shell.print(`network   ${report.parameters.toLocaleString('en')} parameters; width ${width.join('/')}, images of ${imageSize}, ${numSegments} x ${framesPerSegment} frames, GCA ${gcaWords(gca)}, fusion ${fusion ? 'on' : 'off'}, temporal ${temporal}`);
  shell.print(`classes   ${report.labelNames.join(', ')}`);
  shell.print(`run       ${out} (epoch ${report.epoch})`);
  for (const note of report.notes) shell.note(`note: ${note}`);
  if (Object.keys(beside).length > 0) shell.note(`note: left in the file: ${Object.entries(beside).map(([key, what]) => `${key} (${what})`).join(', ')}`);
}

const gcaWords = ({ layer2, layer3 }: { readonly layer2: boolean; readonly layer3: boolean }): string =>
  [...layer2 ? ['layer2'] : [], ...layer3 ? ['layer3'] : []].join(' and ') || 'nowhere';
