// What makes two runs the same: the resolved experiment, the clips, and the sources that can change a result.
import { readFile } from 'node:fs/promises';
import type { ExperimentConfig } from '../config.ts';
import type { Dataset, DatasetName } from '../data/clip.ts';
import { locate } from '../data/locate.ts';
import { sha256 } from '../files/hash.ts';
import type { RunRecord } from '../runs/types.ts';
import { canonical } from './planRuns.ts';

export interface RunIdentity {
  readonly experiment: ExperimentConfig;
  readonly dataset: DatasetName;
  /** Over ids, labels, splits and frame counts. */
  readonly fingerprint: string;
  /** Of a rendered benchmark: over the bytes of its frames, which the fingerprint does not see. */
  readonly rendered: string | null;
  readonly sources: string;
}

/** Equal for runs that give the same numbers on one machine. */
export const identityKey = (identity: RunIdentity): string => sha256(canonical(identity));

/** Of a recorded run; undefined for one made before the sources were recorded, or imported. */
export function identityOf({ experiment, dataset: { name, fingerprint }, sources, rendered, importedFrom }: RunRecord): RunIdentity | undefined {
  return sources === undefined || importedFrom !== undefined ? undefined : { experiment, dataset: name, fingerprint, rendered: rendered ?? null, sources };
}

/** Equal for recorded runs of one experiment on the same clips, whichever sources made them; undefined as identityOf. */
export function experimentKey(record: RunRecord): string | undefined {
  const identity = identityOf(record);
  return identity && keyOfAnySources(identity);
}

/** The identity's key were all sources one. */
export const keyOfAnySources = (identity: Omit<RunIdentity, 'sources'>): string => identityKey({ ...identity, sources: '' });

/** The digest in synthetic.json; null for a set that this project did not render. */
export async function renderedDigest({ root, isSynthetic }: Pick<Dataset, 'root' | 'isSynthetic'>): Promise<string | null> {
  const file = isSynthetic ? await locate(root, 'synthetic.json') : undefined;
  if (file === undefined) return null;
  const { digest } = JSON.parse(await readFile(file, 'utf8')) as { digest?: string };
  return digest ?? null;
}
