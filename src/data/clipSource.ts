// Clips to look at: of a folder where there is one, else of a synthetic benchmark, drawn when they are asked for.
import type { Dataset } from './clip.ts';
import { readDataset, type ReadOptions } from './dataset.ts';
import { UserError } from '../errors.ts';
import { readIdentities, readIntensity } from './sidecar.ts';
import { syntheticBenchmark, type BenchmarkOptions } from './synthetic/index.ts';

export interface ClipSource {
  readonly dataset: Dataset;
  /** True intensity per frame by clip; undefined where the set does not tell. */
  readonly intensity: ReadonlyMap<string, readonly number[]> | undefined;
  /** Person by clip. */
  readonly identities: ReadonlyMap<string, string> | undefined;
  /** All frames of a clip in the order of time: paths, or encoded images. @throws UserError for a clip that the fold has not. */
  readonly frames: (id: string) => Promise<readonly (string | Buffer)[]>;
}

/** @param root a dataset folder; empty: `benchmark` itself, without a folder. @throws UserError as readDataset */
export async function openClips(options: ReadOptions, benchmark: BenchmarkOptions): Promise<ClipSource> {
  if (options.root === '') {
    const { dataset, intensity, identities, render } = syntheticBenchmark(benchmark);
    return { dataset: dataset(options.fold), intensity: intensity(), identities: identities(), frames: render };
  }
  const dataset = await readDataset(options);
  const byId = new Map([...dataset.train, ...dataset.test].map((clip) => [clip.id, clip.frames]));
  const [intensity, identities] = await Promise.all([readIntensity(dataset.root), readIdentities(dataset.root)]);
  const frames = (id: string): Promise<readonly string[]> => {
    const found = byId.get(id);
    return found ? Promise.resolve(found) : Promise.reject(new UserError(`${dataset.root}: fold ${dataset.fold} has no clip "${id}"`));
  };
  return { dataset, intensity, identities, frames };
}
