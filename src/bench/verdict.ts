// Whether a measurement is what was asked for: what ends the command with 1.
import { nameOf } from './compare.ts';
import type { BenchRecord } from './record.ts';
import { ourRatios } from './statistics.ts';

/** A line for each complaint: ours was not measured, a process died, or ours is slower than was allowed. A mode that PyTorch cannot do is none. */
export function complaints({ cases }: BenchRecord, atMost?: number): string[] {
  const lost = cases.flatMap(({ sides }) => sides).filter(({ side, failed, isDead }) => isDead === true || (failed !== undefined && side === 'ours'));
  const lines = lost.map((side) => `${nameOf(side)}: ${side.failed}`);
  const worst = Math.max(...ourRatios(cases));
  if (atMost === undefined || worst <= atMost && Number.isFinite(worst)) return lines;
  const found = Number.isFinite(worst) ? worst.toFixed(2) : 'nothing to compare';
  return [...lines, `--at-most: expected at most ${atMost} times PyTorch's fastest mode, found ${found}`];
}
