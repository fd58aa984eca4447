// Distances and cluster measures of a run's features, kept in its evaluation.json.
import type { Progress } from '../data/clip.ts';
import { separation } from '../evaluate/separation.ts';
import type { SeparationReport } from '../runs/reports.ts';
import { openRun, resumeRun } from '../runs/run.ts';
import { identitiesOf } from './people.ts';

export interface SeparateOptions {
  /** The run folder. */
  readonly dir: string;
  /** Compute it although evaluation.json has it. */
  readonly again?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

export interface SeparatedRun { readonly run: string; readonly labelNames: readonly string[]; readonly isSynthetic: boolean; readonly isLeaky: boolean; readonly separation: SeparationReport }

/** @throws UserError for a run that has not been evaluated, Interrupted. */
export async function separateRun({ dir, again = false, signal, onProgress }: SeparateOptions): Promise<SeparatedRun> {
  const run = await openRun(dir), { seed } = run.record.experiment;
  const evaluation = await run.readEvaluation();
  const { labelNames, isSynthetic, isLeaky } = evaluation;
  if (evaluation.separation && !again) return { run: dir, labelNames, isSynthetic, isLeaky, separation: evaluation.separation };
  const identities = await identitiesOf([{ run }]).catch(() => undefined); // a moved dataset: whole clips are drawn instead
  const report = await separation(await run.readFeatures(), { seed, ...identities && { identities }, ...signal && { signal }, ...onProgress && { onProgress } });
  const writer = await resumeRun(dir);
  try {
    await writer.writeEvaluation({ ...await writer.readEvaluation(), separation: report });
  } finally { await writer.close(); }
  return { run: dir, labelNames, isSynthetic, isLeaky, separation: report };
}
