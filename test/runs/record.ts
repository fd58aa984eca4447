// A plausible run in small: its record, checkpoints and metrics.
import { preset } from '../../src/config.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import type { HostTensor } from '../../src/runs/safetensors.ts';
import type { Checkpoint, EpochMetrics, RunRecord } from '../../src/runs/types.ts';

export const RECORD: RunRecord = {
  experiment: preset('tiny'), commit: 'abc1234', versions: { node: '20.20.2', project: '0.1.0', tensorflow: '2.21.0' },
  dataset: {
    name: 'dfew', root: '/data/dfew', fold: 1, fingerprint: 'f00d', isSynthetic: true, labelNames: EXPRESSIONS,
    counts: { train: [9, 8, 7, 6, 5, 4, 3], test: [3, 3, 3, 3, 3, 3, 3] },
  },
  device: 'cpu, 2 threads', createdAt: '2026-01-01T00:00:00.000Z',
};

export const vector = (...values: number[]): HostTensor => ({ dtype: 'F32', shape: [values.length], data: Float32Array.from(values) });

export const checkpoint = (epoch: number): Checkpoint => ({
  state: { seed: 1, epoch, step: 10 * epoch },
  weights: new Map([['fc.weight', vector(epoch, 0.5)], ['fc.bias', vector(-epoch)]]),
  optimizer: new Map([['momentum.fc.weight', vector(0, epoch)]]),
});

export const line = (epoch: number): EpochMetrics => ({ epoch, step: 10 * epoch, learningRate: 1e-3, losses: { total: 1.9, crossEntropy: 1.8 }, seconds: 2, clipsPerSecond: 40 });
