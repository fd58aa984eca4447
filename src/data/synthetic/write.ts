// Writes a benchmark folder: whole or not at all. Rendering goes to a hidden folder beside, which an interrupted run leaves and the next
// one continues; the folder gets its name when everything is in it.

import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import lockfile from 'proper-lockfile';
import { UserError, throwIfInterrupted } from '../../errors.ts';
import { EXPRESSIONS } from '../../labels.ts';
import { codeOf, fileError } from '../../runs/files.ts';
import type { Progress } from '../clip.ts';
import type { ClipDescription } from './describe.ts';
import { ferv39kLayout } from './ferv39kLayout.ts';
import { dfewLayout, listedLabels, truthFiles, type Layout, type NamedClip, type OutputFile } from './layout.ts';
import { describePlanned, planClips, planFolds, resolveParameters, type BenchmarkOptions, type SyntheticParameters } from './plan.ts';
import { renderClips, type RenderResult } from './pool.ts';

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

export interface SyntheticCounts {
  readonly clips: number;
  readonly identities: number;
  readonly frames: number;
  readonly bytes: number;
  /** Clips of each expression, in the order of EXPRESSIONS. */
  readonly expressions: readonly number[];
  /** Listed clips of each fold by class, in the order of EXPRESSIONS. FERV39k's layout uses the first fold. */
  readonly folds: readonly { readonly train: readonly number[]; readonly test: readonly number[] }[];
}

interface SyntheticFile {
  readonly about: string;
  readonly parameters: SyntheticParameters;
  readonly counts: SyntheticCounts;
  readonly digest: string;
  readonly manifest: { readonly clips: Readonly<Record<string, string>>; readonly files: Readonly<Record<string, string>> };
}

const ABOUT = 'Synthetic faces rendered by intensity-aware-workbook: a diagnostic benchmark, no real people. clips: SHA-256 over the bytes of all frames in order.';
const LAYOUTS: Readonly<Record<SyntheticParameters['layout'], Layout>> = { dfew: dfewLayout, ferv39k: ferv39kLayout };
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

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

/** What `root` holds: this benchmark, or nothing. @throws UserError for anything else. */
async function existingBenchmark(root: string, parameters: SyntheticParameters): Promise<SyntheticFile | undefined> {
  const names = await readdir(root).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw fileError(error, root, 'read');
  });
  if (names.length === 0) return undefined;
  const advice = 'choose another folder or delete this one';
  const text = await readFile(join(root, 'synthetic.json'), 'utf8').catch(() => { throw new UserError(`${root}: is not empty and not a synthetic benchmark; ${advice}`); });
  const file = parse(text) as SyntheticFile | undefined;
  const found: Readonly<Record<string, unknown>> = { ...file?.parameters };
  for (const [name, wanted] of Object.entries(parameters)) {
    const [w, f] = [JSON.stringify(wanted), JSON.stringify(found[name])];
    if (w !== f) throw new UserError(`${root}: holds another synthetic benchmark: ${name} is ${f ?? 'missing'}, wanted ${w}; ${advice}`);
  }
  return file;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // cut off by a full disk or a killed process
  }
}

/** Makes the hidden folder, or keeps one that an interrupted run with the same parameters left. Returns the clips that it holds by id. */
async function beginOrContinue(partial: string, parameters: SyntheticParameters): Promise<Map<string, RenderResult>> {
  const plan = JSON.stringify(parameters);
  try {
    if (await readFile(join(partial, 'plan.json'), 'utf8').catch(() => '') === plan) {
      const lines = (await readFile(join(partial, 'done.jsonl'), 'utf8').catch(() => '')).split('\n');
      return new Map(lines.flatMap((line) => (parse(line) as RenderResult | undefined) ?? []).map((result) => [result.id, result]));
    }
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await writeFile(join(partial, 'plan.json'), plan);
    return new Map();
  } catch (error) {
    throw fileError(error, partial, 'write');
  }
}

async function renderMissing(partial: string, parameters: SyntheticParameters, clips: readonly NamedClip[], done: Map<string, RenderResult>, options: RenderOptions): Promise<void> {
  const { onProgress, signal, workers } = options;
  const report = (): void => onProgress?.({ done: done.size, total: clips.length, note: 'clips rendered' });
  report();
  const missing = clips.filter(({ id }) => !done.has(id));
  await renderClips({ root: partial, parameters }, missing, workers, (result) => {
    done.set(result.id, result);
    appendFileSync(join(partial, 'done.jsonl'), `${JSON.stringify(result)}\n`); // after the frames: a clip without its line is rendered again
    report();
  }, signal);
}

async function writeLists(partial: string, layout: Layout, parameters: SyntheticParameters, clips: readonly NamedClip[], done: ReadonlyMap<string, RenderResult>): Promise<SyntheticFile> {
  const descriptions = clips.map((clip) => describePlanned(parameters, clip));
  const files = [...layout.lists(parameters, clips, descriptions), ...truthFiles(clips, descriptions)];
  const results = clips.map(({ id }) => done.get(id)!).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const manifest = { clips: Object.fromEntries(results.map((r) => [r.id, r.sha256])), files: Object.fromEntries(files.map((f) => [f.path, sha256(f.content)])) };
  const counts = count(parameters, clips, descriptions, results);
  const file: SyntheticFile = { about: ABOUT, parameters, counts, digest: sha256(JSON.stringify(manifest)), manifest };
  for (const output of [...files, { path: 'synthetic.json', content: `${JSON.stringify(file, undefined, 1)}\n` }]) await writeOutput(partial, output);
  for (const name of ['plan.json', 'done.jsonl']) await rm(join(partial, name));
  return file;
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

function count(parameters: SyntheticParameters, clips: readonly NamedClip[], descriptions: readonly ClipDescription[], results: readonly RenderResult[]): SyntheticCounts {
  const labels = listedLabels(parameters, descriptions);
  const byClass = (numbers: readonly (number | undefined)[]): number[] => EXPRESSIONS.map((_, label) => numbers.filter((n) => n === label).length);
  const listed = (side: readonly { readonly number: number }[]): number[] => byClass(side.map(({ number }) => labels.get(number)));
  const folds = planFolds(parameters, clips).map(({ train, test }) => ({ train: listed(train), test: listed(test) }));
  return {
    clips: clips.length,
    identities: new Set(clips.map(({ identity }) => identity)).size,
    frames: results.reduce((sum, r) => sum + r.frames, 0),
    bytes: results.reduce((sum, r) => sum + r.bytes, 0),
    expressions: byClass(clips.map(({ label }) => label)),
    folds: parameters.layout === 'dfew' ? folds : folds.slice(0, 1),
  };
}
