// ial bench cost
import type { Command } from 'commander';
import type { CostPoint, CostRecord } from '../../bench/cost.ts';
import { UserError } from '../../errors.ts';
import { terminalProgress } from '../../progress.ts';
import { examples, numberList, presetOption, setOption, wholeNumber } from '../options.ts';
import { table } from '../report.ts';
import { shellOf } from '../shell.ts';

interface CostOptions {
  readonly preset: string;
  readonly set: readonly string[];
  readonly frames: readonly number[];
  readonly clips: readonly number[];
  readonly image: readonly number[];
  readonly batch: number;
  readonly sweeps: number;
  readonly runs: number;
  readonly json?: string;
}

export function addBenchCost(bench: Command): void {
  examples(bench.command('cost')
    .summary('the time of inference against clip length, batch and image size')
    .description('Times inference from images to logits, one setting changed at a time, every point in several sweeps over all; beside it the multiply-adds counted from the network\'s parts. For the notebook 08-speed.')
    .addOption(presetOption('paper'))
    .addOption(setOption())
    .option('--frames <list>', 'frames of a clip', numberList(2, 256), [4, 8, 16, 24, 32])
    .option('--clips <list>', 'clips of a batch', numberList(1, 256), [1, 2, 4, 8, 16])
    .option('--image <list>', 'pixels of a side, multiples of 8', numberList(8, 512), [56, 80, 112, 144, 168])
    .option('--batch <number>', 'clips of a batch where the others change', wholeNumber(1), 1)
    .option('--sweeps <number>', 'over all points', wholeNumber(1), 3)
    .option('--runs <number>', 'measured batches a point and sweep', wholeNumber(1), 4)
    .option('--json <file>', 'write the numbers to a file, too')
    .action(run),
  'bench cost', 'bench cost --preset small --sweeps 5 --json figures/bench/cost.json');
}

async function run({ preset: name, set, frames, clips, image, batch, sweeps, runs, json }: CostOptions, command: Command): Promise<void> {
  const shell = shellOf(command), odd = image.find((size) => size % 8 !== 0);
  if (odd !== undefined) throw new UserError(`--image: expected multiples of 8, found ${odd}`);
  const [{ benchCost }, { preset, withSettings }, { loadEngine }, { describeMachine }] = await Promise.all([import('../../bench/cost.ts'), import('../../config.ts'), import('../../engine/tensorflow.ts'), import('../../bench/record.ts')]);
  const config = withSettings(preset(name), set), progress = terminalProgress('cost', { unit: 'points' });
  const record = await benchCost({ engine: await loadEngine(), config, values: { frames, batch: clips, image }, batch, sweeps, runs, signal: shell.signal, onProgress: progress.update }).finally(progress.stop);
  shell.print(pointsTable(record));
  shell.print(`${record.preset}: ${record.base.frames} frames of ${record.base.image} x ${record.base.image}, ${batch === 1 ? '1 clip' : `${batch} clips`} a batch where not said otherwise; the smallest of ${sweeps * runs} batches. ${describeMachine(record)}`);
  if (record.busy > 0.15) shell.print(`WARNING ${Math.round(100 * record.busy)} % of the processors were in use before a sweep: the times are upper bounds`);
  if (json !== undefined) await save(record, json);
}

const NAMES = { frames: 'frames a clip', batch: 'clips a batch', image: 'image side' } as const;

function pointsTable({ points }: CostRecord): string {
  const perClip = (times: readonly number[], { clips }: CostPoint): number => Math.min(...times) / clips;
  return table(['', '', 'ms a clip', 'CPU ms a clip', 'GMAC a clip', 'GMAC a CPU second'], points.map((point) =>
    [NAMES[point.axis], String(point.value), perClip(point.ms, point).toFixed(1), perClip(point.cpuMs, point).toFixed(1), (point.multiplyAdds / 1e9).toFixed(2), (point.multiplyAdds / 1e6 / perClip(point.cpuMs, point)).toFixed(0)]));
}

async function save(record: CostRecord, file: string): Promise<void> {
  const [{ mkdir }, { dirname }, { writeFileAtomic }, { encodeJson }] = await Promise.all([import('node:fs/promises'), import('node:path'), import('../../files/atomic.ts'), import('../../files/json.ts')]);
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, `${encodeJson(record, file, 1)}\n`);
}
