// ial bench embed
import { type Command, Option } from 'commander';
import type { EmbeddingRecord, EmbeddingSide } from '../../bench/embedding.ts';
import type { Matrix } from '../../evaluate/pcaProducts.ts';
import { terminalProgress } from '../../progress.ts';
import { examples, seedOption, wholeNumber } from '../options.ts';
import { table } from '../report.ts';
import { shellOf } from '../shell.ts';

interface EmbedBenchOptions {
  readonly clips: number;
  readonly width: number;
  readonly run?: string;
  readonly pca: boolean;
  readonly components: number;
  readonly metric: 'euclidean' | 'cosine';
  readonly seed: number;
  readonly peer?: boolean;
  readonly json?: string;
}

export function addBenchEmbed(bench: Command): void {
  examples(bench.command('embed')
    .summary('the time of a map of features, and what it keeps')
    .description('Maps features by UMAP and says what each part took and how far neighbourhoods were kept (trustworthiness, k = 15, 500 points judged in the features\' own dimension). Features are a mixture of seven classes made from the seed, or those of an evaluated run.')
    .option('--clips <number>', 'made features', wholeNumber(100), 10_000)
    .option('--width <number>', 'their dimension', wholeNumber(2), 4096)
    .option('--run <run>', 'features of this run instead')
    .option('--components <number>', 'principal components between which distances are taken', wholeNumber(2), 50)
    .option('--no-pca', 'distances between the features as they are')
    .addOption(new Option('--metric <name>', 'distance of two clips').choices(['euclidean', 'cosine']).default('euclidean'))
    .addOption(seedOption())
    .option('--peer', 'umap-js as it comes beside it: minutes for 10,000 clips')
    .option('--json <file>', 'write the numbers to a file, too')
    .action(run),
  'bench embed', 'bench embed --clips 2000 --peer', 'bench embed --run runs/first --no-pca');
}

async function run(options: EmbedBenchOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { benchEmbedding } = await import('../../bench/embedding.ts');
  const { features, source } = await material(options);
  const progress = terminalProgress('map', { unit: '%' });
  const settings = { seed: options.seed, pca: options.pca ? options.components : 'off', metric: options.metric } as const;
  const record = await benchEmbedding({ features, source, settings, withPeer: options.peer ?? false, signal: shell.signal, onProgress: progress.update }).finally(progress.stop);
  shell.print(sidesTable(record));
  for (const line of notes(record)) shell.print(line);
  if (options.json !== undefined) await save(record, options.json);
}

async function material({ run: dir, clips, width, seed }: EmbedBenchOptions): Promise<{ features: Matrix; source: string }> {
  if (dir === undefined) {
    const { mixture } = await import('../../bench/embedding.ts');
    return { features: mixture(clips, width, seed), source: `a mixture of seven classes, seed ${seed}` };
  }
  const { openRun } = await import('../../runs/run.ts');
  const { values, ids, width: own } = await (await openRun(dir)).readFeatures();
  return { features: { values, rows: ids.length, width: own }, source: dir };
}

function sidesTable({ clips, width, sides }: EmbeddingRecord): string {
  const parts = ({ parts: by }: EmbeddingSide): string => Object.entries(by).map(([name, seconds]) => `${name} ${seconds.toFixed(1)}`).join(', ');
  return table([`${clips} x ${width}`, 'seconds', 'CPU seconds', 'trustworthiness', 'of which'],
    sides.map((side) => [side.side, side.seconds.toFixed(1), side.cpuSeconds.toFixed(1), side.trustworthiness.toFixed(4), parts(side)]));
}

function notes({ features, judged, busy, settings: { pca, metric, seed }, machine, node }: EmbeddingRecord): string[] {
  const distance = pca === 'off' ? 'features as they are' : `${pca} principal components`;
  return [
    `Features: ${features}. Ours: ${metric} distances between ${distance}, seed ${seed}. Trustworthiness: k = 15, ${judged} points, in the features' own dimension.`,
    `${machine.processor}, ${machine.cores} cores, ${machine.memoryGb} GB; Node ${node}.`,
    ...busy > 0.15 ? [`WARNING ${Math.round(100 * busy)} % of the processors were in use before the measurement: CPU seconds are closer to an idle machine's seconds.`] : [],
  ];
}

async function save(record: EmbeddingRecord, file: string): Promise<void> {
  const [{ mkdir }, { dirname }, { writeFileAtomic }, { encodeJson }] = await Promise.all([import('node:fs/promises'), import('node:path'), import('../../files/atomic.ts'), import('../../files/json.ts')]);
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, `${encodeJson(record, file, 1)}\n`);
}
