// Runs made anew beside the runs they repeat: the same experiment on the same clips, by sources or on a machine that may
// differ. What is compared is what a run computes: its training losses, and the logits of every clip.
import { basename } from 'node:path';
import { argmax } from '../evaluate/metrics.ts';
import type { EpochMetrics } from '../runs/types.ts';
import type { Alike } from './alike.ts';
import type { FinishedRun } from './finished.ts';
import { experimentKey } from './identity.ts';
import { sourcesHash } from './sources.ts';

export interface Repetition {
  /** Name of the run that was there. */
  readonly name: string;
  /** Hash of the sources that had made it. */
  readonly sources: string;
  readonly clips: number;
  /** Clips whose predicted class is another now. */
  readonly changed: number;
  /** Largest difference of a logit, and of an epoch's mean training loss as a share of it; 0: equal to the bit. */
  readonly logits: number;
  readonly losses: number;
  /** In [0, 1]. */
  readonly uar: { readonly before: number; readonly now: number };
  /** What computed each. */
  readonly device: { readonly before: string; readonly now: string };
}

/** Logits and losses of runs that count as alike: below what another order of summation can do to a logit, far below what another training does. */
export const TOLERANCE = { logits: 1e-3, losses: 1e-5 } as const;

export const isSameResult = ({ changed, logits, losses }: Repetition): boolean => changed === 0 && logits <= TOLERANCE.logits && losses <= TOLERANCE.losses;

/** Every run of `before` that `now` has made anew by today's sources. */
export async function repetitions(before: readonly FinishedRun[], now: readonly FinishedRun[]): Promise<Repetition[]> {
  const anew = new Map(now.filter(({ run: { record } }) => record.sources === sourcesHash()).flatMap((one) => {
    const key = experimentKey(one.run.record);
    return key === undefined ? [] : [[key, one] as const];
  }));
  const found: Repetition[] = [];
  for (const one of before) {
    const key = experimentKey(one.run.record), other = key === undefined ? undefined : anew.get(key);
    if (other && other.run.dir !== one.run.dir) found.push(await repetition(one, other));
  }
  return found;
}

/**
 * What was shown, if all that was made anew came out the same and something was; a run of today's own sources shows nothing.
 * @param earlier what had been shown of the sources compared with: what was like them is like today's
 */
export function shown(all: readonly Repetition[], at: string, earlier?: Alike): Alike | undefined {
  const others = all.filter(({ sources }) => sources !== sourcesHash()), [first] = others;
  if (!first || !all.every(isSameResult)) return undefined;
  const compared = new Set(others.map(({ sources }) => sources)), isNext = earlier !== undefined && compared.has(earlier.sources);
  return {
    sources: sourcesHash(), as: [...new Set([...compared, ...isNext ? earlier.as : []])],
    shownBy: { runs: others.map(({ name }) => name), clips: others.reduce((sum, { clips }) => sum + clips, 0), logits: Math.max(...others.map(({ logits }) => logits)), losses: Math.max(...others.map(({ losses }) => losses)) },
    device: first.device.now, at, ...isNext && { earlier },
  };
}

async function repetition(before: FinishedRun, now: FinishedRun): Promise<Repetition> {
  const [old, made] = await Promise.all([before.run.readPredictions(), now.run.readPredictions()]);
  const byId = new Map(made.predictions.map((one) => [one.id, one]));
  const pairs = old.predictions.map((one) => [one, byId.get(one.id)] as const);
  return {
    name: basename(before.run.dir), sources: before.run.record.sources!, clips: pairs.length,
    changed: pairs.filter(([one, other]) => !other || argmax(one.logits) !== argmax(other.logits)).length,
    logits: pairs.reduce((largest, [one, other]) => Math.max(largest, other ? largestDifference(one.logits, other.logits) : Infinity), 0),
    losses: lossDifference(await before.run.readMetrics(), await now.run.readMetrics()),
    uar: { before: before.evaluation.metrics.uar, now: now.evaluation.metrics.uar },
    device: { before: before.run.record.device, now: now.run.record.device },
  };
}

const largestDifference = (a: readonly number[], b: readonly number[]): number => a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

function lossDifference(before: readonly EpochMetrics[], now: readonly EpochMetrics[]): number {
  if (before.length !== now.length) return Infinity;
  return before.reduce((largest, { losses }, i) => Math.max(largest, Math.abs(now[i]!.losses['total']! / losses['total']! - 1)), 0);
}
