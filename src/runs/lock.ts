// One writer per run folder. proper-lockfile gives the atomic lock and its heartbeat; owner.json beside says whose it is,
// so that a lock left by a killed process of this machine is taken over at once, and one held by a live process whose
// event loop was busy for long is not.
import { readFileSync } from 'node:fs';
import { readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import lockfile from 'proper-lockfile';
import { UserError } from '../errors.ts';
import { codeOf, fileError } from '../files/failure.ts';

/** A lock of another machine without heartbeat for this long is taken over. */
const STALE_MS = 120_000;

interface Owner { readonly pid: number; readonly host: string; readonly startedAt: string }

export interface RunLock {
  /** @throws UserError when the lock is gone: the folder was removed, or taken over while this machine slept. */
  check(): void;
  release(): Promise<void>;
}

/** @throws UserError when another process writes to the folder, naming it, or the folder cannot be written. */
export async function lockFolder(dir: string): Promise<RunLock> {
  const ownerFile = join(dir, '.lock-owner.json');
  let isLost = false;
  // the guard makes "look at the owner, remove its lock, take it" one step between processes
  const unguard = await acquire(dir, '.lock-guard', { stale: 5000, retries: { retries: 40, factor: 1, minTimeout: 50, maxTimeout: 250 } });
  try {
    const owner = await readOwner(ownerFile);
    if (owner && owner.host === hostname()) {
      if (isAlive(owner)) throw busy(dir, owner);
      await rm(join(dir, '.lock'), { recursive: true, force: true });
    }
    const unlock = await acquire(dir, '.lock', { stale: STALE_MS, update: 15_000, onCompromised: () => { isLost = true; } }, owner);
    await writeFile(ownerFile, JSON.stringify({ pid: process.pid, host: hostname(), startedAt: startOf(process.pid) } satisfies Owner));
    return {
      check() { if (isLost) throw new UserError(`${dir}: the lock of this run folder is gone (taken over by another process, or removed); stopped writing`); },
      async release() {
        if (isLost) return;
        await rm(ownerFile, { force: true });
        await unlock();
      },
    };
  } catch (error) {
    throw fileError(error, dir, 'write');
  } finally {
    await unguard();
  }
}

async function acquire(dir: string, name: string, options: lockfile.LockOptions, owner?: Owner): Promise<() => Promise<void>> {
  try {
    const path = join(await realpath(dir), name);
    // two locks of one folder: proper-lockfile tells its locks apart by the path that it locks, which need not exist
    return await lockfile.lock(path, { ...options, lockfilePath: path, realpath: false });
  } catch (error) {
    throw codeOf(error) === 'ELOCKED' ? busy(dir, owner) : fileError(error, dir, 'write');
  }
}

const busy = (dir: string, owner?: Owner): UserError =>
  new UserError(`${dir}: another process${owner ? ` (${owner.pid} on ${owner.host})` : ''} is writing to this run folder; wait for it or stop it`);

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Owner;
  } catch {
    return undefined; // none, or its writer was killed in between: proper-lockfile's heartbeat decides
  }
}

function isAlive({ pid, startedAt }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return startOf(pid) === startedAt; // else the number was given to a new process
}

/** Start time of a process since boot, from Linux's /proc; elsewhere the same word for all. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]!;
  } catch {
    return 'unknown';
  }
}
