// Intensity over time: curves over t in [0, 1] with values in [0, 1] and a peak of 1.

import type { Expression } from '../../labels.ts';
import type { Random } from '../../random.ts';
import { clamp, smoothstep } from './numbers.ts';

export type Curve = (t: number) => number;

/** apex: onset, apex, offset; multi: two or three peaks; late: rises near the end; flat: there from the first frame. */
export const CURVE_TYPES = ['apex', 'multi', 'late', 'flat'] as const;
export type CurveType = (typeof CURVE_TYPES)[number];

/** Lengths of onset and offset as shares of the clip: surprise is fast, sadness slow. Ours; published orders, not published times. */
const TIMES: Readonly<Record<Expression, { readonly onset: number; readonly offset: number }>> = {
  happiness: { onset: 0.3, offset: 0.45 },
  sadness: { onset: 0.55, offset: 0.5 },
  neutral: { onset: 0.3, offset: 0.3 },
  anger: { onset: 0.45, offset: 0.2 },
  surprise: { onset: 0.12, offset: 0.5 },
  disgust: { onset: 0.18, offset: 0.3 },
  fear: { onset: 0.22, offset: 0.15 },
};

export function drawCurveType(r: Random, shares: Readonly<Record<CurveType, number>>): CurveType {
  let u = r.next();
  for (const type of CURVE_TYPES) if ((u -= shares[type]) < 0) return type;
  return 'apex';
}

export function makeCurve(r: Random, type: CurveType, expression: Expression): Curve {
  const onset = clamp(TIMES[expression].onset * Math.exp(r.normal(0, 0.25)), 0.06, 0.7);
  const offset = clamp(TIMES[expression].offset * Math.exp(r.normal(0, 0.25)), 0.06, 0.7);
  if (type === 'flat') return () => 1;
  if (type === 'late') return lateCurve(r, onset);
  if (type === 'multi') return multiCurve(r, onset, offset);
  return apexCurve(r, onset, offset);
}

function lateCurve(r: Random, onset: number): Curve {
  const start = r.uniform(0.4, 0.7);
  return (t) => smoothstep((t - start) / Math.min(onset, 1 - start));
}

function multiCurve(r: Random, onset: number, offset: number): Curve {
  const count = 2 + r.integer(2);
  const peaks = Array.from({ length: count }, (_, i) => ({
    at: (i + 0.5 + r.uniform(-0.2, 0.2)) / count,
    height: i === 0 ? 1 : r.uniform(0.5, 1),
  }));
  const rise = 1.6 * onset / count;
  const fall = 1.6 * offset / count;
  return (t) => Math.max(...peaks.map(({ at, height }) => height * smoothstep(1 - (t < at ? (at - t) / rise : (t - at) / fall))));
}

function apexCurve(r: Random, onset: number, offset: number): Curve {
  const start = r.uniform(0, 0.25);
  const apex = start + onset;
  const end = apex + r.uniform(0.2, 0.45);
  return (t) => (t < apex ? smoothstep((t - start) / onset) : smoothstep(1 - (t - end) / offset));
}
