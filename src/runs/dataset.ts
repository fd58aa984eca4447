// The clips of a recorded run, read again as they were read for it.
import type { Dataset } from '../data/clip.ts';
import { readDataset, type ReadOptions } from '../data/dataset.ts';
import type { RunRecord } from './types.ts';

export interface RunDatasetOptions extends Pick<ReadOptions, 'onBadClip' | 'signal'> {
  /** The dataset's folder, when it is no longer where the run was trained. */
  readonly data?: string | undefined;
}

/** The same set, fold and scene; whether the clips are still the same is told by the fingerprint alone. @throws UserError as readDataset */
export const readRunDataset = ({ dataset: { name, root, fold, scene } }: Pick<RunRecord, 'dataset'>, { data, ...options }: RunDatasetOptions = {}): Promise<Dataset> =>
  readDataset({ name, root: data ?? root, fold, ...scene !== undefined && { scene }, ...options });
