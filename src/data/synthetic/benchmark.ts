// A benchmark without its folder: the generator is deterministic, so the options that synthetic.json records (seed, counts, size) are
// enough to know every clip and to draw any frame of it. Notebooks and the explorer show clips of committed runs this way.

import { UserError } from '../../errors.ts';
import { EXPRESSIONS } from '../../labels.ts';
import type { Clip, Dataset } from '../clip.ts';
import { fingerprint } from '../dataset.ts';
import { GENERATOR_VERSION } from './design.ts';
import type { ClipDescription } from './describe.ts';
import { ferv39kLayout } from './ferv39kLayout.ts';
import { dfewLayout, listedLabels, summaryOf, writtenIntensity, type ClipSummary, type Layout, type NamedClip } from './layout.ts';
import { describePlanned, planClips, planFolds, resolveParameters, type BenchmarkOptions, type PlannedClip, type SyntheticParameters } from './plan.ts';
import { frameRenderer } from './render.ts';

export interface SyntheticBenchmark {
  readonly parameters: SyntheticParameters;
  /** Of all clips, in the order of the data set. */
  readonly ids: readonly string[];
  /** @throws UserError for an id that the benchmark has not. */
  readonly describe: (id: string) => ClipDescription;
  /** JPEGs of the clip's frames, the very bytes that `ial synth` writes; of all, or of those given (from 0). @throws UserError for an unknown id, RangeError for a frame outside. */
  readonly render: (id: string, frames?: readonly number[]) => Promise<Buffer[]>;
  /** What readDataset finds in the folder, fingerprint and all; the files that `frames` names need not be there. @param fold from 1 */
  readonly dataset: (fold: number) => Dataset;
  /** What intensity.csv and identities.csv hold. */
  readonly intensity: () => ReadonlyMap<string, readonly number[]>;
  readonly identities: () => ReadonlyMap<string, string>;
}

export const LAYOUTS: Readonly<Record<SyntheticParameters['layout'], Layout>> = { dfew: dfewLayout, ferv39k: ferv39kLayout };

/** @param options as for renderSynthetic, or the `parameters` of a synthetic.json. @throws UserError for impossible ones, or those of another generator. */
export function syntheticBenchmark(options: BenchmarkOptions | SyntheticParameters): SyntheticBenchmark {
  const parameters = 'generatorVersion' in options ? ofThisGenerator(options) : resolveParameters(options);
  const clips = LAYOUTS[parameters.layout].name(planClips(parameters), parameters.seed).toSorted((a, b) => a.order - b.order);
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const describe = (id: string): ClipDescription => describePlanned(parameters, byId.get(id) ?? unknownClip(id, clips));
  let summaries: readonly ClipSummary[] | undefined;
  const all = (): readonly ClipSummary[] => summaries ??= clips.map((clip) => summaryOf(describePlanned(parameters, clip)));
  return {
    parameters, ids: clips.map(({ id }) => id), describe,
    render: async (id, frames) => drawFrames(describe(id), parameters.size, frames),
    dataset: (fold) => plannedDataset(parameters, clips, all(), fold),
    intensity: () => new Map(all().map(({ intensity }, i) => [clips[i]!.id, intensity.map((x) => Number(writtenIntensity(x)))])),
    identities: () => new Map(clips.map(({ id, identity }) => [id, String(identity)])),
  };
}

/** JPEGs of one clip of a benchmark, from its options and the clip's id alone. For many clips, keep a `syntheticBenchmark`. @throws as its `render` */
export const renderClip = (options: BenchmarkOptions | SyntheticParameters, id: string, frames?: readonly number[]): Promise<Buffer[]> => syntheticBenchmark(options).render(id, frames);

function ofThisGenerator(parameters: SyntheticParameters): SyntheticParameters {
  if (parameters.generatorVersion === GENERATOR_VERSION) return parameters;
  throw new UserError(`synthetic benchmark: expected generator version ${GENERATOR_VERSION}, found ${parameters.generatorVersion}; only the version of this project that made its clips can draw them`);
}

function unknownClip(id: string, clips: readonly NamedClip[]): never {
  throw new UserError(`synthetic benchmark: expected one of its ${clips.length} clips such as ${clips[0]!.id}, found "${id}"`);
}

async function drawFrames(clip: ClipDescription, size: number, frames: readonly number[] = clip.intensity.map((_, frame) => frame)): Promise<Buffer[]> {
  const wrong = frames.find((frame) => !(Number.isInteger(frame) && frame >= 0 && frame < clip.intensity.length));
  if (wrong !== undefined) throw new RangeError(`renderClip: expected frames from 0 to ${clip.intensity.length - 1}, found ${wrong}`);
  return Promise.all(frames.map(frameRenderer(clip, size)));
}

function plannedDataset(parameters: SyntheticParameters, clips: readonly NamedClip[], summaries: readonly ClipSummary[], fold: number): Dataset {
  const { layout: name } = parameters;
  const folds = name === 'dfew' ? planFolds(parameters, clips) : planFolds(parameters, clips).slice(0, 1);
  const split = folds[fold - 1];
  if (!split) throw new UserError(`synthetic benchmark: expected a fold from 1 to ${folds.length}, found ${fold}`);
  const labels = listedLabels(parameters, summaries);
  const place = new Map(clips.map(({ number }, i) => [number, i]));
  const read = (side: readonly PlannedClip[]): Clip[] => LAYOUTS[name].inListOrder(side.filter(({ number }) => labels.has(number)).map(({ number }) => clips[place.get(number)!]!))
    .map(({ id, number }) => ({ id, label: labels.get(number)!, frames: framesOf(LAYOUTS[name], id, summaries[place.get(number)!]!.intensity.length) }));
  const [train, test] = [read(split.train), read(split.test)];
  return { name, root: '', fold, labelNames: EXPRESSIONS, train, test, isSynthetic: true, notes: ['planned, not read from a folder'], fingerprint: fingerprint(train, test) };
}

const framesOf = ({ clipFolder, frameName }: Layout, id: string, count: number): string[] =>
  Array.from({ length: count }, (_, frame) => `${clipFolder(id)}/${frameName(id, frame)}`);
