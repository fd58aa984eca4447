// The largest memory that this process has held.
import { readFileSync } from 'node:fs';

/** Resident, in megabytes (2^20 bytes). */
export function peakMb(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))!;
    return Number(kilobytes) / 1024;
  } catch { return process.resourceUsage().maxRSS / 1024; }
}
