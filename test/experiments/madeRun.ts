// Small finished runs, as archived ones and as those made anew.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import { createRun } from '../../src/runs/run.ts';
import { line, RECORD } from '../runs/record.ts';

export interface Made { readonly sources: string; readonly shift?: number; readonly loss?: number; readonly swapped?: boolean; readonly seed?: number; readonly device?: string }

/** A run of one epoch over four clips below `folder`. */
export async function make(folder: string, { sources, shift = 0, loss = 1, swapped = false, seed = 1, device = RECORD.device }: Made): Promise<void> {
  const { labelNames, fingerprint } = RECORD.dataset, [one, other] = swapped ? [2, 1] : [1, 2];
  const predictions = ['a', 'b', 'c', 'd'].map((id, i) => ({ id, label: i % labelNames.length, logits: labelNames.map((_, c) => (c === 0 ? one + shift : c === 1 ? other : 0)) }));
  mkdirSync(folder, { recursive: true });
  const run = await createRun(join(folder, `seed${seed}`), { ...RECORD, sources, device, experiment: { ...RECORD.experiment, epochs: 1, seed } });
  const epoch = line(1);
  await run.appendMetrics({ ...epoch, losses: { ...epoch.losses, total: loss } });
  await run.writePredictions({ split: 'test', epoch: 1, labelNames, fingerprint, predictions });
  await run.writeEvaluation({ split: 'test', epoch: 1, labelNames, fingerprint, isSynthetic: true, selection: 'last', isLeaky: false, metrics: metricsOf(predictions, labelNames.length) });
  await run.close();
}
