// The states at a run's saved checkpoints, for the page's epoch slider: the only part of the explorer that needs the engine.
import type { Dataset, Progress } from '../data/clip.ts';
import { createLoader } from '../data/loader.ts';
import type { Engine } from '../engine/tensorflow.ts';
import { createInference } from '../evaluate/inference.ts';
import { predict } from '../evaluate/predict.ts';
import { createNetworkState } from '../model/state.ts';
import type { Run } from '../runs/run.ts';
import { weightsOf } from '../train/trainer.ts';
import type { State } from './states.ts';

export interface EpochOptions {
  readonly engine: Pick<Engine, 'ops'>;
  /** Clips to evaluate. */
  readonly dataset: Pick<Dataset, 'test'>;
  /** Epochs wanted, of those that have a checkpoint. */
  readonly epochs: readonly number[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

/** At most `most` of the saved epochs, the first and the last among them, evenly in between. */
export function pickEpochs(saved: readonly number[], most: number): number[] {
  if (saved.length <= most) return [...saved];
  return [...new Set(Array.from({ length: most }, (_, i) => saved[Math.round((i * (saved.length - 1)) / Math.max(1, most - 1))]!))];
}

/** @throws UserError for a checkpoint that is broken or a clip that cannot be read, Interrupted. */
export async function epochStates(run: Run, { engine, dataset, epochs, signal, onProgress }: EpochOptions): Promise<State[]> {
  const loader = createLoader({});
  const states: State[] = [];
  try {
    for (const epoch of epochs) {
      const checkpoint = await run.readCheckpoint(epoch);
      const network = createNetworkState(run.record.experiment, weightsOf(checkpoint.weights), run.dir);
      const inference = createInference(engine.ops, network);
      try {
        const { predictions, features, width } = await predict(inference, { loader, clips: dataset.test, signal, onProgress: ({ done, total }) => onProgress?.({ done, ...total !== undefined && { total }, note: `epoch ${epoch}` }) });
        states.push({ epoch, ids: predictions.map(({ id }) => id), labels: Int32Array.from(predictions, ({ label }) => label), logits: Float32Array.from(predictions.flatMap(({ logits }) => logits)), features, width });
      } finally { inference.dispose(); network.dispose(); }
    }
  } finally { await loader.close(); }
  return states;
}
