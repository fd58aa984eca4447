// One run from a dataset to a run folder: train, select, evaluate, and leave everything that tables and figures read.
import type { ExperimentConfig } from '../config.ts';
import type { Clip, Dataset } from '../data/clip.ts';
import { createLoader, type Loader } from '../data/loader.ts';
import { readIdentities } from '../data/sidecar.ts';
import { validationSplit } from '../data/split.ts';
import type { Engine } from '../engine/tensorflow.ts';
import { Interrupted, UserError } from '../errors.ts';
import { metricsOf } from '../evaluate/metrics.ts';
import { createInference, type Inference } from '../evaluate/inference.ts';
import { meanCrossEntropy, predict, type ClipOutputs } from '../evaluate/predict.ts';
import { refuseChanged } from '../runs/record.ts';
import { createRun, hasRun, resumeRun, type RunWriter } from '../runs/run.ts';
import type { EpochEvaluation, Evaluation, RunRecord, TrainingState } from '../runs/types.ts';
import { checkEnough, fit, type EpochEvent } from '../train/fit.ts';
import { createTrainer, type Trainer } from '../train/trainer.ts';
import { selectedCheckpoint, shownBy, writeOutputs } from './evaluation.ts';
import { renderedDigest } from './identity.ts';
import { describeMachine, sourceCommit, versions } from './provenance.ts';
import { skipLog, type SkipLog } from './skips.ts';
import { sourcesHash } from './sources.ts';
import type { TrainRunOptions } from './trainOptions.ts';

interface Session extends TrainRunOptions {
  readonly trainer: Trainer;
  readonly inference: Inference;
  readonly loader: Loader;
  readonly run: RunWriter;
  readonly train: readonly Clip[];
  readonly validation: readonly Clip[];
  readonly skips: SkipLog;
}

/** Trains and evaluates one run. @returns its evaluation. @throws UserError, Interrupted (the last whole epoch is saved). */
export async function trainRun(given: TrainRunOptions): Promise<Evaluation> {
  const { engine, config } = given, dataset = shownBy(given.dataset, config, given.onWarning), options = { ...given, dataset };
  checkClasses(config, dataset);
  const { train, validation } = await splitTraining(config, dataset);
  checkEnough(train, config); // before a folder is made
  const loader = createLoader({ cache: options.cache, onWarning: options.onWarning }); // refuses a wrong cache folder; no thread runs yet
  const run = await openWriter(options, await makeRecord(engine, dataset, config, train, validation));
  const trainer = createTrainer(engine.ops, config);
  const inference = createInference(engine.ops, trainer.state);
  try {
    const session = { ...options, trainer, inference, loader, run, train, validation, skips: skipLog(options.onWarning) };
    const doneState = await restore(session);
    await fitAndSave(session, doneState);
    return await evaluateRun(session);
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted(await keptSoFar(run)) : error;
  } finally {
    inference.dispose();
    trainer.dispose();
    await loader.close();
    await run.close();
  }
}

/** For who has just pressed Ctrl-C. */
async function keptSoFar({ record: { experiment }, listCheckpoints }: RunWriter): Promise<string> {
  const last = (await listCheckpoints()).at(-1) ?? 0;
  return `interrupted; ${last === 0 ? 'no epoch was finished yet' : `saved up to epoch ${last} of ${experiment.epochs}`}; the same command with --resume goes on from there`;
}

function checkClasses(config: ExperimentConfig, { labelNames }: Dataset): void {
  if (config.numClasses !== labelNames.length) throw new UserError(`setting numClasses: expected ${labelNames.length} (the classes of this dataset), found ${config.numClasses}`);
}

async function splitTraining(config: ExperimentConfig, { train, root }: Dataset): Promise<{ train: readonly Clip[]; validation: readonly Clip[] }> {
  if (config.selection !== 'best-on-validation') return { train, validation: [] };
  return validationSplit(train, { seed: config.seed, identities: await readIdentities(root) });
}

function countPerClass(clips: readonly Clip[], classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const { label } of clips) counts[label]!++;
  return counts;
}

async function makeRecord(engine: Engine, dataset: Dataset, config: ExperimentConfig, train: readonly Clip[], validation: readonly Clip[]): Promise<RunRecord> {
  const { name, root, fold, scene, fingerprint, isSynthetic, labelNames, test, skipped } = dataset;
  const count = (clips: readonly Clip[]): number[] => countPerClass(clips, labelNames.length);
  const rendered = await renderedDigest(dataset);
  return {
    experiment: config, commit: sourceCommit(), sources: sourcesHash(), ...rendered !== null && { rendered }, versions: versions(engine.tensorflowVersion),
    dataset: { name, root, fold, ...scene !== undefined && { scene }, fingerprint, isSynthetic, labelNames, counts: { train: count(train), ...validation.length > 0 && { validation: count(validation) }, test: count(test) }, ...skipped && { skipped: { train: skipped.train.map(({ id }) => id), test: skipped.test.map(({ id }) => id) } } },
    device: describeMachine(engine), createdAt: new Date().toISOString(),
  };
}

async function openWriter({ out, resume = false }: TrainRunOptions, record: RunRecord): Promise<RunWriter> {
  if (!resume || !(await hasRun(out))) return createRun(out, record);
  const run = await resumeRun(out);
  try {
    refuseChanged(out, run.record, record);
    return run;
  } catch (error) {
    await run.close();
    throw error;
  }
}

const firstState = (seed: number): TrainingState => ({ seed, epoch: 0, step: 0 });

/** Loads the newest sound checkpoint, if any, and cuts the history back to it. */
async function restore({ run, trainer, config, onWarning }: Session): Promise<TrainingState> {
  if ((await run.listCheckpoints()).length === 0) {
    await run.truncateMetrics(0);
    return firstState(config.seed);
  }
  const checkpoint = await run.readCheckpoint('last', onWarning);
  trainer.restore(checkpoint, run.dir);
  await run.truncateMetrics(checkpoint.state.epoch);
  return checkpoint.state;
}

async function fitAndSave(session: Session, start: TrainingState): Promise<void> {
  let { best } = start;
  const { config, trainer, loader, train, signal, onStep, onBadClip, skips } = session;
  await fit({
    trainer, loader, clips: train, doneEpochs: start.epoch, signal,
    ...onStep && { onStep }, ...onBadClip && { onBadClip }, onSkip: skips.hear,
    async onEpoch(event) {
      const skipped = skips.take().map(({ id }) => id);
      const evaluation = await evaluateEpoch(session, event.epoch);
      const isBest = config.selection !== 'last' && evaluation !== undefined && (best === undefined || evaluation.war > best.war);
      if (isBest) best = { ...evaluation, epoch: event.epoch };
      await saveEpoch(session, event, { evaluation, best, isBest, skipped });
      session.onEpoch?.(event, evaluation);
    },
  });
}

interface Judged { readonly evaluation: EpochEvaluation | undefined; readonly best: TrainingState['best']; readonly isBest: boolean; /** Ids. */ readonly skipped: readonly string[] }

async function saveEpoch({ run, trainer, config, keepEpochs }: Session, event: EpochEvent, { evaluation, best, isBest, skipped }: Judged): Promise<void> {
  const { epoch, step, losses, learningRate, seconds, clipsPerSecond, trainWar } = event;
  const state = { seed: config.seed, epoch, step, ...best && { best } };
  await run.appendMetrics({ epoch, step, learningRate, losses, seconds, clipsPerSecond, trainWar, ...evaluation && { evaluation }, ...skipped.length > 0 && { skipped } });
  await run.saveCheckpoint({ state, ...await trainer.save() }, { isBest, ...keepEpochs !== undefined && { keepEpochs } });
}

/** Which clips judge an epoch while training, if any. */
function judges({ config, dataset, validation, evaluateEvery = 0 }: Session, epoch: number): { split: 'validation' | 'test'; clips: readonly Clip[] } | undefined {
  if (config.selection === 'best-on-validation') return { split: 'validation', clips: validation };
  const isDue = config.selection === 'best-on-test' || (evaluateEvery > 0 && epoch % evaluateEvery === 0);
  return isDue ? { split: 'test', clips: dataset.test } : undefined;
}

async function evaluateEpoch(session: Session, epoch: number): Promise<EpochEvaluation | undefined> {
  const judge = judges(session, epoch);
  if (!judge) return undefined;
  const start = performance.now();
  const { predictions } = await outputs(session, judge.clips);
  const { uar, war } = metricsOf(predictions, session.config.numClasses);
  return { split: judge.split, clips: predictions.length, uar, war, loss: meanCrossEntropy(predictions), seconds: (performance.now() - start) / 1000 };
}

/** The network as it is after the last step, over these clips. */
function outputs({ trainer, inference, loader, signal, onBadClip, skips, onEvaluate }: Session, clips: readonly Clip[]): Promise<ClipOutputs> {
  trainer.sync();
  return predict(inference, { loader, clips, signal, onBadClip, onSkip: skips.hear, ...onEvaluate && { onProgress: onEvaluate } });
}

/** Evaluates the selected checkpoint on the test split and writes predictions, features and evaluation. */
async function evaluateRun(session: Session): Promise<Evaluation> {
  const { config, run, trainer, dataset, skips, onWarning } = session;
  const checkpoint = await selectedCheckpoint(run, onWarning);
  trainer.restore(checkpoint, run.dir);
  skips.take(); // of evaluations while training
  const result = await outputs(session, dataset.test);
  return writeOutputs(run, dataset, config, checkpoint.state.epoch, { ...result, skipped: skips.take() });
}
