// One batch from its plan: decode, crop, resize, augment, assemble. Runs in a worker thread (worker.ts).
import { UserError } from '../errors.ts';
import { random } from '../random.ts';
import { applyToFrames, drawAugmentation, noAugmentation, scaleCrop, type Augmentation } from './augment.ts';
import type { Skip } from './clip.ts';
import type { BadClipPolicy } from './collect.ts';
import type { FrameSource } from './decode.ts';
import { mapLimit } from './frames.ts';
import { resizeInto } from './resize.ts';

/** Everything that decides a batch's numbers; plain data. */
export interface BatchPlan {
  readonly clips: readonly PlannedClip[];
  readonly imageSize: number;
  /** Key of the augmentation, undefined for none: random(seed, 'augment', epoch, clip id). */
  readonly augment: { readonly seed: number; readonly epoch: number } | undefined;
  readonly onBadClip: BadClipPolicy;
  /** Whether the readable clips of the batch stand in for skipped ones, so that a training step keeps its shape. */
  readonly keepSize: boolean;
  /** Whether the same frames will be asked for again, whole: then they are worth remembering (cache.ts). */
  readonly isRepeatable: boolean;
  /** Frames of all clips that this worker may be asked for, by which it decides whether to keep decoded ones (cache.ts). */
  readonly totalFrames: number;
}

export interface PlannedClip {
  readonly id: string;
  readonly label: number;
  /** The sampled frames in order; a path may repeat. */
  readonly frames: readonly string[];
}

export interface AssembledBatch {
  readonly ids: readonly string[];
  /** [clips, frames, size, size, 3] in [0, 1] */
  readonly images: Float32Array;
  readonly labels: Int32Array;
  readonly skipped: readonly Skip[];
}

/** Clips in work at once: while one clip's first frame is awaited (its size decides the crop), others keep the decoders busy. */
const PARALLEL_CLIPS = 3;

/** @throws UserError for a frame that cannot be read under policy 'stop', or when no clip of a training batch can be read. A test batch may come out empty. */
export async function assembleBatch(plan: BatchPlan, source: FrameSource, signal?: AbortSignal): Promise<AssembledBatch> {
  const clipLength = plan.clips[0]!.frames.length * plan.imageSize * plan.imageSize * 3;
  const images = new Float32Array(plan.clips.length * clipLength);
  const reasons = await mapLimit(plan.clips, PARALLEL_CLIPS, async (clip, place) => {
    try {
      await loadClip(clip, plan, source, images.subarray(place * clipLength, (place + 1) * clipLength), signal);
      return undefined;
    } catch (error) {
      if (plan.onBadClip === 'skip' && error instanceof UserError) return error.message;
      throw error;
    }
  });
  return reasons.every((reason) => reason === undefined) ? finish(plan, images, []) : leaveOut(plan, images, clipLength, reasons);
}

function finish({ clips }: Pick<BatchPlan, 'clips'>, images: Float32Array, skipped: readonly Skip[]): AssembledBatch {
  return { ids: clips.map(({ id }) => id), labels: Int32Array.from(clips, ({ label }) => label), images, skipped };
}

function leaveOut(plan: BatchPlan, images: Float32Array, clipLength: number, reasons: readonly (string | undefined)[]): AssembledBatch {
  const good = plan.clips.flatMap((_, place) => (reasons[place] === undefined ? [place] : []));
  if (good.length === 0 && plan.keepSize) throw new UserError(`none of the ${plan.clips.length} clips of a batch can be read; the first: ${reasons[0]}`);
  const skipped = plan.clips.flatMap(({ id }, place) => (reasons[place] === undefined ? [] : [{ id, reason: reasons[place] }]));
  const places = plan.keepSize ? plan.clips.map((_, place) => (reasons[place] === undefined ? place : good[place % good.length]!)) : good;
  const kept = new Float32Array(places.length * clipLength);
  places.forEach((place, i) => kept.set(images.subarray(place * clipLength, (place + 1) * clipLength), i * clipLength));
  return finish({ clips: places.map((place) => plan.clips[place]!) }, kept, skipped);
}

/** Decodes each file of the clip once and writes [frames, size, size, 3] into `out`. */
async function loadClip(clip: PlannedClip, plan: BatchPlan, source: FrameSource, out: Float32Array, signal?: AbortSignal): Promise<void> {
  const frameLength = plan.imageSize * plan.imageSize * 3;
  const bytes = new Uint8Array(clip.frames.length * frameLength);
  const files = [...new Set(clip.frames)];
  signal?.throwIfAborted();
  // the first frame comes alone, as its size decides the crop of all
  const first = await source(files[0]!, clip.id, files);
  const augmentation = draw(clip, plan, first.width, first.height);
  await mapLimit(files, files.length, async (file, i) => {
    signal?.throwIfAborted();
    const image = i === 0 ? first : await source(file, clip.id, files);
    const at = clip.frames.indexOf(file) * frameLength;
    resizeInto(image, scaleCrop(augmentation.crop, first, image), plan.imageSize, bytes, at);
    repeatFrame(clip.frames, file, bytes, frameLength);
  });
  applyToFrames(bytes, plan.imageSize, augmentation, out);
}

/** Copies the first place of `file` to its other places. */
function repeatFrame(frames: readonly string[], file: string, bytes: Uint8Array, frameLength: number): void {
  const first = frames.indexOf(file);
  for (let k = first + 1; k < frames.length; k++) {
    if (frames[k] === file) bytes.copyWithin(k * frameLength, first * frameLength, (first + 1) * frameLength);
  }
}

function draw({ id }: PlannedClip, { augment }: BatchPlan, width: number, height: number): Augmentation {
  return augment ? drawAugmentation(random(augment.seed, 'augment', augment.epoch, id), width, height) : noAugmentation(width, height);
}
