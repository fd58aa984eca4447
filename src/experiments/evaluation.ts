// Evaluating a run: what its test clips give, written beside its weights.
import type { ExperimentConfig } from '../config.ts';
import type { Dataset, Skip } from '../data/clip.ts';
import { createLoader } from '../data/loader.ts';
import { keptClips } from '../data/sampling.ts';
import { UserError } from '../errors.ts';
import { metricsOf } from '../evaluate/metrics.ts';
import { createInference } from '../evaluate/inference.ts';
import { predict, type ClipOutputs } from '../evaluate/predict.ts';
import { createNetworkState } from '../model/state.ts';
import { readRunDataset } from '../runs/dataset.ts';
import { isLeaky } from '../runs/record.ts';
import { resumeRun, type Run, type RunWriter } from '../runs/run.ts';
import type { Checkpoint, Evaluation } from '../runs/types.ts';
import { weightsOf } from '../train/trainer.ts';
import { skipLog } from './skips.ts';
import type { TrainRunOptions } from './trainOptions.ts';

export interface EvaluateOptions extends Pick<TrainRunOptions, 'engine' | 'cache' | 'onBadClip' | 'signal' | 'onEvaluate' | 'onWarning'> {
  /** The run folder. */
  readonly dir: string;
  /** The dataset's folder, when it is no longer where the run was trained. */
  readonly data?: string;
}

/** Evaluates a finished run anew; `onWarning` hears when the clips are not those it was trained with. @throws UserError, Interrupted. */
export async function evaluateAgain({ engine, dir, data, cache, onBadClip = 'stop', signal, onEvaluate, onWarning }: EvaluateOptions): Promise<Evaluation> {
  const loader = createLoader({ cache, onWarning }); // refuses a wrong cache folder; no thread runs yet
  const run = await resumeRun(dir);
  try {
    const { experiment: config, dataset: { root, fingerprint, labelNames } } = run.record;
    if (data === undefined && root === '') throw new UserError(`${dir}: its weights were imported and it knows no clips: say which with --data`);
    const dataset = shownBy(await readRunDataset(run.record, { data, onBadClip, signal }), config, onWarning);
    if (labelNames.join() !== dataset.labelNames.join()) throw new UserError(`${dir}: its classes are ${labelNames.join(', ')}, those of ${dataset.root} are ${dataset.labelNames.join(', ')}: import it with --labels in the order of its training`);
    if (fingerprint !== '' && dataset.fingerprint !== fingerprint) onWarning?.(`${dataset.root}: these are not the clips that ${dir} was trained with (fingerprint ${dataset.fingerprint.slice(0, 12)}, recorded ${fingerprint.slice(0, 12)})`);
    const checkpoint = await selectedCheckpoint(run, onWarning);
    const state = createNetworkState(config, weightsOf(checkpoint.weights), dir);
    const inference = createInference(engine.ops, state);
    try {
      const skips = skipLog(onWarning);
      const result = await predict(inference, { loader, clips: dataset.test, signal, onBadClip, onSkip: skips.hear, ...onEvaluate && { onProgress: onEvaluate } });
      return await writeOutputs(run, dataset, config, checkpoint.state.epoch, { ...result, skipped: skips.take() });
    } finally { inference.dispose(); state.dispose(); }
  } finally {
    await loader.close();
    await run.close();
  }
}

/** Without the clips that the sampling rule leaves out; `onWarning` hears how many. */
export function shownBy(dataset: Dataset, { sampling }: ExperimentConfig, onWarning?: (line: string) => void): Dataset {
  const train = keptClips(dataset.train, sampling), test = keptClips(dataset.test, sampling);
  const left = [dataset.train.length - train.length, dataset.test.length - test.length];
  if (left.every((clips) => clips === 0)) return dataset;
  onWarning?.(`sampling ${sampling}: ${left[0]} training and ${left[1]} test clips of fewer than 16 frames are left out, as in the authors' code`);
  return { ...dataset, train, test };
}

/** The checkpoint that the run's selection rule judges. @throws UserError where there is none. */
export const selectedCheckpoint = (run: Run, onWarning?: (line: string) => void): Promise<Checkpoint> =>
  run.readCheckpoint(run.record.experiment.selection === 'last' ? 'last' : 'best', onWarning);

/** Leaves predictions.json, features.safetensors and evaluation.json of one evaluated test split. */
export async function writeOutputs(run: RunWriter, dataset: Dataset, config: ExperimentConfig, epoch: number, { predictions, features, width, skipped }: ClipOutputs & { readonly skipped: readonly Skip[] }): Promise<Evaluation> {
  const { labelNames, fingerprint, isSynthetic } = dataset;
  const left = [...dataset.skipped?.test ?? [], ...skipped];
  const evaluation: Evaluation = { split: 'test', epoch, labelNames, fingerprint, isSynthetic, selection: config.selection, isLeaky: isLeaky(config), metrics: metricsOf(predictions, labelNames.length), ...left.length > 0 && { skipped: left } };
  await run.writePredictions({ split: 'test', epoch, labelNames, fingerprint, predictions });
  await run.writeFeatures({ split: 'test', epoch, ids: predictions.map(({ id }) => id), labels: Int32Array.from(predictions, ({ label }) => label), values: features, width });
  await run.writeEvaluation(evaluation);
  return evaluation;
}
