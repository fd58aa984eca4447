// ial bench step, ial bench infer
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { BenchRecord, CaseRecord, Precision, Task } from '../../bench/record.ts';
import { UserError } from '../../errors.ts';
import { examples, numberList, presetOption, setOption, wholeNumber } from '../options.ts';
import { table } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';

interface SpeedOptions {
  readonly preset: string;
  readonly set: readonly string[];
  readonly clips: readonly number[];
  readonly precision: readonly Precision[];
  readonly rounds: number;
  readonly peer?: boolean;
  readonly modes?: readonly string[];
  readonly atMost?: number;
  readonly json?: string;
}

export const addBenchStep = (bench: Command): void => addSpeed(bench, 'step', {
  summary: 'the time of one training step',
  description: 'Times forward, loss, backward and optimiser on a batch made by a formula.', clips: [2, 8],
});

export const addBenchInfer = (bench: Command): void => addSpeed(bench, 'infer', {
  summary: 'the time of inference',
  description: 'Times a batch of clips from images to logits.', clips: [1, 8],
});

function addSpeed(bench: Command, task: Task, { summary, description, clips }: { summary: string; description: string; clips: readonly number[] }): void {
  examples(bench.command(task)
    .summary(summary)
    .description(`${description} With --peer the same network in PyTorch is measured too, in each of its modes, each in its turn (a step, or several where they are short), from the same weights on the same batch; ratios are to its fastest mode. Every side runs in a process of its own, with as many threads as there are cores.`)
    .addOption(presetOption('paper'))
    .addOption(setOption())
    .option('--clips <list>', 'clips a batch', numberList(1, 1024), clips)
    .option('--precision <list>', 'f32, bf16 or both', choices(['f32', 'bf16']), ['f32', 'bf16'])
    .option('--rounds <number>', 'turns of each side: a step, or several of a short one', wholeNumber(1), 10)
    .option('--peer', 'PyTorch beside ours; downloads it the first time (3 GB)')
    .addOption(new Option('--modes <list>', 'of PyTorch, separated by commas; a mode joins eager, channels_last, compile, malloc by "+" (default: five of them)').argParser(modeList))
    .option('--at-most <ratio>', 'exit 1 when ours takes more than this times PyTorch\'s fastest mode', ratio)
    .option('--json <file>', 'write the numbers to a file, too')
    .action((options: SpeedOptions, command: Command) => run(task, options, shellOf(command))),
  `bench ${task} --preset paper`, `bench ${task} --peer --clips 8 --json figures/bench/${task}.json`);
}

const split = (text: string): string[] => [...new Set(text.split(',').map((part) => part.trim()))];

function choices<T extends string>(allowed: readonly T[]): (text: string) => T[] {
  return (text) => {
    const wrong = split(text).find((part) => !(allowed as readonly string[]).includes(part));
    if (wrong !== undefined) throw new InvalidArgumentError(`Expected ${allowed.join(', ')}, separated by commas, found "${wrong}".`);
    return split(text) as T[];
  };
}

const modeFeatures = choices(['eager', 'channels_last', 'compile', 'malloc']);

function modeList(text: string): string[] {
  for (const mode of split(text)) modeFeatures(mode.replaceAll('+', ','));
  return split(text);
}

function ratio(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

async function run(task: Task, options: SpeedOptions, shell: Shell): Promise<void> {
    const { clips, precision: precisions, rounds, modes, set: settings, peer = false, atMost } = options;
  if (!peer && (modes || atMost !== undefined)) throw new UserError(`${modes ? '--modes' : '--at-most'} is about PyTorch: add --peer`);
  const [{ preset, withSettings }, { runBench }, { preparePeer }] = await Promise.all([import('../../config.ts'), import('../../bench/bench.ts'), import('../../bench/launch.ts')]);
  const config = withSettings(preset(options.preset), settings);
  const python = peer ? await preparePeer(shell.signal) : undefined;
  const record = await runBench({
    task, config, settings, clips, precisions, rounds, python, ...modes && { modes }, signal: shell.signal,
    onNote: (line) => { shell.note(line); }, onCase: await casePrinter(shell, task),
  });
  await finish(shell, record, options);
}

async function casePrinter(shell: Shell, task: Task): Promise<(found: CaseRecord) => void> {
  const { caseHead, caseRows, caseWarnings } = await import('../../bench/table.ts');
  return (found) => {
    shell.print(table(caseHead(task, found), caseRows(found)));
    for (const line of caseWarnings(task, found)) shell.print(line);
  };
}

/** What stands under the tables, the file, and the exit code. */
async function finish(shell: Shell, record: BenchRecord, { peer = false, atMost, json }: SpeedOptions): Promise<void> {
  const [{ benchNotes }, { describeMachine }, { complaints }] = await Promise.all([import('../../bench/table.ts'), import('../../bench/record.ts'), import('../../bench/verdict.ts')]);
  for (const line of [...benchNotes(record, peer), describeMachine(record)]) shell.print(line);
  if (json !== undefined) await save(record, json);
  const lines = complaints(record, atMost);
  for (const line of lines) shell.note(`ial: ${line}`);
  if (lines.length > 0) shell.exitCode = 1;
}

async function save(record: BenchRecord, file: string): Promise<void> {
  const [{ mkdir }, { dirname }, { writeFileAtomic }, { encodeJson }] = await Promise.all([import('node:fs/promises'), import('node:path'), import('../../files/atomic.ts'), import('../../files/json.ts')]);
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, `${encodeJson(record, file, 1)}\n`);
}
