// Clips for measuring the loader where no data set is at hand: rendered, JPEG, in DFEW's size and in the quick benchmark's.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clip, Progress } from '../data/clip.ts';
import { readDataset } from '../data/dataset.ts';
import { renderSynthetic } from '../data/synthetic/index.ts';

/** Sides of the frames in pixels: DFEW's and FERV39k's aligned faces, and the benchmark of `npm start`. */
export const FRAME_SIZES = [224, 80] as const;

export interface RenderedClips {
  /** By the side of their frames. */
  readonly sets: ReadonlyMap<number, readonly Clip[]>;
  /** A folder of the same temporary place for the disk cache. */
  readonly cacheFolder: (name: string) => string;
  remove(): Promise<void>;
}

export interface ClipOptions {
  /** Clips of each size, at least 40 (the default): the renderer's fewest. */
  readonly count?: number;
  readonly sizes?: readonly number[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

/** Seven expressions, 20 to 28 frames each: the loader's work does not depend on a clip's length, the rendering's does. */
export async function renderClips({ count = 40, sizes = FRAME_SIZES, signal, onProgress }: ClipOptions = {}): Promise<RenderedClips> {
  const root = await mkdtemp(join(tmpdir(), 'ial-bench-loader-'));
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true });
  const sets = new Map<number, readonly Clip[]>();
  try {
    for (const size of sizes) {
      const folder = join(root, String(size));
      await renderSynthetic({ root: folder, layout: 'dfew', clips: count, size, frames: [20, 28], seed: 1, ...signal && { signal }, ...onProgress && { onProgress } });
      const { train, test } = await readDataset({ name: 'dfew', root: folder, fold: 1 });
      sets.set(size, [...train, ...test]);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return { sets, cacheFolder: (name) => join(root, `cache-${name}`), remove };
}
