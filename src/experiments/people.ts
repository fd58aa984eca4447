// Who is in the clips of some runs: from archived runs themselves, else from their data where these still lie at the recorded place.
import { readIdentities } from '../data/sidecar.ts';
import type { FinishedRun } from './finished.ts';

/** By clip id; undefined where the set does not tell, or is not here. */
export async function identitiesOf(runs: readonly Pick<FinishedRun, 'run'>[]): Promise<ReadonlyMap<string, string> | undefined> {
  const people = new Map<string, string>(), sets = new Map<string, Awaited<ReturnType<typeof readIdentities>>>();
  for (const { run } of runs) {
    const clips = await run.readClips();
    for (const { id, person } of clips?.values() ?? []) if (person !== undefined) people.set(id, person);
    if (clips) continue;
    const { root } = run.record.dataset;
    if (root === '') continue;
    if (!sets.has(root)) sets.set(root, await readIdentities(root));
    for (const [id, person] of sets.get(root) ?? []) people.set(id, person);
  }
  return people.size === 0 ? undefined : people;
}
