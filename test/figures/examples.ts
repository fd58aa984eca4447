// Small made-up results that the figures' tests draw.
import { metricsOfConfusion } from '../../src/evaluate/metrics.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import type { IntensityReport } from '../../src/runs/reports.ts';
import type { EpochMetrics, Metrics } from '../../src/runs/types.ts';

/** Every class has clips, the diagonal leads, nothing is symmetric. */
export const confusion = (shift: number): number[][] =>
  EXPRESSIONS.map((_, label) => EXPRESSIONS.map((_, taken) => (label === taken ? 20 + shift + label : (2 * label + taken + shift) % 5)));

export const metrics = (shift: number): Metrics => metricsOfConfusion(confusion(shift));

export const epochs = (gain: number, hasAuxiliary: boolean): EpochMetrics[] => [1, 2, 3].map((epoch) => ({
  epoch, step: 10 * epoch, learningRate: 0.001, seconds: 1, clipsPerSecond: 80, trainWar: 0.2 + gain * epoch,
  losses: { total: 2 - gain * epoch, crossEntropy: 1.9 - gain * epoch, auxiliary: hasAuxiliary ? 1.9 : 0, intensityAware: 0.9 },
  ...epoch !== 2 && { evaluation: { split: 'test' as const, clips: 70, uar: 0.15 + gain * epoch, war: 0.2 + gain * epoch } },
}));

export const intensity = (gain: number): IntensityReport => ({
  bins: [
    { low: 0.1, high: 0.4, clips: 30, recall: { estimate: 0.3 + gain, low: 0.2 + gain, high: 0.4 + gain }, margin: null },
    { low: 0.4, high: 0.7, clips: 0, recall: null, margin: null },
    { low: 0.7, high: 1, clips: 20, recall: { estimate: 0.6, low: 0.5, high: 0.7 }, margin: null },
  ],
  correlation: null, clips: 50, clipsLeftOut: 10,
});
