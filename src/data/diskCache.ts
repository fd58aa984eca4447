// Decoded frames on a disk, for training sets that do not fit into memory: reading 150 KB costs a tenth of decoding a JPEG.
//
// One file a frame, not a clip: an epoch sees 16 of a clip's some 70 frames, so a file for the whole clip would cost the first epoch
// four times the decoding, or have to be written anew as it fills. The set itself comes as one file a frame, so its file system
// copes with the number. Frames are kept as they were decoded, before the random crop; test frames resized, as they never change.
import { readFileSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';
import { codeOf, fileError } from '../files/failure.ts';
import { decodeEntry, encodeEntry, entryKey, entrySize, type SourceStamp } from './cacheEntry.ts';
import { cacheUsage } from './cacheUsage.ts';
import type { FrameSource } from './decode.ts';
import type { RawImage } from './resize.ts';
import { fileOfFrame } from './videoFrames.ts';

/** Plain data that a worker is started with. */
export interface DiskCacheSettings {
  /** Exists. */
  readonly folder: string;
  readonly maxBytes: number;
  /** Eight bytes that all workers share (cacheUsage.ts). */
  readonly added: SharedArrayBuffer;
}

/** What happened since the last report. */
export interface CacheReport {
  /** Entries that could not be used, and why the first of them. */
  readonly rejected: number;
  readonly reason: string;
  /** Why nothing is added from now on, said once. */
  readonly stopped?: string;
}

export interface DiskCache {
  /** `source` behind the cache. @param variant what `source` does with a frame, e.g. "decoded" */
  frames(source: FrameSource, variant: string): FrameSource;
  /** Undefined when nothing is to be told. */
  report(): CacheReport | undefined;
}

/** Folder of the entries below the one that the user named, which may hold other things. */
export const ENTRIES = 'frames';

export const entryFile = (folder: string, key: Buffer): string => {
  const name = key.toString('hex');
  return join(folder, ENTRIES, name.slice(0, 2), name.slice(2));
};

/** Never throws for the cache's own sake: whatever is wrong with it, frames come from their source. */
export function diskCache(settings: DiskCacheSettings): DiskCache {
  const told = teller();
  const write = writer(settings, told.stop);
  return {
    report: told.report,
    frames: (source, variant) => async (file, clipId, siblings) => {
      const key = entryKey(file, variant), entry = entryFile(settings.folder, key);
      const stamp = await stampOf(fileOfFrame(file));
      if (!stamp) return source(file, clipId, siblings); // which says what is wrong with it
      const known = readEntry(entry, key, stamp);
      if (typeof known === 'object') return known;
      if (known !== undefined) told.reject(`${entry}: ${known}`);
      const image = await source(file, clipId, siblings);
      await write(entry, image, key, stamp);
      return image;
    },
  };
}

/** Taken before the file is decoded: one that changes meanwhile is decoded again next time. */
const stampOf = (file: string): Promise<SourceStamp | undefined> =>
  stat(file, { bigint: true }).then(({ size, mtimeNs }) => ({ size, mtimeNs }), () => undefined);

/** The frame, why its entry may not be used, or undefined where there is none. */
function readEntry(entry: string, key: Buffer, stamp: SourceStamp): RawImage | string | undefined {
  try {
    return decodeEntry(readFileSync(entry), key, stamp); // at once: half the work of a promise, and this thread has nothing else to do
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? undefined : `cannot be read (${codeOf(error) ?? String(error)})`;
  }
}

type Write = (entry: string, image: RawImage, key: Buffer, stamp: SourceStamp) => Promise<void>;

/** Adds entries until the limit or the first failure. */
function writer({ folder, maxBytes, added }: DiskCacheSettings, stop: (why: string) => void): Write {
  const usage = cacheUsage(join(folder, ENTRIES), maxBytes, new BigInt64Array(added));
  const shards = new Map<string, Promise<void>>();
  let isStopped = false;
  const end = (why: string): void => { if (!isStopped) stop(why); isStopped = true; };
  return async (entry, image, key, stamp) => {
    if (isStopped) return;
    try {
      if (!(await usage.reserve(entrySize(image)))) return end(`${folder}: the cache has reached its limit of ${gigabytes(maxBytes)} GB; what is not in it is decoded each time (--cache-gb)`);
      const shard = join(entry, '..');
      if (!shards.has(shard)) shards.set(shard, makeShard(shard));
      await shards.get(shard);
      await writeFileAtomic(entry, encodeEntry(image, key, stamp));
    } catch (error) {
      end(`${(error as Error).message}; going on without adding to the cache`);
    }
  };
}

const gigabytes = (bytes: number): string => String(Number((bytes / 1e9).toPrecision(3)));

/** Not recursive: a folder that vanished was unmounted or removed, and is not made again where its disk was. */
const makeShard = (shard: string): Promise<void> =>
  mkdir(shard).catch((error: unknown) => { if (codeOf(error) !== 'EEXIST') throw fileError(error, shard, 'write'); });

function teller(): { reject(reason: string): void; stop(why: string): void; report(): CacheReport | undefined } {
  let rejected = 0, first = '', stopped: string | undefined;
  return {
    reject(reason) { if (rejected++ === 0) first = reason; },
    stop(why) { stopped = why; },
    report() {
      if (rejected === 0 && stopped === undefined) return undefined;
      const report = { rejected, reason: first, ...stopped !== undefined && { stopped } };
      rejected = 0;
      stopped = undefined;
      return report;
    },
  };
}
