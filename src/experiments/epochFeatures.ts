// Features of the same test clips at several epochs of a run, in half precision: small enough to be committed. For epochs
// as small multiples and the explorer's slider.
import { basename, resolve } from 'node:path';
import type { Progress } from '../data/clip.ts';
import { createLoader } from '../data/loader.ts';
import { readIdentities } from '../data/sidecar.ts';
import type { Engine } from '../engine/tensorflow.ts';
import { UserError } from '../errors.ts';
import { createInference } from '../evaluate/inference.ts';
import { metricsOf } from '../evaluate/metrics.ts';
import { predict, type ClipOutputs } from '../evaluate/predict.ts';
import { readBytes } from '../files/failure.ts';
import { createNetworkState } from '../model/state.ts';
import { initialWeights, type Weights } from '../model/weights.ts';
import { readRunDataset } from '../runs/dataset.ts';
import { openRun, type Run } from '../runs/run.ts';
import { parseSafetensors, writeSafetensors, type HostTensor } from '../runs/safetensors.ts';
import { weightsOf } from '../train/trainer.ts';

export interface EpochFeatures {
  /** Name of the run folder. */
  readonly run: string;
  readonly labelNames: readonly string[];
  readonly isSynthetic: boolean;
  readonly ids: readonly string[];
  /** [clips] */
  readonly labels: Int32Array;
  readonly width: number;
  /** Who is in each clip, in the order of ids; absent where the set does not tell. */
  readonly people?: readonly string[];
  readonly epochs: readonly EpochOfFeatures[];
}

export interface EpochOfFeatures {
  /** 0: before the first step. */
  readonly epoch: number;
  /** Of the same clips with that epoch's weights. */
  readonly uar: number;
  /** [clips, width], row-major. */
  readonly values: Float32Array;
}

export interface EpochFeaturesOptions {
  readonly engine: Engine;
  /** The run folder, with a checkpoint of each epoch (train --keep-epochs). */
  readonly dir: string;
  /** 0 needs no checkpoint. */
  readonly epochs: readonly number[];
  readonly data?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** @throws UserError for an epoch without a checkpoint, Interrupted. */
export async function epochFeatures({ engine, dir, epochs, data, signal, onProgress }: EpochFeaturesOptions): Promise<EpochFeatures> {
  const run = await openRun(dir), { experiment: config, dataset: { labelNames } } = run.record;
  await checkEpochs(run, epochs);
  const dataset = await readRunDataset(run.record, { data });
  const loader = createLoader({});
  const found: { epoch: number; outputs: ClipOutputs }[] = [];
  try {
    for (const epoch of epochs) {
      const state = createNetworkState(config, await weightsAt(run, epoch), dir), inference = createInference(engine.ops, state);
      const tell = (progress: Progress): void => onProgress?.({ done: found.length * dataset.test.length + progress.done, total: epochs.length * dataset.test.length, note: `epoch ${epoch}` });
      try {
        found.push({ epoch, outputs: await predict(inference, { loader, clips: dataset.test, signal, onProgress: tell }) });
      } finally { inference.dispose(); state.dispose(); }
    }
  } finally { await loader.close(); }
  const { predictions, width } = found[0]!.outputs, identities = await readIdentities(dataset.root);
  return {
    run: basename(resolve(dir)), labelNames, isSynthetic: dataset.isSynthetic, ids: predictions.map(({ id }) => id), labels: Int32Array.from(predictions, ({ label }) => label), width,
    ...identities && { people: predictions.map(({ id }) => identities.get(id) ?? id) },
    epochs: found.map(({ epoch, outputs }) => ({ epoch, uar: metricsOf(outputs.predictions, labelNames.length).uar, values: outputs.features })),
  };
}

async function checkEpochs(run: Run, epochs: readonly number[]): Promise<void> {
  const kept = await run.listCheckpoints(), missing = epochs.find((epoch) => epoch !== 0 && !kept.includes(epoch));
  if (epochs.length === 0) throw new UserError('--epochs: expected at least one epoch');
  if (missing !== undefined) throw new UserError(`${run.dir}: has no checkpoint of epoch ${missing}, only of ${kept.join(', ') || 'none'}; train with --keep-epochs`);
}

const weightsAt = async (run: Run, epoch: number): Promise<Weights> => (epoch === 0 ? initialWeights(run.record.experiment) : weightsOf((await run.readCheckpoint(epoch)).weights));

/** @throws UserError where the file cannot be written. */
export async function writeEpochFeatures(file: string, { ids, labels, width, epochs, ...head }: EpochFeatures): Promise<void> {
  const tensors = new Map<string, HostTensor>([['labels', { dtype: 'I32', shape: [ids.length], data: labels }]]);
  for (const { epoch, values } of epochs) tensors.set(`epoch ${epoch}`, { dtype: 'F16', shape: [ids.length, width], data: values });
  await writeSafetensors(file, tensors, { content: 'features by epoch', ids: JSON.stringify(ids), uar: JSON.stringify(epochs.map(({ epoch, uar }) => [epoch, uar])), head: JSON.stringify(head) });
}

/** @throws UserError for a file of something else. */
export async function readEpochFeatures(file: string): Promise<EpochFeatures> {
  const { tensors, metadata } = parseSafetensors(await readBytes(file), file);
  if (metadata['content'] !== 'features by epoch') throw new UserError(`${file}: expected what "ial features --epochs" writes`);
  const scores = JSON.parse(metadata['uar']!) as [number, number][];
  const epochs = scores.map(([epoch, uar]): EpochOfFeatures => ({ epoch, uar, values: tensors.get(`epoch ${epoch}`)!.data as Float32Array }));
  const ids = JSON.parse(metadata['ids']!) as string[];
  return { ...JSON.parse(metadata['head']!) as Pick<EpochFeatures, 'run' | 'labelNames' | 'isSynthetic' | 'people'>, ids, labels: tensors.get('labels')!.data as Int32Array, width: epochs[0]!.values.length / ids.length, epochs };
}
