// From run folders to an explorer page.
import { basename, dirname, join } from 'node:path';
import type { ExperimentConfig } from '../config.ts';
import type { Progress } from '../data/clip.ts';
import type { Engine } from '../engine/tensorflow.ts';
import { UserError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { classColours } from '../figures/palette.ts';
import { epochStates, pickEpochs } from './epochs.ts';
import { pageCode, pageHtml } from './html.ts';
import { framesOf, readMaterial, type Material } from './material.ts';
import { snapshotOf, usesUmap } from './snapshot.ts';
import { packSprites, writeSpriteFolder } from './sprites.ts';
import { readEvaluated, restrict, sharedIds, type EvaluatedRun, type State } from './states.ts';
import type { FramesData, PageData, RunData, SnapshotData } from './types.ts';

export interface ExplorerOptions {
  /** The dataset's folder, when it is no longer where the run was trained. */
  readonly data?: string | undefined;
  /** Megabytes that the page may take. Default 40. */
  readonly maxMb?: number;
  /** False leaves the frames out. */
  readonly frames?: boolean;
  /** Put frames of a licensed set in; the page says that it must not be given away. */
  readonly embedFrames?: boolean;
  readonly map?: 'umap' | 'pca';
  /** Principal components before UMAP, default 50. */
  readonly pca?: number | 'off';
  /** Of the map; the first run's seed by default. */
  readonly seed?: number;
  /** Saved epochs shown beside the evaluated one, at most; needs the engine and the dataset. Default 0. */
  readonly epochs?: number;
  /** Loads the engine, asked for only when epochs are. */
  readonly engine?: () => Promise<Pick<Engine, 'ops'>>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ExplorerReport { readonly file: string; readonly clips: number; readonly megabytes: number; readonly frames: string; readonly notes: readonly string[] }

/** Share of the page that vectors may take; frames get what is left. */
const SPACE_SHARE = 0.25;

/** The page as HTML. @param dirs one or two run folders. @throws UserError, Interrupted */
export async function explorer(dirs: string | readonly string[], options: ExplorerOptions = {}): Promise<string> {
  return pageHtml(await explorerData(dirs, options), await pageCode());
}

/** Writes the page, and a folder `NAME-frames` beside it where the frames do not fit. @throws UserError, Interrupted; nothing half-written is left. */
export async function writeExplorer(dirs: readonly string[], out: string, options: ExplorerOptions = {}): Promise<ExplorerReport> {
  const data = await explorerData(dirs, options, out);
  const html = pageHtml(data, await pageCode());
  await writeFileAtomic(out, html);
  const { frames, ids, notes } = data;
  return { file: out, clips: ids.length, megabytes: Buffer.byteLength(html) / 1e6, frames: frames ? `${frames.count} of ${frames.side} x ${frames.side}${frames.folder === undefined ? '' : ` in ${frames.folder}`}` : 'none', notes };
}

async function explorerData(given: string | readonly string[], options: ExplorerOptions, out?: string): Promise<PageData> {
  const dirs = typeof given === 'string' ? [given] : given;
  if (dirs.length < 1 || dirs.length > 2) throw new UserError(`explore: expected one or two runs, found ${dirs.length}`);
  const { maxMb = 40, onProgress } = options;
  const evaluated: EvaluatedRun[] = [];
  for (const dir of dirs) evaluated.push(await readEvaluated(dir));
  const first = evaluated[0]!, ids = sharedIds(evaluated), { labelNames, fingerprint, split } = first.predictions;
  if (evaluated.some(({ predictions }) => predictions.labelNames.join() !== labelNames.join())) throw new UserError(`${dirs.join(' and ')}: have other classes, ${evaluated.map(({ predictions }) => predictions.labelNames.join(', ')).join(' and ')}`);
  const material = await readMaterial({ record: first.run.record, fingerprint, ids, data: options.data });
  const runs = await runsData(evaluated, ids, material, options);
  const { name, isSynthetic } = first.run.record.dataset;
  const base: Omit<PageData, 'frames' | 'notes'> = {
    version: 1, split, datasetName: name, isSynthetic, labelNames, colours: classColours(labelNames), ids, labels: Array.from(restrict(first.state, ids).labels),
    attributes: material.attributes, intensity: material.intensity, runs, map: `${mapInWords(ids.length, first.state.width, options)}, seed ${seedOf(evaluated, options)}`,
  };
  const rest = maxMb * 1e6 - JSON.stringify(base).length - 3e5; // the page's own code takes less than that
  const { frames, notes } = await framesData(ids, material, isSynthetic, rest, options, out);
  const left = Math.max(...evaluated.map(({ state }) => state.ids.length)) - ids.length;
  onProgress?.({ done: 100, total: 100 });
  return { ...base, frames, notes: [...left > 0 ? [`${left} clips that only one of the runs evaluated are left out`] : [], ...labelNotes(first.state), ...material.notes, ...notes] };
}

const seedOf = (evaluated: readonly EvaluatedRun[], { seed }: ExplorerOptions): number => seed ?? evaluated[0]!.run.record.experiment.seed;

const labelNotes = ({ labels }: State): string[] => (new Set(labels).size < 2 ? ['all clips are of one class: there is no separation of classes to measure'] : []);

async function runsData(evaluated: readonly EvaluatedRun[], ids: readonly string[], material: Material, options: ExplorerOptions): Promise<RunData[]> {
  const states = [];
  for (const one of evaluated) states.push(await statesOf(one, material, options));
  const spaceBytes = (SPACE_SHARE * (options.maxMb ?? 40) * 1e6 * 0.75) / states.flat().length;
  const { map = 'umap', pca = 50, signal, onProgress } = options;
  const seed = seedOf(evaluated, options);
  const runs: RunData[] = [];
  let anchor: Float32Array | undefined;
  for (const [r, { run, name }] of evaluated.entries()) {
    const snapshots: SnapshotData[] = [];
    // the evaluated epoch first: it is what both runs, and the earlier epochs backwards, are aligned with
    let onto = anchor;
    for (const state of states[r]!.toReversed()) {
      const report = onProgress && ((progress: Progress): void => { onProgress({ ...progress, note: `${name}, epoch ${state.epoch}: ${progress.note ?? 'map'}` }); });
      const placed = await snapshotOf(restrict(state, ids), onto, { seed, map, pca, spaceBytes, signal, ...report && { onProgress: report } });
      onto = placed.positions;
      anchor ??= placed.positions;
      snapshots.unshift(placed.data);
    }
    const { experiment, dataset } = run.record;
    runs.push({ name, what: describe(experiment), fold: dataset.fold, seed: experiment.seed, isLeaky: experiment.selection === 'best-on-test', snapshots });
  }
  return runs;
}

/** The evaluated state, and those of saved epochs before it where they were asked for. */
async function statesOf({ run, state }: EvaluatedRun, { dataset }: Material, { epochs = 0, engine, signal, onProgress }: ExplorerOptions): Promise<State[]> {
  const saved = epochs > 0 ? (await run.listCheckpoints()).filter((epoch) => epoch < state.epoch) : [];
  if (saved.length === 0) return [state];
  if (!dataset || !engine) throw new UserError(`${run.dir}: its earlier epochs are evaluated on the clips: say where they are with --data, or leave --epochs out`);
  const earlier = await epochStates(run, { engine: await engine(), dataset, epochs: pickEpochs(saved, epochs), signal, ...onProgress && { onProgress } });
  const known = new Set(state.ids);
  return [...earlier.map((one) => restrict(one, one.ids.filter((id) => known.has(id)))), state];
}

async function framesData(ids: readonly string[], { dataset }: Material, isSynthetic: boolean, budget: number, options: ExplorerOptions, out?: string): Promise<{ frames: FramesData | null; notes: string[] }> {
  const { frames: isWanted = true, embedFrames = false, seed = 1, signal, onProgress } = options;
  if (!dataset || !isWanted) return { frames: null, notes: [] };
  if (!isSynthetic && !embedFrames) return { frames: null, notes: ['frames of a licensed set are left out; --embed-frames puts them in, and the page must then not be given away'] };
  const lists = framesOf(ids, dataset), work = { signal, ...onProgress && { onProgress } };
  const inside = await packSprites(lists, { seed, budget, ...work });
  if (inside) return { frames: inside, notes: [] };
  if (out === undefined) return { frames: null, notes: [`frames do not fit in ${options.maxMb ?? 40} MB and are left out`] };
  const name = `${basename(out).replace(/\.html?$/i, '')}-frames`;
  return { frames: await writeSpriteFolder(lists, join(dirname(out), name), name, work), notes: [`frames do not fit in ${options.maxMb ?? 40} MB: they are in the folder ${name}, which has to stay beside this page`] };
}

export function describe({ gca, lambda, auxWeight }: ExperimentConfig): string {
  const blocks = [gca.layer2 && 'layer2', gca.layer3 && 'layer3'].filter(Boolean);
  return [blocks.length > 0 ? `GCA on ${blocks.join(', ')}` : 'no GCA', lambda > 0 ? `IAL, λ ${lambda}` : 'cross-entropy', ...auxWeight > 0 ? [`auxiliary ${auxWeight}`] : []].join('; ');
}

function mapInWords(clips: number, width: number, { map = 'umap', pca = 50 }: ExplorerOptions): string {
  if (!usesUmap(clips, map)) return `first two principal components${map === 'umap' ? ' (too few clips for UMAP)' : ''}`;
  return `UMAP of ${pca === 'off' || pca >= width ? 'the features as they are' : `${Math.min(pca, clips)} principal components`}`;
}
