// Logits and features of clips, batch by batch, with the network as it is.
import type { Clip, Progress, Skip } from '../data/clip.ts';
import type { BadClipPolicy } from '../data/collect.ts';
import type { Loader } from '../data/loader.ts';
import { UserError } from '../errors.ts';
import { featureSize } from '../model/specification.ts';
import type { Inference } from './inference.ts';
import type { Prediction } from '../runs/types.ts';

export interface PredictOptions {
  readonly loader: Loader;
  readonly clips: readonly Clip[];
  /** Clips a batch; changes nothing but speed and memory. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal | undefined;
  /** 'skip' leaves out clips that cannot be read; default 'stop'. */
  readonly onBadClip?: BadClipPolicy | undefined;
  readonly onSkip?: ((skip: Skip) => void) | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

export interface ClipOutputs {
  readonly predictions: readonly Prediction[];
  /** [clips, features], row-major. */
  readonly features: Float32Array;
  readonly width: number;
}

/** Test-time frames, no augmentation, running statistics. @throws UserError for an unreadable clip, or where none is readable; Interrupted. */
export async function predict(inference: Inference, options: PredictOptions): Promise<ClipOutputs> {
  const { config } = inference, { loader, clips, batchSize = 16, signal, onBadClip = 'stop', onSkip = () => {}, onProgress } = options;
  const width = featureSize(config);
  const features = new Float32Array(clips.length * width);
  const predictions: Prediction[] = [];
  let firstReason = '';
  const hear = (skip: Skip): void => { firstReason ||= skip.reason; onSkip(skip); };
  inference.push();
  const batches = loader.batches(clips, { ...config, batchSize, mode: 'test', augment: false, epoch: 0, dropLast: false, signal, onBadClip, onSkip: hear });
  for await (const batch of batches) {
    const output = inference.run(batch.images, batch.labels.length);
    features.set(output.features, predictions.length * width);
    for (const [i, id] of batch.ids.entries()) predictions.push({ id, label: batch.labels[i]!, logits: output.logits[i]! });
    onProgress?.({ done: predictions.length, total: clips.length });
  }
  if (predictions.length === 0) throw new UserError(`none of the ${clips.length} clips can be read; the first: ${firstReason}`);
  return { predictions, features: features.subarray(0, predictions.length * width), width };
}

/** Mean cross-entropy of predictions, in nats. */
export function meanCrossEntropy(predictions: readonly Prediction[]): number {
  const losses = predictions.map(({ logits, label }) => {
    const most = Math.max(...logits);
    return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0)) + most - logits[label]!;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length);
}
