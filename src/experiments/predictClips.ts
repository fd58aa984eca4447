// A run's network on clips from anywhere: probabilities, the rival, what each frame contributes, and how long it took.
import type { ExperimentConfig } from '../config.ts';
import { framesPerClip } from '../config.ts';
import { applyToFrames, noAugmentation } from '../data/augment.ts';
import type { ClipInput } from '../data/clip.ts';
import { openClip } from '../data/clipInput.ts';
import { cropWarnings } from '../data/cropCheck.ts';
import { frameIndices } from '../data/loader.ts';
import { resizeInto, wholeImage, type Box, type RawImage } from '../data/resize.ts';
import type { Engine } from '../engine/tensorflow.ts';
import { throwIfInterrupted, UserError } from '../errors.ts';
import { contributions, rivalry, softmax, withReplaced } from '../evaluate/contribution.ts';
import { createInference, type Inference } from '../evaluate/inference.ts';
import { createNetworkState } from '../model/state.ts';
import { openRun } from '../runs/run.ts';
import type { RunRecord } from '../runs/types.ts';
import { weightsOf } from '../train/trainer.ts';
import { selectedCheckpoint } from './evaluation.ts';
import { isTrainingKnown } from './importRun.ts';

export interface ClassProbability { readonly label: string; readonly probability: number; readonly logit: number }

/** A frame that the network saw. */
export interface FrameShare {
  /** Place in the clip, from 0. */
  readonly index: number;
  readonly name: string;
  /** In logits: how far the margin falls without it (evaluate/contribution.ts). Absent when not asked for. */
  readonly contribution?: number;
}

export interface ClipPrediction {
  readonly clip: string;
  /** Frames that the clip has. */
  readonly frameCount: number;
  readonly predicted: string;
  readonly rival: string;
  /** Predicted less rival, in logits. */
  readonly margin: number;
  /** In the order of the run's classes. */
  readonly probabilities: readonly ClassProbability[];
  /** Those that the network saw, in its order. */
  readonly frames: readonly FrameShare[];
  /** What makes the input unlike what such networks are trained on. */
  readonly warnings: readonly string[];
  /** Milliseconds: reading, decoding and resizing; one pass of the network; the passes for the contributions; all of it. */
  readonly latency: { readonly decode: number; readonly network: number; readonly contributions?: number; readonly total: number };
}

export interface Predictor {
  readonly record: RunRecord;
  readonly epoch: number;
  /** What has to stand beside every probability of this run. */
  readonly caveats: readonly string[];
  /** @throws UserError for a clip that cannot be read or a box outside its frames, Interrupted. */
  predict(path: string, options?: PredictClipOptions): Promise<ClipPrediction>;
  /** Milliseconds of the first pass, which compiles, and of a later one (median of three); undefined before the first clip. */
  speed(): { readonly first: number; readonly warm: number } | undefined;
  dispose(): void;
}

export interface PredictClipOptions {
  /** The face, in pixels of the frames. */
  readonly box?: Box;
  /** Default true; takes as many passes again as the network sees frames. */
  readonly contributions?: boolean;
  readonly signal?: AbortSignal;
}

/** @throws UserError for a folder that is no run or has no sound checkpoint. */
export async function openPredictor(engine: Pick<Engine, 'ops'>, dir: string, onWarning?: (line: string) => void): Promise<Predictor> {
  const run = await openRun(dir), { record } = run;
  const checkpoint = await selectedCheckpoint(run, onWarning);
  const state = createNetworkState(record.experiment, weightsOf(checkpoint.weights), dir);
  const inference = createInference(engine.ops, state);
  const clock = passClock(inference);
  return {
    record, epoch: checkpoint.state.epoch, caveats: caveatsOf(record),
    predict: (path, options = {}) => predictClip(path, record, clock, inference, options),
    speed: () => clock.speed(),
    dispose() { inference.dispose(); state.dispose(); },
  };
}

function caveatsOf(record: RunRecord): string[] {
  if (record.dataset.isSynthetic) return ['trained on the synthetic benchmark (rendered faces): these probabilities mean nothing for real faces'];
  return isTrainingKnown(record) ? [] : [`weights imported from ${record.importedFrom?.file ?? 'elsewhere'}: what they were trained on is not known here, nor is the order of the classes but by what import was told`];
}

/** Single passes, timed. The first one compiles the network, so it is repeated to know a later one's time. */
interface PassClock { pass(images: Float32Array): { readonly logits: readonly number[]; readonly ms: number }; speed(): { first: number; warm: number } | undefined }

function passClock(inference: Inference): PassClock {
  let speed: { first: number; warm: number } | undefined;
  const timed = (images: Float32Array): { logits: readonly number[]; ms: number } => {
    const start = performance.now(), { logits } = inference.run(images, 1);
    return { logits: logits[0]!, ms: performance.now() - start };
  };
  return {
    pass(images) {
      const result = timed(images);
      speed ??= { first: result.ms, warm: Array.from({ length: 3 }, () => timed(images).ms).sort((a, b) => a - b)[1]! };
      return result;
    },
    speed: () => speed,
  };
}

async function predictClip(path: string, { experiment: config, dataset: { labelNames } }: RunRecord, clock: PassClock, inference: Inference, options: PredictClipOptions): Promise<ClipPrediction> {
  const { signal, contributions: isAsked = true } = options, start = performance.now();
  const input = await openClip(path, signal);
  const { images, indices, warnings } = await readImages(input, config, options);
  const decoded = performance.now();
  throwIfInterrupted(signal);
  const { logits, ms: network } = clock.pass(images);
  const before = performance.now();
  const shares = isAsked ? contributions(logits, await eachReplaced(images, indices.length, inference, signal)) : undefined;
  const end = performance.now();
  const { predicted, rival, margin } = rivalry(logits), probabilities = softmax(logits);
  return {
    clip: path, frameCount: input.count, predicted: labelNames[predicted]!, rival: labelNames[rival]!, margin,
    probabilities: labelNames.map((label, i) => ({ label, probability: probabilities[i]!, logit: logits[i]! })),
    frames: indices.map((index, t) => ({ index, name: input.names[index]!, ...shares && { contribution: shares[t]! } })),
    warnings,
    latency: { decode: decoded - start, network, ...isAsked && { contributions: end - before }, total: decoded - start + network + (isAsked ? end - before : 0) },
  };
}

/** One at a time: all at once would be compiled anew for that many clips, which takes longer than it saves. @returns [frames][classes] */
async function eachReplaced(images: Float32Array, frames: number, inference: Inference, signal?: AbortSignal): Promise<number[][]> {
  const logits: number[][] = [];
  for (let t = 0; t < frames; t++) {
    await new Promise((resolve) => { setImmediate(resolve); }); // a waiting Ctrl-C has its turn
    throwIfInterrupted(signal);
    logits.push(inference.run(withReplaced(images, frames, t), 1).logits[0]!);
  }
  return logits;
}

interface ReadImages { readonly images: Float32Array; readonly indices: readonly number[]; readonly warnings: readonly string[] }

/** The frames that a test would take (data/loader.ts), cropped and resized as there; each is decoded once. */
async function readImages(input: ClipInput, config: ExperimentConfig, { box, signal }: PredictClipOptions): Promise<ReadImages> {
  const indices = frameIndices({ id: input.path, frames: input.names }, { ...config, mode: 'test', epoch: 0 });
  const wanted = [...new Set(indices)];
  const decoded = new Map((await input.frames(wanted, signal)).map((frame, i) => [wanted[i]!, frame]));
  const length = config.imageSize ** 2 * 3, bytes = new Uint8Array(framesPerClip(config) * length);
  for (const [t, index] of indices.entries()) {
    const frame = decoded.get(index)!;
    resizeInto(frame, boxWithin(frame, box, `${input.path}: ${input.names[index]!}`), config.imageSize, bytes, t * length);
  }
  const images = new Float32Array(bytes.length);
  applyToFrames(bytes, config.imageSize, noAugmentation(config.imageSize, config.imageSize), images);
  const some = [wanted[0]!, wanted[wanted.length >> 1]!, wanted.at(-1)!].map((index) => decoded.get(index)!);
  return { images, indices, warnings: [...cropWarnings(some, box), ...shortage(input, config)] };
}

function boxWithin(frame: RawImage, box: Box | undefined, where: string): Box {
  if (!box) return wholeImage(frame);
  if (box.left + box.width > frame.width || box.top + box.height > frame.height) throw new UserError(`${where}: expected the box ${box.left},${box.top},${box.width},${box.height} within its ${frame.width} x ${frame.height} pixels; --box takes x,y,width,height`);
  return box;
}

const shortage = ({ count }: ClipInput, config: ExperimentConfig): string[] =>
  (count < framesPerClip(config) ? [`only ${count} frames, the network sees ${framesPerClip(config)}: some are shown more than once, and contribute less for it`] : []);
