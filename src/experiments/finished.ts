// The runs that a folder of run folders holds: which are whole, and what each of them is.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { openRun, type Run } from '../runs/run.ts';
import type { Evaluation } from '../runs/types.ts';
import { readAlike, type Alike } from './alike.ts';
import { identityKey, identityOf } from './identity.ts';
import { sourcesHash } from './sources.ts';

export interface FinishedRun {
  readonly run: Run;
  readonly evaluation: Evaluation;
  /** Undefined for runs of before the sources were recorded, and imported ones: tables may show them, nothing reuses them. */
  readonly key: string | undefined;
  /** Today's; others that were shown to give the same results (alike.ts); or others. */
  readonly sources: 'same' | 'alike' | 'other';
}

/** Where commands and notebooks look for finished runs: this machine's own first, then those that came with the repository. */
export const RUN_FOLDERS: readonly string[] = ['runs', 'figures/runs'];

/** Runs directly below the folders that were trained and evaluated to their end, each once although it was archived too; none where there is no such folder. @throws UserError where one cannot be read. */
export async function finishedRuns(folders: string | readonly string[]): Promise<FinishedRun[]> {
  const found = new Map<string, FinishedRun>();
  for (const folder of typeof folders === 'string' ? [folders] : folders) {
    for (const one of await finishedBelow(folder)) {
      const { key = one.run.dir, run: { record: { createdAt } } } = one, made = `${key} ${createdAt}`;
      if (!found.has(made)) found.set(made, one);
    }
  }
  return [...found.values()];
}

async function finishedBelow(folder: string): Promise<FinishedRun[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw fileError(error, folder, 'read');
  });
  const alike = await readAlike(folder), found: FinishedRun[] = [];
  for (const name of names.filter((entry) => !entry.startsWith('.')).sort()) {
    const one = await finishedRun(join(folder, name), alike);
    if (one) found.push(one);
  }
  return found;
}

/** @param alike sources whose runs count as made by today's. Undefined where there is no run, or one that is not whole. */
export async function finishedRun(dir: string, alike?: Alike): Promise<FinishedRun | undefined> {
  try {
    const run = await openRun(dir);
    const evaluation = await run.readEvaluation();
    if (evaluation.fingerprint !== run.record.dataset.fingerprint) return undefined; // evaluated on other clips since
    if (!(await isWhole(run, evaluation))) return undefined;
    const identity = identityOf(run.record), sources = standingOf(run.record.sources, alike);
    return { run, evaluation, key: identity && identityKey({ ...identity, sources: sources === 'other' ? identity.sources : sourcesHash() }), sources };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const standingOf = (sources: string | undefined, alike: Alike | undefined): FinishedRun['sources'] =>
  sources === sourcesHash() ? 'same' : sources !== undefined && alike?.as.includes(sources) ? 'alike' : 'other';

/** Trained to its last epoch, of which "last" is the evaluated one, with predictions that can be read. Imported weights have no history. */
async function isWhole(run: Run, { epoch }: Evaluation): Promise<boolean> {
  const { experiment: { epochs, selection } } = run.record, history = await run.readMetrics();
  await run.readPredictions();
  return history.length === 0 || (history.at(-1)!.epoch === epochs && (selection !== 'last' || epoch === epochs));
}
