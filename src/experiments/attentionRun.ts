// Reads the GCA weights out of a run's network on its test clips, and asks what the network predicts without them.
import { basename, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor, Tensor5D } from '@tensorflow/tfjs-core';
import type { ExperimentConfig } from '../config.ts';
import type { Clip, Dataset, Progress } from '../data/clip.ts';
import { createLoader, frameIndices, type Loader } from '../data/loader.ts';
import { readIdentities, readIntensity } from '../data/sidecar.ts';
import type { Engine } from '../engine/tensorflow.ts';
import { UserError } from '../errors.ts';
import { scales, type GcaClip, type GcaLayer, type GcaWeights } from '../evaluate/attention.ts';
import type { Inference } from '../evaluate/inference.ts';
import { predict, type ClipOutputs } from '../evaluate/predict.ts';
import { forward, inputShape } from '../model/network.ts';
import { createNetworkState } from '../model/state.ts';
import { initialWeights, type Weights } from '../model/weights.ts';
import { readRunDataset } from '../runs/dataset.ts';
import { openRun, type Run } from '../runs/run.ts';
import { weightsOf } from '../train/trainer.ts';
import type { AttentionRecord } from './attentionFile.ts';
import { selectedCheckpoint } from './evaluation.ts';

export interface AttentionOptions {
  readonly engine: Engine;
  /** The run folder, with its weights. */
  readonly dir: string;
  /** The dataset's folder, when it is no longer where the run was trained. */
  readonly data?: string;
  /** The network before its first step instead: what training has made of the weights is the difference. */
  readonly untrained?: boolean;
  readonly signal?: AbortSignal;
  /** Passes over the clips: `note` says which. */
  readonly onProgress?: (progress: Progress) => void;
  readonly onWarning?: (line: string) => void;
}

type Layer = 'layer2' | 'layer3';

/** @throws UserError for a run without GCA or without weights, Interrupted. */
export async function readGca(options: AttentionOptions): Promise<AttentionRecord> {
  const { dir, data, untrained = false } = options, run = await openRun(dir), { experiment: config, dataset: { labelNames } } = run.record;
  const layers = (['layer2', 'layer3'] as const).filter((layer) => config.gca[layer]);
  if (layers.length === 0) throw new UserError(`${dir}: its network has no GCA block; train one with --variant gca+ial`);
  const dataset = await readRunDataset(run.record, { data });
  const { epoch, weights } = await startingWeights(run, untrained, options.onWarning);
  const loader = createLoader({});
  try {
    const ask = (modified: Weights, note: string): Promise<Observed> => observe(config, modified, layers, dataset, loader, { ...options, onProgress: (progress) => options.onProgress?.({ ...progress, note }) });
    const trained = await ask(weights, 'as trained');
    const frozen = await ask(without(weights, layers, (layer) => meanScales(trained.layers, layer, trained.frames)), 'frozen at the mean');
    const one = await ask(without(weights, layers, () => undefined), 'all weights 1');
    return {
      weights: { clips: await factsOf(dataset, config, trained), frames: trained.frames, layers: trained.layers }, labelNames, isSynthetic: dataset.isSynthetic, epoch, run: basename(resolve(dir)),
      predictions: { 'as trained': trained.outputs.predictions, 'frozen at the mean': frozen.outputs.predictions, 'all weights 1': one.outputs.predictions },
    };
  } finally { await loader.close(); }
}

async function startingWeights(run: Run, untrained: boolean, onWarning?: (line: string) => void): Promise<{ epoch: number; weights: Weights }> {
  if (untrained) return { epoch: 0, weights: initialWeights(run.record.experiment) };
  const { state, weights } = await selectedCheckpoint(run, onWarning);
  return { epoch: state.epoch, weights: weightsOf(weights) };
}

interface Observed { readonly outputs: ClipOutputs; readonly layers: GcaLayer[]; readonly frames: number }

async function observe(config: ExperimentConfig, weights: Weights, layers: readonly Layer[], dataset: Dataset, loader: Loader, { engine, dir, signal, onProgress }: AttentionOptions): Promise<Observed> {
  const state = createNetworkState(config, weights, dir), seen = new Map<Layer, Float32Array[]>(layers.map((layer) => [layer, []]));
  const inference: Inference = {
    config, push() {}, dispose() {},
    run(images, clips) {
      const [logits, features] = tf.tidy(() => {
        const probe = (name: string, value: Tensor): void => { seen.get(layerNamed(name)!)?.push(value.dataSync<'float32'>() as Float32Array); };
        const output = forward({ ops: engine.ops, config, tensors: state.tensors, isTraining: false, probe: (name, value) => { if (name.endsWith('.frameWeights')) probe(name, value); } }, tf.tensor(images, inputShape(clips, config)) as Tensor5D);
        return [output.logits.arraySync(), output.features.dataSync<'float32'>() as Float32Array];
      });
      return { logits, features };
    },
  };
  try {
    const outputs = await predict(inference, { loader, clips: dataset.test, signal, ...onProgress && { onProgress } });
    const frames = config.numSegments * config.framesPerSegment;
    return { outputs, frames, layers: layers.map((name) => layerFrom(name, seen.get(name)!, outputs.predictions.length * frames)) };
  } finally { state.dispose(); }
}

const layerNamed = (probe: string): Layer | undefined => (['layer2', 'layer3'] as const).find((layer) => probe.includes(`.${layer}.`));

function layerFrom(name: Layer, parts: readonly Float32Array[], rows: number): GcaLayer {
  const frameWeights = Float32Array.from(parts.flatMap((part) => [...part]));
  return { name, channels: frameWeights.length / rows, frameWeights };
}

/** Each channel's mean scale over all frames of all clips. */
function meanScales(layers: readonly GcaLayer[], name: Layer, frames: number): Float64Array {
  const layer = layers.find((one) => one.name === name)!, values = scales(layer, frames), means = new Float64Array(layer.channels);
  values.forEach((value, i) => { means[i % layer.channels]! += (value * layer.channels) / values.length; });
  return means;
}

/**
 * The same network with a constant in place of a block's weights: sigmoid(0) makes every w_t 1 once the last layer is zero, and a
 * factor per channel goes into the batch norm before it.
 */
function without(weights: Weights, layers: readonly Layer[], factors: (layer: Layer) => Float64Array | undefined): Weights {
  const changed = new Map(weights);
  for (const layer of layers) {
    const name = `s_former.${layer}.0`, factor = factors(layer);
    changed.set(`${name}.fc2.0.weight`, new Float32Array(weights.get(`${name}.fc2.0.weight`)!.length));
    for (const part of ['weight', 'bias']) if (factor) changed.set(`${name}.bn2.${part}`, weights.get(`${name}.bn2.${part}`)!.map((value, channel) => value * factor[channel]!));
  }
  return changed;
}

async function factsOf({ root, test }: Dataset, config: ExperimentConfig, { outputs }: Observed): Promise<GcaWeights['clips']> {
  const [people, intensity] = await Promise.all([readIdentities(root), readIntensity(root)]), clips = new Map(test.map((clip) => [clip.id, clip]));
  const curve = (clip: Clip, values: readonly number[]): number[] => frameIndices(clip, { ...config, mode: 'test', epoch: 0 }).map((index) => values[values.length === 1 ? 0 : index] ?? 0);
  return outputs.predictions.map(({ id, label }): GcaClip => {
    const person = people?.get(id), values = intensity?.get(id);
    return { id, label, ...person !== undefined && { person }, ...values && { intensity: curve(clips.get(id)!, values) } };
  });
}
