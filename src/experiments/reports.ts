// What is measured of a finished run beside its recalls: separation in feature space, recall by intensity.
import { readDataset } from '../data/dataset.ts';
import { readIdentities, readIntensity } from '../data/sidecar.ts';
import { intensityReport, seenPeaks } from '../evaluate/intensity.ts';
import { separation } from '../evaluate/separation.ts';
import { resumeRun } from '../runs/run.ts';
import type { Evaluation } from '../runs/types.ts';

/** Adds separation, and intensity where the set knows it, to a run's evaluation unless they stand there. Needs no engine. */
export async function addReports(dir: string, signal?: AbortSignal): Promise<Evaluation> {
  const run = await resumeRun(dir);
  try {
    const before = await run.readEvaluation();
    if (before.separation) return before;
    const { experiment: config, dataset: { name, root, fold } } = run.record;
    const { seed } = config;
    const [identities, frames] = await Promise.all([readIdentities(root), readIntensity(root)]);
    const features = await run.readFeatures();
    if (new Set(features.labels).size < 2) return before; // nothing to separate
    const report = await separation(features, { seed, ...identities && { identities }, ...signal && { signal } });
    const { predictions } = await run.readPredictions();
    const peaks = frames && seenPeaks((await readDataset({ name, root, fold })).test, frames, config);
    const neutral = before.labelNames.indexOf('neutral');
    const intensity = peaks && intensityReport(predictions, peaks, { seed, excludeLabels: [neutral], ...identities && { identities } });
    const evaluation = { ...before, separation: report, ...intensity && { intensity } };
    await run.writeEvaluation(evaluation);
    return evaluation;
  } finally { await run.close(); }
}
