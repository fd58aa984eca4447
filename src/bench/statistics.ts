// Pure functions of what was measured. Minima are compared: whatever else runs on the machine only ever adds to a time.
import type { CaseRecord, SideRecord } from './record.ts';

export const smallest = (ms: readonly number[]): number => Math.min(...ms);

export function median(ms: readonly number[]): number {
  const sorted = [...ms].sort((a, b) => a - b), middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export const isMeasured = ({ failed, ms }: SideRecord): boolean => failed === undefined && ms.length > 0;

/** PyTorch's fastest mode, or undefined when none was measured. */
export function fastestPeer({ sides }: CaseRecord): SideRecord | undefined {
  const peers = sides.filter((side) => side.side === 'PyTorch' && isMeasured(side));
  return peers.reduce<SideRecord | undefined>((best, side) => (best && smallest(best.ms) <= smallest(side.ms) ? best : side), undefined);
}

/** Time of a side over that of PyTorch's fastest mode: below 1 is faster than PyTorch. */
export function ratioToPeer(found: CaseRecord, side: SideRecord): number | undefined {
  const best = fastestPeer(found);
  return best && isMeasured(side) ? smallest(side.ms) / smallest(best.ms) : undefined;
}

/** Our ratio in each case that has both sides. */
export function ourRatios(cases: readonly CaseRecord[]): number[] {
  return cases.flatMap((found) => found.sides.filter(({ side }) => side === 'ours').map((side) => ratioToPeer(found, side)).filter((ratio) => ratio !== undefined));
}

/** Largest difference between two sides' checks, relative to the largest number; undefined where there is nothing to compare. */
export function disagreement(a: readonly number[], b: readonly number[]): number | undefined {
  if (a.length === 0 || a.length !== b.length) return undefined;
  const scale = Math.max(...b.map(Math.abs)) || 1;
  const worst = Math.max(...a.map((value, i) => Math.abs(value - b[i]!) / scale));
  return Number.isNaN(worst) ? Infinity : worst;
}
