// The main thread's side of the disk cache: the folder before the workers start, and what is said of their reports.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { ENTRIES, type CacheReport, type DiskCacheSettings } from './diskCache.ts';

export interface DiskCacheOptions {
  /** Made when absent; several sets, runs and processes may share it. */
  readonly folder: string;
  /** Nothing is added beyond; 100 GB by default, most of the training frames of one fold of DFEW. */
  readonly maxBytes?: number | undefined;
}

export const DEFAULT_CACHE_BYTES = 100e9;

/** @throws UserError when there is no such folder and it cannot be made. One that may only be read is fine. */
export function openDiskCache({ folder, maxBytes = DEFAULT_CACHE_BYTES }: DiskCacheOptions): DiskCacheSettings {
  try {
    mkdirSync(resolve(folder), { recursive: true });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw new UserError(`${folder}: expected a folder for the cache, found a file; name another one with --cache`);
    throw fileError(error, folder, 'write');
  }
  try {
    mkdirSync(join(folder, ENTRIES), { recursive: true });
  } catch {
    // a worker that cannot write says so, once it has something to add
  }
  return { folder: resolve(folder), maxBytes, added: new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT) };
}

export interface CacheVoice {
  hear(report: CacheReport): void;
  /** Says how many entries were rejected since the last time. */
  sumUp(): void;
}

/** Says once that nothing is added any more, whichever worker comes upon it, and once a pass how many entries were of no use. */
export function cacheVoice(folder: string, onWarning: (line: string) => void = () => {}): CacheVoice {
  let rejected = 0, reason = '', isStopped = false;
  return {
    hear(report) {
      if (rejected === 0) ({ reason } = report);
      rejected += report.rejected;
      if (report.stopped === undefined || isStopped) return;
      isStopped = true;
      onWarning(report.stopped);
    },
    sumUp() {
      if (rejected > 0) onWarning(`${folder}: ${rejected} cached frame${rejected > 1 ? 's' : ''} could not be used and ${rejected > 1 ? 'were' : 'was'} decoded again; ${rejected > 1 ? 'the first: ' : ''}${reason}`);
      rejected = 0;
    },
  };
}
