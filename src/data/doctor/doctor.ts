// The doctor: looks at a dataset folder as a whole and says everything that is wrong with it, and what training will do about it.
import { stat } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { throwIfInterrupted } from '../../errors.ts';
import type { DatasetName, Progress } from '../clip.ts';
import { checkScene } from '../dataset.ts';
import { namesIn } from '../folder.ts';
import { datasetRoot } from '../locate.ts';
import { checkFolders } from './checkFolders.ts';
import { checkFrames } from './checkFrames.ts';
import { checkLists, countClasses } from './checkLists.ts';
import { checkSidecars } from './checkSidecars.ts';
import { framesOf, listedClips, unlistedFolders } from './clips.ts';
import { bySeverity, found, type Finding } from './finding.ts';
import { inspectFrames, type InspectOptions } from './inspect.ts';
import { knownSplit } from './known.ts';
import { readLayout, type Layout } from './layout.ts';
import { checkRendered, readManifest } from './manifest.ts';

export interface DoctorOptions extends InspectOptions {
  readonly root: string;
  /** Told by the lists by default. */
  readonly name?: DatasetName | undefined;
  readonly folds?: readonly number[] | undefined;
  /** One scene of FERV39k instead of all. */
  readonly scene?: string | undefined;
  /** Names only: no image is opened. */
  readonly isFast?: boolean;
  /** Of counting the frames of video files, the first time. */
  readonly onCount?: ((progress: Progress) => void) | undefined;
}

const isFile = (path: string): Promise<boolean> => stat(path).then((found) => found.isFile(), () => false);

export interface FoldSummary {
  readonly fold: number;
  /** "lists: ..." and "frames: ..." of the reader. */
  readonly sources: readonly string[];
  /** Clips of each class, in the order of labelNames; `known`: as published, null where that is not known. */
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly known: { readonly train: readonly number[]; readonly test: readonly number[] } | null;
}

export interface DoctorReport {
  readonly root: string;
  readonly layout: DatasetName | null;
  readonly why: string;
  readonly isSynthetic: boolean;
  readonly mode: 'full' | 'fast';
  readonly labelNames: readonly string[];
  readonly folds: readonly FoldSummary[];
  readonly clips: number;
  readonly frames: number;
  /** Of images read; 0 in the fast mode. */
  readonly bytes: number;
  /** Frames a clip: shortest, median, longest; null without clips. */
  readonly lengths: { readonly min: number; readonly median: number; readonly max: number } | null;
  /** Errors first. */
  readonly findings: readonly Finding[];
  readonly seconds: number;
}

/** @throws UserError when `root` is no folder or cannot be read, for a scene of a set that has none; Interrupted. What is wrong inside is found, never thrown. */
export async function examine({ root: given, name, folds, scene, isFast = false, onCount, ...inspection }: DoctorOptions): Promise<DoctorReport> {
  const start = performance.now(), isList = await isFile(given), root = isList ? resolve(given) : await datasetRoot(given);
  const folder = isList ? dirname(root) : root;
  checkScene(isList ? 'csv' : name ?? 'ferv39k', scene);
  const layout = await readLayout(root, { name: isList ? 'csv' : name, folds, scene, signal: inspection.signal, onProgress: onCount });
  if (!layout?.folds.length && !isList) await namesIn(root); // one that cannot be read says nothing of what it holds
  const rendered = await readManifest(folder);
  const common = { root, isSynthetic: rendered !== undefined, mode: isFast ? 'fast' : 'full', labelNames: layout?.labelNames ?? [] } as const;
  const seconds = (): number => (performance.now() - start) / 1000;
  if (!layout) return { ...common, layout: null, why: 'no list of a known set was found', folds: [], clips: 0, frames: 0, bytes: 0, lengths: null, findings: await nothingKnown(folder, name), seconds: seconds() };
  const clips = await listedClips(layout);
  throwIfInterrupted(inspection.signal);
  const names = [...checkLists(layout, clips, common.isSynthetic), ...checkFolders(layout.name, clips, await unlistedFolders(clips)), ...await checkSidecars({ root, folder, name: layout.name }, clips, rendered)];
  const whole = isFast ? [] : clips.filter((clip) => framesOf(clip).length > 0);
  const facts = await inspectFrames(whole.map((clip) => ({ id: clip.id, files: framesOf(clip) })), inspection);
  const inspected = whole.map((clip, i) => ({ ...clip, facts: facts[i]! }));
  const findings = [...names, ...checkFrames(inspected, layout.labelNames), ...checkRendered(inspected, rendered?.manifest)];
  const lengths = clips.map((clip) => framesOf(clip).length).filter((length) => length > 0).sort((a, b) => a - b);
  return {
    ...common, layout: layout.name, why: layout.why, folds: layout.folds.map((fold) => summary(layout, fold)), clips: clips.length,
    frames: lengths.reduce((sum, length) => sum + length, 0), bytes: facts.reduce((sum, { bytes }) => sum + bytes, 0),
    lengths: lengths.length === 0 ? null : { min: lengths[0]!, median: lengths[lengths.length >> 1]!, max: lengths.at(-1)! },
    findings: bySeverity(findings).map((finding) => ({ ...finding, examples: finding.examples.map((text) => text.replaceAll(folder + sep, '')) })), seconds: seconds(),
  };
}

const summary = ({ name, labelNames, scene }: Layout, { fold, train, test, notes }: Layout['folds'][number]): FoldSummary =>
  ({ fold, sources: notes.filter((note) => /^(lists|frames|scene|folds|classes): /.test(note)), train: countClasses(train, labelNames.length), test: countClasses(test, labelNames.length), known: (scene === undefined ? knownSplit(name, fold) : undefined) ?? null });

/** What the folder holds instead of lists. */
async function nothingKnown(root: string, name: DatasetName | undefined): Promise<Finding[]> {
  const entries = await namesIn(root);
  const holds = entries.length === 0 ? 'the folder is empty' : `the folder holds ${entries.slice(0, 8).join(', ')}${entries.length > 8 ? ` and ${entries.length - 8} more` : ''}`;
  return found('no-lists', 'error', name === 'csv' ? 'no list of clips' : `no lists of ${name ?? 'DFEW or FERV39k'}`, [holds], { training: 'stops', advice: 'pass the folder that holds lists and frames (datasets/README.md shows both layouts), or write a list path,label,split for --dataset csv' });
}
