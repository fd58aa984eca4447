// Whether the machine does something else: times measured beside other work are worth little.
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

interface Counted { readonly used: number; readonly all: number }

function count(): Counted {
  const times = cpus().map(({ times }) => times);
  const all = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { all, used: all - times.reduce((sum, { idle }) => sum + idle, 0) };
}

/** Long enough for clocks that count in hundredths of a second. */
const WATCHED_MS = 400;

/** Share of all processors in use, 0 to 1, while this process only waits. */
export async function busyShare(): Promise<number> {
  const before = count();
  await sleep(WATCHED_MS);
  const after = count();
  return after.all > before.all ? (after.used - before.used) / (after.all - before.all) : 0;
}
