// The synthetic benchmarks that stand in for DFEW and FERV39k, by profile. Their results are never shown as those of the real sets.
import { join } from 'node:path';
import type { LayoutName } from '../data/clip.ts';
import type { RenderOptions } from '../data/synthetic/index.ts';
import type { Profile } from './planRuns.ts';
import { QUICK_BENCHMARK, QUICK_DATA } from './quick.ts';

export interface Benchmark { readonly root: string; readonly options: Omit<RenderOptions, 'root'> }

const folder = (name: string): string => join('datasets', 'synthetic', name);

/** `full` has five folds that test every clip once; its seed is not the one that the generator's version 2 was designed on (datasets/README.md); `smoke` shares the clips of `npm start`. */
export const BENCHMARKS: Readonly<Record<Profile, Readonly<Record<LayoutName, Benchmark>>>> = {
  smoke: {
    dfew: { root: QUICK_DATA, options: QUICK_BENCHMARK },
    ferv39k: { root: folder('quick-ferv39k'), options: { layout: 'ferv39k', trainClips: 448, testClips: 280, size: 80, seed: 1 } },
  },
  full: {
    dfew: { root: folder('full'), options: { layout: 'dfew', clips: 1400, size: 80, frames: [16, 40], seed: 4 } },
    ferv39k: { root: folder('full-ferv39k'), options: { layout: 'ferv39k', clips: 1400, size: 80, seed: 4 } },
  },
};

/** The benchmark that lies at this folder, in this checkout or in another one. */
export function benchmarkAt(root: string): (Benchmark & { readonly profile: Profile }) | undefined {
  const path = root.replaceAll('\\', '/');
  return (['smoke', 'full'] as const).flatMap((profile) => Object.values(BENCHMARKS[profile]).map((benchmark) => ({ ...benchmark, profile })))
    .find((benchmark) => `/${path}`.endsWith(`/${benchmark.root.replaceAll('\\', '/')}`));
}

/** Clips of a fold of a benchmark that is still to be rendered. */
export function assumedClips(profile: Profile): Readonly<Record<LayoutName, { readonly trainClips: number; readonly testClips: number }>> {
  const of = ({ options: { clips, trainClips = 0, testClips = 0 } }: Benchmark): { trainClips: number; testClips: number } =>
    (clips === undefined ? { trainClips, testClips } : { trainClips: clips - Math.round(clips / 5), testClips: Math.round(clips / 5) });
  return { dfew: of(BENCHMARKS[profile].dfew), ferv39k: of(BENCHMARKS[profile].ferv39k) };
}
