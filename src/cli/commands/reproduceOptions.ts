// What ial reproduce was asked for.
import type { Precision } from '../../config.ts';
import type { BadClipPolicy } from '../../data/collect.ts';
import type { Profile } from '../../experiments/planRuns.ts';
import type { CacheOptions } from '../options.ts';

export interface ReproduceOptions extends CacheOptions {
  readonly profile: Profile;
  readonly preset?: string;
  readonly folds?: readonly number[];
  readonly seeds?: number;
  readonly set: readonly string[];
  readonly only: readonly string[];
  readonly precision: Precision;
  readonly data: readonly string[];
  readonly runs: string;
  readonly archive: string | false;
  readonly tables?: string;
  readonly engine: 'local' | 'slurm';
  readonly jobs: number;
  readonly memoryGb?: number;
  readonly sbatch: readonly string[];
  readonly retries: number;
  readonly onBadClip: BadClipPolicy;
  readonly dryRun?: boolean;
  readonly status?: boolean;
}

/** Folders of archived runs that may be reused. */
export const archivesOf = ({ archive }: ReproduceOptions): readonly string[] => (archive === false ? [] : [archive]);
