// Writes a benchmark folder: whole or not at all. Rendering goes to a hidden folder beside, which an interrupted run leaves and the next
// one continues; the folder gets its name when everything is in it.

import { appendFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import lockfile from 'proper-lockfile';
import { UserError, throwIfInterrupted } from '../../errors.ts';
import { codeOf, fileError } from '../../files/failure.ts';
import type { Progress } from '../clip.ts';
import { LAYOUTS } from './benchmark.ts';
import { summaryOf, truthFiles, type ClipSummary, type Layout, type NamedClip, type OutputFile } from './layout.ts';
import { describePlanned, planClips, resolveParameters, type BenchmarkOptions, type SyntheticParameters } from './plan.ts';
import { renderClips, type RenderResult } from './pool.ts';
import { countClips, existingBenchmark, makeRecord, parse, type SyntheticCounts, type SyntheticFile } from './record.ts';

export interface RenderOptions extends BenchmarkOptions {
  /** The folder to write; its parent is made when absent. */
  readonly root: string;
  /** Threads; default: one for each processor core. Changes no byte. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** Clips done so far. */
  readonly onProgress?: (progress: Progress) => void;
}

/** What synthetic.json says, without the manifest. */
export interface SyntheticReport {
  readonly root: string;
  readonly parameters: SyntheticParameters;
  readonly counts: SyntheticCounts;
  /** SHA-256 over the manifest: equal for equal benchmarks. */
  readonly digest: string;
  /** True when the folder was complete already and nothing was rendered. */
  readonly isReused: boolean;
  readonly seconds: number;
}

/** Renders a benchmark, or returns at once when `root` holds it already. @throws UserError, Interrupted */
export async function renderSynthetic(options: RenderOptions): Promise<SyntheticReport> {
  const started = Date.now();
  const root = resolve(options.root);
  const parameters = resolveParameters(options);
  throwIfInterrupted(options.signal);
  const existing = await existingBenchmark(root, parameters);
  if (existing) return { root, parameters, counts: existing.counts, digest: existing.digest, isReused: true, seconds: 0 };
  const partial = join(dirname(root), `.${basename(root)}.partial`);
  await makeFolder(dirname(root));
  const release = await lockFor(partial, root);
  try {
    // another process may have finished it while this one waited for the lock
    const finished = await existingBenchmark(root, parameters);
    if (finished) return { root, parameters, counts: finished.counts, digest: finished.digest, isReused: true, seconds: 0 };
    const { counts, digest } = await build(root, partial, parameters, options);
    return { root, parameters, counts, digest, isReused: false, seconds: (Date.now() - started) / 1000 };
  } finally {
    await release();
  }
}

/** Renders into `partial` what it lacks, adds the lists, and gives it its name. */
async function build(root: string, partial: string, parameters: SyntheticParameters, options: RenderOptions): Promise<SyntheticFile> {
  const layout = LAYOUTS[parameters.layout];
  const clips = layout.name(planClips(parameters), parameters.seed);
  const done = await beginOrContinue(partial, parameters);
  await renderMissing(partial, parameters, clips, done, options);
  const file = await writeLists(partial, layout, parameters, clips, done);
  await rmdir(root).catch(() => undefined); // an empty folder may give way
  await rename(partial, root).catch((error: unknown) => { throw fileError(error, root, 'write'); });
  return file;
}

const makeFolder = (folder: string): Promise<unknown> => mkdir(folder, { recursive: true }).catch((error: unknown) => { throw fileError(error, folder, 'write'); });

/** One process at a time fills a folder. A lock that a killed process left goes stale after ten seconds, so it is waited for a little longer. */
async function lockFor(partial: string, root: string): Promise<() => Promise<void>> {
  try {
    return await lockfile.lock(partial, { realpath: false, stale: 10_000, retries: { retries: 12, minTimeout: 1000, maxTimeout: 1000, factor: 1 } });
  } catch (error) {
    if (codeOf(error) === 'ELOCKED') throw new UserError(`${root}: is being rendered by another process; wait for it or choose another folder`);
    throw fileError(error, root, 'write');
  }
}

/** Makes the hidden folder, or keeps one that an interrupted run with the same parameters left. Returns the clips that it holds by id. */
async function beginOrContinue(partial: string, parameters: SyntheticParameters): Promise<Map<string, RenderResult>> {
  const plan = JSON.stringify(parameters);
  try {
    if (await readFile(join(partial, 'plan.json'), 'utf8').catch(() => '') === plan) {
      const lines = (await readFile(join(partial, 'done.jsonl'), 'utf8').catch(() => '')).split('\n');
      const results = lines.flatMap((line) => (parse(line) as RenderResult | undefined) ?? []);
      await writeFile(join(partial, 'done.jsonl'), results.map(doneLine).join('')); // a killed process may have left half a line
      return new Map(results.map((result) => [result.id, result]));
    }
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await writeFile(join(partial, 'plan.json'), plan);
    return new Map();
  } catch (error) {
    throw fileError(error, partial, 'write');
  }
}

const doneLine = (result: RenderResult): string => `${JSON.stringify(result)}\n`;

async function renderMissing(partial: string, parameters: SyntheticParameters, clips: readonly NamedClip[], done: Map<string, RenderResult>, options: RenderOptions): Promise<void> {
  const { onProgress, signal, workers } = options;
  const report = (): void => onProgress?.({ done: done.size, total: clips.length, note: 'clips rendered' });
  report();
  const missing = clips.filter(({ id }) => !done.has(id));
  await renderClips({ root: partial, parameters }, missing, workers, (result) => {
    done.set(result.id, result);
    try {
      appendFileSync(join(partial, 'done.jsonl'), doneLine(result)); // after the frames: a clip without its line is rendered again
    } catch (error) {
      throw fileError(error, partial, 'write');
    }
    report();
  }, signal);
}

async function writeLists(partial: string, layout: Layout, parameters: SyntheticParameters, clips: readonly NamedClip[], done: ReadonlyMap<string, RenderResult>): Promise<SyntheticFile> {
  const descriptions = await summarise(parameters, clips);
  const files = [...layout.lists(parameters, clips, descriptions), ...truthFiles(clips, descriptions)];
  const results = clips.map(({ id }) => done.get(id)!).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const file = makeRecord(parameters, countClips(parameters, clips, descriptions, results), results, files);
  for (const output of [...files, { path: 'synthetic.json', content: `${JSON.stringify(file, undefined, 1)}\n` }]) await writeOutput(partial, output);
  for (const name of ['plan.json', 'done.jsonl']) await rm(join(partial, name));
  return file;
}

/** Leaves room for timers in between: the lock needs its heartbeat. */
async function summarise(parameters: SyntheticParameters, clips: readonly NamedClip[]): Promise<ClipSummary[]> {
  const summaries: ClipSummary[] = [];
  for (const clip of clips) {
    if (summaries.push(summaryOf(describePlanned(parameters, clip))) % 64 === 0) await setImmediate();
  }
  return summaries;
}

async function writeOutput(root: string, { path, content }: OutputFile): Promise<void> {
  const file = join(root, path);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  } catch (error) {
    throw fileError(error, file, 'write');
  }
}
