// Our side: a training step, or inference, on a batch made by a formula, with weights made by one (bench/pytorch/work.py
// makes the same). The one place of the bench that knows how the engine is driven.
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor5D } from '@tensorflow/tfjs-core';
import { framesPerClip, type ExperimentConfig } from '../config.ts';
import type { Batch } from '../data/clip.ts';
import { compile } from '../engine/compile.ts';
import { loadEngine } from '../engine/tensorflow.ts';
import type { Ops } from '../engine/ops.ts';
import { formulaImages, formulaTensor } from '../experiments/parityFormula.ts';
import { forward, inputShape } from '../model/network.ts';
import { specification } from '../model/specification.ts';
import { createNetworkState } from '../model/state.ts';
import type { Weights } from '../model/weights.ts';
import { createTrainer } from '../train/trainer.ts';
import type { Answers, Job } from './protocol.ts';

/** Does the work once and returns the numbers that both sides must agree on: the loss, or the logits. */
export type Work = () => readonly number[];

/** Of the formula, the same in work.py. */
const SALT = 'bench';

export async function makeOurs(job: Job): Promise<{ readonly work: Work; readonly ready: Answers['configure'] }> {
  const { ops, device, threads, tensorflowVersion } = await loadEngine();
  const config: ExperimentConfig = { ...job.config, precision: job.precision };
  const weights: Weights = new Map(specification(config).map((spec) => [spec.name, formulaTensor(SALT, spec)]));
  const batch = formulaBatch(config, job.clips);
  const work = job.task === 'step' ? trainingStep(ops, config, weights, batch) : inference(ops, config, weights, batch);
  return { work, ready: { device, threads, versions: { Node: process.version.slice(1), TensorFlow: tensorflowVersion } } };
}

function formulaBatch(config: ExperimentConfig, clips: number): Batch {
  return {
    images: formulaImages(SALT, clips, framesPerClip(config), config.imageSize),
    labels: Int32Array.from({ length: clips }, (_, i) => i % config.numClasses),
    ids: Array.from({ length: clips }, String),
  };
}

function trainingStep(ops: Ops, config: ExperimentConfig, weights: Weights, batch: Batch): Work {
  const trainer = createTrainer(ops, config, { weights });
  let steps = 0;
  return () => [trainer.step(batch, config.learningRate, ++steps).losses.total];
}

function inference(ops: Ops, config: ExperimentConfig, weights: Weights, { images, labels }: Batch): Work {
  const state = createNetworkState(config, weights), shape = inputShape(labels.length, config);
  const logits = ([input]: readonly tf.Tensor[]): Tensor2D[] => [forward({ ops, config, tensors: state.tensors, isTraining: false }, input as Tensor5D).logits];
  const compiled = compile(logits, [{ shape, dtype: 'float32' }], [...state.tensors.values()], { precision: config.precision });
  return () => {
    const input = tf.tensor(images, shape);
    const [output] = compiled.run([input]);
    const values = [...output!.dataSync()];
    tf.dispose([input, output!]);
    return values;
  };
}
