// How much memory another process holds.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Resident bytes of a process, from Linux's /proc, elsewhere from ps; undefined where it is gone or nobody can tell. */
export function residentBytes(pid: number): number | undefined {
  try {
    if (process.platform === 'linux') return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN) || undefined;
    return 1024 * Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()) || undefined;
  } catch {
    return undefined;
  }
}
