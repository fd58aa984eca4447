// A validation split of the training list, so that nothing is chosen on the test fold.
import { UserError } from '../errors.ts';
import { random } from '../random.ts';
import type { Clip } from './clip.ts';

export interface SplitOptions {
  /** Share of the training clips, 0.1 by default. */
  readonly fraction?: number;
  readonly seed: number;
  /** Clip id -> person. All clips of a person stay on one side; clips without an entry count as persons of their own. */
  readonly identities?: ReadonlyMap<string, string> | undefined;
}

export interface ValidationSplit { readonly train: readonly Clip[]; readonly validation: readonly Clip[] }

/**
 * Stratified: each label gives its share, at least one clip where it has two. With identities as close to that as whole persons allow.
 * Both parts keep the listed order. @throws UserError when a part would be empty.
 */
export function validationSplit(train: readonly Clip[], { fraction = 0.1, seed, identities }: SplitOptions): ValidationSplit {
  if (!(fraction > 0 && fraction < 1)) throw new UserError(`validation split: expected a fraction between 0 and 1, found ${fraction}`);
  const groups = random(seed, 'validation').shuffle(groupClips(train, identities));
  const missing = targets(train, fraction);
  const chosen = new Set<Clip>();
  for (const group of groups) {
    if (chosen.size + group.length >= train.length || !bringsCloser(group, missing)) continue;
    for (const clip of group) {
      chosen.add(clip);
      missing.set(clip.label, missing.get(clip.label)! - 1);
    }
  }
  if (chosen.size === 0) throw new UserError(`validation split: expected clips for ${fraction} of ${train.length} training clips, found none that can be spared (${groups.length} persons); use a larger fraction or another selection rule`);
  return { train: train.filter((clip) => !chosen.has(clip)), validation: train.filter((clip) => chosen.has(clip)) };
}

function groupClips(clips: readonly Clip[], identities: ReadonlyMap<string, string> | undefined): Clip[][] {
  const groups = new Map<string, Clip[]>();
  for (const clip of clips) {
    const identity = identities?.get(clip.id);
    const key = identity === undefined ? `clip ${clip.id}` : `person ${identity}`;
    const group = groups.get(key);
    if (group) group.push(clip);
    else groups.set(key, [clip]);
  }
  return [...groups.values()];
}

/** Clips that each label has to give. */
function targets(clips: readonly Clip[], fraction: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { label } of clips) counts.set(label, (counts.get(label) ?? 0) + 1);
  return new Map([...counts].map(([label, count]) => [label, count < 2 ? 0 : Math.max(1, Math.round(count * fraction))]));
}

/** True when taking the whole group lowers the summed distance of the labels from their targets. */
function bringsCloser(group: readonly Clip[], missing: ReadonlyMap<number, number>): boolean {
  const taken = new Map<number, number>();
  for (const { label } of group) taken.set(label, (taken.get(label) ?? 0) + 1);
  let change = 0;
  for (const [label, count] of taken) change += Math.abs(missing.get(label)! - count) - Math.abs(missing.get(label)!);
  return change < 0;
}
