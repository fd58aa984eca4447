// Run folders for the explorer's tests, written without a training: features in clusters around their classes.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { preset } from '../../src/config.ts';
import { EXPRESSIONS } from '../../src/labels.ts';
import { random } from '../../src/random.ts';
import { createRun } from '../../src/runs/run.ts';
import { metricsOf } from '../../src/evaluate/metrics.ts';
import type { RunRecord } from '../../src/runs/types.ts';

export interface FakeRun {
  readonly ids: readonly string[];
  readonly labels: readonly number[];
  readonly width?: number;
  /** How far the classes lie apart. */
  readonly spread?: number;
  readonly seed?: number;
  readonly root?: string;
  readonly fingerprint?: string;
  readonly isSynthetic?: boolean;
  readonly isLeftOut?: 'features';
  readonly labelNames?: readonly string[];
}

export function fakeRecord({ root = '', fingerprint = '', isSynthetic = true, labelNames = EXPRESSIONS }: Partial<FakeRun> = {}): RunRecord {
  return {
    experiment: { ...preset('tiny'), numClasses: labelNames.length }, commit: null, versions: { node: '20', project: '0', tensorflow: null }, device: 'none', createdAt: '2026-01-01T00:00:00Z',
    dataset: { name: 'dfew', root, fold: 1, fingerprint, isSynthetic, labelNames, counts: { train: [0], test: [0] } },
  };
}

/** @returns [clips, width] features and [clips][classes] logits; clips of a class lie together as far as `spread` says. */
export function fakeOutputs({ labels, width = 12, spread = 3, seed = 1, labelNames = EXPRESSIONS }: FakeRun): { features: Float32Array; logits: number[][] } {
  const centres = labelNames.map((_, c) => Array.from({ length: width }, (__, d) => spread * random(7, 'centre', c, d).normal()));
  const features = new Float32Array(labels.length * width), logits: number[][] = [];
  for (const [i, label] of labels.entries()) {
    const rng = random(seed, 'clip', i);
    for (let d = 0; d < width; d++) features[i * width + d] = centres[label]![d]! + rng.normal();
    logits.push(labelNames.map((_, c) => Math.fround((c === label ? 1.2 : 0) + rng.normal())));
  }
  return { features, logits };
}

export async function writeFakeRun(dir: string, fake: FakeRun): Promise<void> {
  mkdirSync(join(dir, '..'), { recursive: true });
  const writer = await createRun(dir, fakeRecord(fake)), { ids, labels, width = 12, fingerprint = '', labelNames = EXPRESSIONS } = fake, { features, logits } = fakeOutputs(fake);
  const predictions = ids.map((id, i) => ({ id, label: labels[i]!, logits: logits[i]! }));
  try {
    await writer.writePredictions({ split: 'test', epoch: 3, labelNames, fingerprint, predictions });
    if (fake.isLeftOut !== 'features') await writer.writeFeatures({ split: 'test', epoch: 3, ids, labels: Int32Array.from(labels), values: features, width });
    if (predictions.length > 0) await writer.writeEvaluation({ split: 'test', epoch: 3, labelNames, fingerprint, isSynthetic: true, selection: 'last', isLeaky: false, metrics: metricsOf(predictions, labelNames.length) });
  } finally { await writer.close(); }
}

export const manyClips = (count: number, classes = 7): { ids: string[]; labels: number[] } =>
  ({ ids: Array.from({ length: count }, (_, i) => String(i + 1).padStart(5, '0')), labels: Array.from({ length: count }, (_, i) => i % classes) });

