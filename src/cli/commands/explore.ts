// ial explore RUN [RUN2]
import { type Command, InvalidArgumentError, Option } from 'commander';
import { terminalProgress } from '../../progress.ts';
import { dataOption, examples, jsonOption, wholeNumber } from '../options.ts';
import { shellOf } from '../shell.ts';

interface ExploreOptions {
  readonly out: string;
  readonly data?: string;
  readonly maxMb: number;
  readonly frames: boolean;
  readonly embedFrames: boolean;
  readonly map: 'umap' | 'pca';
  readonly pca: number | 'off';
  readonly seed?: number;
  readonly epochs?: number;
}

export function addExplore(program: Command): void {
  examples(program.command('explore')
    .summary('one offline page to look into what a run learned')
    .description('Writes a single HTML file: a map of a run\'s evaluated clips with their frames, nearest neighbours in feature space, confusion matrix, separation, intensity; with a second run, both side by side. It opens from disk and fetches nothing.')
    .argument('<run>', 'run folder that has been evaluated')
    .argument('[other]', 'a second run on the same clips, e.g. with the intensity-aware loss')
    .requiredOption('--out <file>', 'file to write, in .html')
    .addOption(dataOption().default(undefined, 'where the run was trained'))
    .option('--max-mb <number>', 'size of the page: frames become fewer and smaller, then go into a folder beside it', wholeNumber(1, 2000), 40)
    .option('--no-frames', 'leave the frames out')
    .option('--embed-frames', 'put frames of a licensed set in; the page must then not be given away', false)
    .addOption(new Option('--map <kind>', 'how clips are placed; measures never depend on it').choices(['umap', 'pca']).default('umap'))
    .option('--pca <number|off>', 'principal components that UMAP starts from', parsePca, 50)
    .option('--seed <number>', 'of the map (default: the run\'s)', wholeNumber(0))
    .option('--epochs <number>', 'earlier saved epochs to show, at most; evaluates them with the engine (train with --keep-epochs)', wholeNumber(1, 100))
    .addOption(jsonOption())
    .action(run), 'explore runs/first --out first.html', 'explore runs/base runs/gca-ial --out compared.html --epochs 8');
}

function parsePca(text: string): number | 'off' {
  const value = Number(text);
  if (text === 'off' || (/^\d+$/.test(text) && value >= 2)) return text === 'off' ? text : value;
  throw new InvalidArgumentError('Expected off or a whole number of at least 2.');
}

async function run(first: string, other: string | undefined, { out, ...options }: ExploreOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { UserError } = await import('../../errors.ts');
  if (!/\.html?$/i.test(out)) throw new UserError(`--out: expected a name in .html, found "${out}"`);
  const { writeExplorer } = await import('../../explorer/build.ts');
  const progress = terminalProgress('explorer');
  try {
    const engine = async (): ReturnType<typeof import('../../engine/tensorflow.ts').loadEngine> => (await import('../../engine/tensorflow.ts')).loadEngine();
    const report = await writeExplorer(other === undefined ? [first] : [first, other], out, { ...options, engine, signal: shell.signal, onProgress: progress.update });
    progress.stop();
    if (shell.isJson) shell.json(report);
    for (const note of report.notes) shell.note(`explorer: ${note}`);
    shell.print(`${out}: ${report.clips} clips, frames: ${report.frames}, ${report.megabytes.toFixed(1)} MB`);
  } finally { progress.stop(); }
}
