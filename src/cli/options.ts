// Options that several commands share, and parsers that name the option, what was expected and what was found.
import { type Command, InvalidArgumentError, Option } from 'commander';
import { PRESETS, SAMPLING_RULES } from '../config.ts';
import type { DiskCacheOptions } from '../data/cacheSettings.ts';
import type { DatasetName } from '../data/clip.ts';
import type { BadClipPolicy } from '../data/collect.ts';

/** Parses a whole number in [low, high]. */
export function wholeNumber(low = 1, high = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text.trim()) && value >= low && value <= high) return value;
    throw new InvalidArgumentError(`Expected a whole number ${high === Number.MAX_SAFE_INTEGER ? `of at least ${low}` : `from ${low} to ${high}`}.`);
  };
}

/** Parses "1-5", "1,3" or "2" into ascending numbers in [low, high]. */
export function numberList(low: number, high: number): (text: string) => number[] {
  return (text) => {
    const numbers = text.split(',').flatMap((part) => {
      const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
      const [from, to] = [Number(first), Number(last ?? first)];
      if (first === undefined || from < low || to > high || from > to) throw new InvalidArgumentError(`Expected numbers from ${low} to ${high} such as ${low}-${high} or ${low},${high}.`);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
    return [...new Set(numbers)].sort((a, b) => a - b);
  };
}

/** For options that may be given several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

export const jsonOption = (): Option => new Option('--json', 'one JSON document on standard output, nothing else');

/** --preset, --set: which experiment. */
export const presetOption = (fallback?: string): Option =>
  new Option('--preset <name>', 'paper: as published; small, tiny: for the synthetic benchmark').choices(Object.keys(PRESETS)).default(fallback);
/** An option that may be given several times. @param shown what the help says of none given */
export const listOption = (flags: string, description: string, shown = 'none'): Option => new Option(flags, description).argParser(collect).default([] as string[], shown);

export const setOption = (): Option => listOption('--set <key=value...>', 'change one setting of the preset, e.g. lambda=0.5 or gca.layer2=false');

/** --sampling, --frames: which frames of a clip; the same as --set sampling=, numSegments= and framesPerSegment=. */
export const samplingOption = (): Option =>
  new Option('--sampling <rule>', 'even: every frame can be shown, short clips are spread; authors: their code\'s indices, defects and all; controls: shuffled, middle').choices(SAMPLING_RULES).default(undefined, 'even');
export const framesOption = (): Option =>
  new Option('--frames <UxV>', 'U segments of a clip, V consecutive frames of each: 16x1 (DFEW), 8x2 (offered for FERV39k)').argParser(frameSettings).default([] as string[], 'the preset\'s');

/** "8x2" as settings. */
export function frameSettings(text: string): string[] {
  const [, segments, frames] = /^(\d+)x(\d+)$/i.exec(text.trim()) ?? [];
  if (segments === undefined || Number(segments) < 1 || Number(frames) < 1) throw new InvalidArgumentError('Expected segments x frames such as 16x1 or 8x2.');
  return [`numSegments=${Number(segments)}`, `framesPerSegment=${Number(frames)}`];
}

/** --precision: of the maps between layers; the same as --set precision=. */
export const precisionOption = (): Option =>
  new Option('--precision <name>', 'f32: float32 throughout; bf16: large maps in bfloat16, faster where the processor or GPU has it').choices(['f32', 'bf16']).default('f32');

/** --data, --dataset, --fold, --scene: which clips. */
export const DATASETS = ['dfew', 'ferv39k', 'csv'] as const satisfies readonly DatasetName[];
export const dataOption = (): Option => new Option('--data <dir>', 'folder of the dataset, in its official layout; with --dataset csv that of the list, or the list');
export const datasetOption = (): Option => new Option('--dataset <name>', 'layout of the folder; csv: any other set, by a list path,label,split or path,label,fold (datasets/README.md)').choices(DATASETS).default('dfew');
export const foldOption = (): Option => new Option('--fold <number>', 'fold of DFEW, 1 to 5, or of a list of one\'s own').argParser(wholeNumber(1)).default(1);
export const sceneOption = (): Option => new Option('--scene <name>', 'one scene of FERV39k, such as Action: by its own lists where they are there, else out of the lists of all').default(undefined, 'all');
export const seedOption = (): Option => new Option('--seed <number>', 'everything random follows from it').argParser(wholeNumber(0)).default(1);

/** --on-bad-clip: what becomes of clips that cannot be read. */
export const badClipOption = (): Option =>
  new Option('--on-bad-clip <policy>', 'stop at a clip that cannot be read, or skip it: the run records each one skipped').choices(['stop', 'skip'] as const satisfies readonly BadClipPolicy[]).default('stop');

/** --cache, --cache-gb: where decoded frames are kept. */
export const cacheOption = (): Option =>
  new Option('--cache <dir>', 'keep decoded frames in this folder, so that later epochs and runs read 150 KB instead of decoding a JPEG; for a fast local disk, when loading holds up the training; changes no number');
export const cacheSizeOption = (): Option =>
  new Option('--cache-gb <number>', 'the cache stops growing there; DFEW in 224 x 224 would take some 125').argParser(wholeNumber(1)).default(100);

export interface CacheOptions { readonly cache?: string; readonly cacheGb: number }

/** What the two options mean to a loader; undefined without --cache. */
export const diskCacheOf = ({ cache, cacheGb }: CacheOptions): DiskCacheOptions | undefined =>
  (cache === undefined ? undefined : { folder: cache, maxBytes: cacheGb * 1e9 });

/** Adds worked examples under a command's help. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  $ ial ${line}`).join('\n')}`);
}
