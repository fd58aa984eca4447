// How full the disk cache is. What came first stays: an epoch reads all frames in turn, so dropping the least recently used
// would drop each frame shortly before it is wanted again.
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

export interface CacheUsage {
  /** True when so many bytes may be added; they are then counted as used. Once false, always false. */
  reserve(bytes: number): Promise<boolean>;
}

/** Another process may fill the same folder: it is counted anew whenever this one has added such a share of the limit. */
const RECOUNT_SHARE = 1 / 8;

/** Half-written files of a process that was killed; younger ones may be in work. */
const LEFTOVER_MS = 3_600_000;

/**
 * Counts the folder when something is to be added for the first time, so a cache that only serves is never counted.
 * @param added bytes added by all threads of this process, shared between them
 */
export function cacheUsage(folder: string, maxBytes: number, added: BigInt64Array): CacheUsage {
  const total = (): number => Number(Atomics.load(added, 0));
  let base: Promise<{ readonly bytes: number; readonly since: number }> | undefined;
  let isFull = false;
  const count = async (): Promise<{ bytes: number; since: number }> => {
    const since = total();
    return { bytes: await countBytes(folder), since };
  };
  return {
    async reserve(bytes) {
      const { bytes: counted, since } = await (base ??= count());
      const own = Number(Atomics.add(added, 0, BigInt(bytes))) + bytes - since;
      isFull ||= counted + own > maxBytes;
      if (isFull) Atomics.sub(added, 0, BigInt(bytes));
      else if (own > maxBytes * RECOUNT_SHARE) base = undefined;
      return !isFull;
    },
  };
}

/** Bytes of all entries, two levels deep. Gives way between folders, as there may be a million files. */
async function countBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const shard of namesIn(folder)) {
    for (const name of namesIn(join(folder, shard))) bytes += bytesOf(join(folder, shard, name), name.startsWith('.tmp-'));
    await setImmediate();
  }
  return bytes;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // gone, or no folder: nothing of ours is in it
  }
}

function bytesOf(file: string, isTemporary: boolean): number {
  try {
    const { size, mtimeMs } = lstatSync(file);
    if (!isTemporary || Date.now() - mtimeMs < LEFTOVER_MS) return size;
    rmSync(file, { force: true });
  } catch {
    // renamed or removed by another process meanwhile
  }
  return 0;
}
