// What is measured of a finished run beside its recalls: separation in feature space, recall by intensity.
import { readIdentities, readIntensity } from '../data/sidecar.ts';
import { intensityReport, seenPeaks } from '../evaluate/intensity.ts';
import { separation } from '../evaluate/separation.ts';
import { readRunDataset } from '../runs/dataset.ts';
import type { IntensityReport } from '../runs/reports.ts';
import { resumeRun, type Run } from '../runs/run.ts';
import type { Evaluation } from '../runs/types.ts';

/** Adds separation, and intensity where the set knows it, to a run's evaluation unless they stand there. Needs no engine. */
export async function addReports(dir: string, signal?: AbortSignal): Promise<Evaluation> {
  const run = await resumeRun(dir);
  try {
    const before = await run.readEvaluation();
    if (before.separation) return before;
    const { experiment: { seed }, dataset: { root } } = run.record;
    const identities = await readIdentities(root);
    const features = await run.readFeatures();
    if (new Set(features.labels).size < 2) return before; // nothing to separate
    const report = await separation(features, { seed, ...identities && { identities }, ...signal && { signal } });
    const intensity = await intensityOf(run, before, root);
    const evaluation = { ...before, separation: report, ...intensity && { intensity } };
    await run.writeEvaluation(evaluation);
    return evaluation;
  } finally { await run.close(); }
}

/** Adds recall by intensity alone, which is quick. @param data the dataset's folder, when it is no longer where the run was trained */
export async function addIntensity(dir: string, data?: string): Promise<Evaluation> {
  const run = await resumeRun(dir);
  try {
    const before = await run.readEvaluation(), intensity = await intensityOf(run, before, data ?? run.record.dataset.root);
    if (!intensity) return before;
    const evaluation = { ...before, intensity };
    await run.writeEvaluation(evaluation);
    return evaluation;
  } finally { await run.close(); }
}

/** undefined for a set whose intensity nobody knows. */
async function intensityOf(run: Run, { labelNames }: Evaluation, root: string): Promise<IntensityReport | undefined> {
  const { experiment: config } = run.record;
  const [identities, frames] = await Promise.all([readIdentities(root), readIntensity(root)]);
  if (!frames) return undefined;
  const { predictions } = await run.readPredictions();
  const { test } = await readRunDataset(run.record, { data: root, onBadClip: 'skip' }); // the evaluation has said what it thinks of bad clips
  return intensityReport(predictions, seenPeaks(test, frames, config), { seed: config.seed, excludeLabels: [labelNames.indexOf('neutral')], ...identities && { identities } });
}
