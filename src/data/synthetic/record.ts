// synthetic.json: what a benchmark folder says of itself. Written last, so that a folder which has it is complete.

import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { EXPRESSIONS } from '../../labels.ts';
import { codeOf, fileError } from '../../files/failure.ts';
import { listedLabels, type ClipSummary, type NamedClip, type OutputFile } from './layout.ts';
import { planFolds, type SyntheticParameters } from './plan.ts';
import type { RenderResult } from './pool.ts';

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

export interface SyntheticFile {
  readonly about: string;
  readonly parameters: SyntheticParameters;
  readonly counts: SyntheticCounts;
  readonly digest: string;
  readonly manifest: { readonly clips: Readonly<Record<string, string>>; readonly files: Readonly<Record<string, string>> };
}

const ABOUT = [
  'Synthetic faces rendered by intensity-aware-workbook: a diagnostic benchmark, no real people, nothing to compare with results on DFEW or FERV39k.',
  'intensity.csv: true intensity of the label\'s expression, frames counted from 1. The label of a transition clip is the expression that rises.',
  'parameters.labels says whether the lists hold the rendered expression or the majority of ten simulated raters; annotation.xlsx holds the raters.',
  'Test clips of different folds overlap when more than a fifth of the clips are tested. manifest.clips: SHA-256 over the bytes of all frames in order.',
].join(' ');
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** @param results in the order in which they enter the manifest */
export function makeRecord(parameters: SyntheticParameters, counts: SyntheticCounts, results: readonly RenderResult[], files: readonly OutputFile[]): SyntheticFile {
  const manifest = { clips: Object.fromEntries(results.map((r) => [r.id, r.sha256])), files: Object.fromEntries(files.map((f) => [f.path, sha256(f.content)])) };
  return { about: ABOUT, parameters, counts, digest: sha256(JSON.stringify(manifest)), manifest };
}

/** What `root` holds: this benchmark, or nothing. @throws UserError for anything else. */
export async function existingBenchmark(root: string, parameters: SyntheticParameters): Promise<SyntheticFile | undefined> {
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

/** Undefined for what is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // cut off by a full disk or a killed process
  }
}

export function countClips(parameters: SyntheticParameters, clips: readonly NamedClip[], descriptions: readonly ClipSummary[], results: readonly RenderResult[]): SyntheticCounts {
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
