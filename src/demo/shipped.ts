// Which clips go into a demo's folder, whether they may, and what is known of them.
import type { Dataset } from '../data/clip.ts';
import { readIntensity } from '../data/sidecar.ts';
import { throwIfInterrupted, UserError } from '../errors.ts';
import { readRunDataset } from '../runs/dataset.ts';
import type { Run } from '../runs/run.ts';
import { chooseClips, clipStrip, type IntensityCurves } from './clips.ts';
import type { DemoClip } from './manifest.ts';

export interface ShipOptions {
  /** Where the clips are, when no longer where the run was trained. */
  readonly data?: string | undefined;
  /** At most so many clips; default 14, two of each expression. */
  readonly clips?: number | undefined;
  /** Puts frames of a set that is not synthetic into the folder; without it they stay out. */
  readonly embedFrames?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWarning?: ((line: string) => void) | undefined;
}

export interface Shipped { readonly clips: readonly { readonly clip: DemoClip; readonly png: Uint8Array }[]; readonly hasLicensedFrames: boolean }
const NONE: Shipped = { clips: [], hasLicensedFrames: false };
const DEFAULT_CLIPS = 14;

/** A missing dataset is no failure unless it was asked for: a camera and dropped frames need none. @throws UserError for clips of other classes, or that cannot be read; Interrupted. */
export async function shippedClips(run: Run, epoch: number, { data, clips: count = DEFAULT_CLIPS, embedFrames = false, signal, onWarning = () => {} }: ShipOptions = {}): Promise<Shipped> {
  const { root, labelNames } = run.record.dataset;
  if (count === 0) return NONE;
  if (data === undefined && root === '') { onWarning(`no clips: ${run.dir} knows none; --data says where some are`); return NONE; }
  const dataset = await readRunDataset(run.record, { data }).catch((error: unknown) => {
    if (data !== undefined || !(error instanceof UserError)) throw error;
    onWarning(`no clips: ${error.message}; --data says where they are now`);
  });
  if (!dataset) return NONE;
  if (dataset.labelNames.join() !== labelNames.join()) throw new UserError(`${dataset.root}: its classes are ${dataset.labelNames.join(', ')}, those of ${run.dir} ${labelNames.join(', ')}`);
  if (!dataset.isSynthetic && !embedFrames) { onWarning('no clips: frames of a licensed set stay out; --embed-frames puts them in, and the folder must then not be given away'); return NONE; }
  return { clips: await strips(dataset, run, epoch, count, signal), hasLicensedFrames: !dataset.isSynthetic };
}

async function strips(dataset: Dataset, run: Run, epoch: number, count: number, signal?: AbortSignal): Promise<Shipped['clips']> {
  const intensity = await readIntensity(dataset.root), logits = await evaluatedLogits(run, epoch, dataset.fingerprint);
  const chosen = chooseClips(dataset.test, dataset.labelNames.length, count, intensity);
  const made: { clip: DemoClip; png: Uint8Array }[] = [];
  for (const [i, clip] of chosen.entries()) {
    throwIfInterrupted(signal);
    const { indices, png } = await clipStrip(clip, run.record.experiment);
    made.push({ png, clip: { id: clip.id, label: clip.label, file: `clip-${i + 1}.png`, frameCount: clip.frames.length, indices, ...ownOf(clip.id, intensity, logits) } });
  }
  return made;
}

function ownOf(id: string, intensity: IntensityCurves | undefined, logits: ReadonlyMap<string, readonly number[]>): Pick<DemoClip, 'intensity' | 'logits'> {
  const curve = intensity?.get(id), own = logits.get(id);
  return { ...curve && { intensity: curve }, ...own && { logits: own } };
}

/** What the native engine said of the same clips and the same epoch; empty where that was not evaluated, or in bfloat16. */
async function evaluatedLogits(run: Run, epoch: number, fingerprint: string): Promise<ReadonlyMap<string, readonly number[]>> {
  const found = run.record.experiment.precision === 'f32' ? await run.readPredictions().catch(() => undefined) : undefined;
  const isSame = found?.epoch === epoch && found.fingerprint === fingerprint;
  return new Map((isSame ? found.predictions : []).map(({ id, logits }) => [id, logits]));
}
