// ial synth DIR
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { LayoutName } from '../../data/clip.ts';
import type { SyntheticParameters } from '../../data/synthetic/index.ts';
import { EXPRESSIONS } from '../../labels.ts';
import { examples, jsonOption, seedOption, wholeNumber } from '../options.ts';
import { terminalProgress } from '../../progress.ts';
import { table } from '../report.ts';
import { shellOf } from '../shell.ts';

interface SynthOptions {
  readonly layout: LayoutName;
  readonly clips?: number;
  readonly train?: number;
  readonly test?: number;
  readonly seed: number;
  readonly size: number;
  readonly workers?: number;
  readonly imbalanced?: true;
  readonly labels: 'generator' | 'raters';
  readonly frames?: readonly [number, number];
  readonly sheets?: string;
}

/** Parses "16-60" or "40". */
function frameRange(text: string): readonly [number, number] {
  const [, low, high] = /^(\d+)(?:-(\d+))?$/.exec(text.trim()) ?? [];
  if (low === undefined) throw new InvalidArgumentError('Expected the shortest and the longest clip such as 16-60, or one number.');
  return [Number(low), Number(high ?? low)];
}

export function addSynth(program: Command): void {
  examples(program.command('synth')
    .summary('render the synthetic benchmark')
    .description('Renders faces whose expression and intensity are known in every frame, as a dataset folder in an official layout. An interrupted rendering is continued; a complete one is left as it is.')
    .argument('<dir>', 'folder to write')
    .addOption(new Option('--layout <name>', 'whose folders and lists to write').choices(['dfew', 'ferv39k']).default('dfew'))
    .addOption(new Option('--clips <number>', 'all clips; every fold tests on a fifth of them').argParser(wholeNumber()).conflicts(['train', 'test']))
    .option('--train <number>', 'training clips of a fold (default: 1400)', wholeNumber())
    .option('--test <number>', 'test clips of a fold (default: 1008)', wholeNumber())
    .addOption(seedOption())
    .option('--size <pixels>', 'side of a frame', wholeNumber(16, 2048), 112)
    .option('--frames <range>', 'frames of the shortest and the longest clip (default: 16-60, as FERV39k 8-47)', frameRange)
    .option('--workers <number>', 'threads (default: one a core); changes no byte', wholeNumber(1, 256))
    .option('--imbalanced', 'classes as frequent as in the real set')
    .addOption(new Option('--labels <source>', 'label a clip by what was rendered or by what simulated raters say').choices(['generator', 'raters']).default('generator'))
    .option('--sheets <dir>', 'also draw contact sheets of its expressions, people and clips there')
    .addOption(jsonOption())
    .action(run),
  'synth datasets/synthetic/quick --train 700 --test 504 --size 80',
  'synth datasets/synthetic/ferv --layout ferv39k --clips 2000 --seed 7');
}

async function run(dir: string, { clips, train, test, workers, imbalanced, layout, seed, size, labels, frames, sheets }: SynthOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { renderSynthetic } = await import('../../data/synthetic/index.ts');
  const progress = terminalProgress('rendering', { unit: 'clips' });
  try {
    const report = await renderSynthetic({
      root: dir, layout, seed, size, labels, balanced: !imbalanced, signal: shell.signal, onProgress: ({ done, total }) => { progress.update({ done, ...total !== undefined && { total } }); },
      ...frames && { frames }, ...clips !== undefined && { clips }, ...train !== undefined && { trainClips: train }, ...test !== undefined && { testClips: test }, ...workers !== undefined && { workers },
    });
    progress.stop();
    const pictures = sheets === undefined ? [] : await drawSheets(report.parameters, sheets);
    if (shell.isJson) { shell.json(report); return; }
    const { counts } = report;
    shell.print(table(['clips', ...EXPRESSIONS], counts.folds.flatMap(({ train: listed, test: held }, fold) => [
      [`fold ${fold + 1} train`, ...listed.map(String)], [`fold ${fold + 1} test`, ...held.map(String)],
    ])));
    const what = `${counts.clips} clips, ${counts.frames} frames of ${counts.identities} faces, ${(counts.bytes / 1e6).toFixed(0)} MB`;
    shell.print(`${report.root}: ${what}${report.isReused ? ', complete already' : `, rendered in ${report.seconds.toFixed(0)} s`}`);
    for (const file of pictures) shell.print(`figure    ${file}`);
  } finally {
    progress.stop();
  }
}

async function drawSheets(parameters: SyntheticParameters, folder: string): Promise<string[]> {
  const [{ benchmarkSheets, writeSheets }, { syntheticBenchmark }] = await Promise.all([import('../../experiments/sheets.ts'), import('../../data/synthetic/index.ts')]);
  return writeSheets(await benchmarkSheets(syntheticBenchmark(parameters)), folder);
}
