// Small arithmetic of the synthetic benchmark. Nothing here uses Math.pow or `**`: their last bits differ between Node majors.

import type { Random } from '../../random.ts';

export const clamp = (x: number, low = 0, high = 1): number => Math.min(high, Math.max(low, x));

/** From a (t = 0) to b (t = 1), not clamped. */
export const mix = (a: number, b: number, t: number): number => a + (b - a) * t;

/** 0 below 0, 1 above 1, with zero slope at both ends. */
export function smoothstep(t: number): number {
  const u = clamp(t);
  return u * u * (3 - 2 * u);
}

/** Gamma-distributed with shape >= 1, scale 1 (Marsaglia and Tsang 2000). */
function gamma(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (Math.log(1 - random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta-distributed in [0, 1]; both parameters >= 1. */
export function beta(random: Random, alpha: number, betaParameter: number): number {
  const x = gamma(random, alpha);
  return x / (x + gamma(random, betaParameter));
}
