// Who is in the clips of some runs, where their data still lie at the recorded place.
import { readIdentities } from '../data/sidecar.ts';
import type { FinishedRun } from './finished.ts';

/** By clip id; undefined where the set does not tell, or is not here. */
export async function identitiesOf(runs: readonly FinishedRun[]): Promise<ReadonlyMap<string, string> | undefined> {
  const root = runs[0]?.run.record.dataset.root;
  return root === undefined ? undefined : readIdentities(root);
}
