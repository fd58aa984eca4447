// Paired differences of variants from a reference, with intervals and with what could have been seen at all.
import { axis, FAINT, INK, layout, signed, type Figure, type Trace } from './figure.ts';
import { runStyle } from './palette.ts';

/** Points. */
export interface Effect {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  /** After Holm's correction. */
  readonly pHolm: number;
  /** The smallest effect that these clips and runs show in four cases of five; null where it is not known. */
  readonly smallest: number | null;
}

export interface EffectRow {
  readonly label: string;
  /** Percent; null where nothing was run. */
  readonly value: Readonly<Record<Metric, number>> | null;
  /** Null for the reference, and where there is nothing to compare. */
  readonly effect: Readonly<Record<Metric, Effect>> | null;
}

/** Variants that are compared with one of them. */
export interface EffectGroup {
  readonly name: string;
  readonly reference: string;
  readonly rows: readonly EffectRow[];
}

export type Metric = 'uar' | 'war';

export interface EffectsOptions {
  /** The finding; computed by default. */
  readonly title?: string;
  /** On which data, how many runs. */
  readonly subtitle?: string;
}

interface Line { readonly text: string; readonly row: EffectRow | null; readonly isReference: boolean }

const METRICS: readonly Metric[] = ['uar', 'war'];
const ROW = 32;
/** The corrected p-value below which a difference counts. */
const LEVEL = 0.05;
/** Behind the rows: effects that would stay unseen. */
const BAND = '#e3e6ea';

export const isFound = (effect: Effect): boolean => effect.pHolm < LEVEL;

/** One row a variant, UAR left, WAR right (one panel where classes of one size make them the same); full marks differ from the reference beyond noise. */
export function effectsFigure(groups: readonly EffectGroup[], { title = effectsFinding(groups), subtitle }: EffectsOptions = {}): Figure {
  const lines = linesOf(groups), limit = limitOf(groups), metrics = metricsOf(groups);
  const panel = (metric: Metric, i: number): [string, unknown] => [
    `xaxis${i === 0 ? '' : 2}`,
    axis(`${metrics.length === 1 ? 'UAR = WAR' : metric.toUpperCase()}, difference (points)`, { domain: metrics.length === 1 ? [0, 1] : [0.52 * i, 0.48 + 0.52 * i], range: [-limit, limit], zeroline: true, zerolinecolor: FAINT, zerolinewidth: 1.5, anchor: 'y' }),
  ];
  return {
    data: [...metrics.flatMap((metric, i) => [marks(lines, metric, i, true), marks(lines, metric, i, false)]), ...legend()],
    layout: layout({
      title, ...subtitle !== undefined && { subtitle }, height: 120 + ROW * lines.length,
      ...Object.fromEntries(metrics.map(panel)),
      yaxis: axis('', { range: [lines.length - 0.5, -0.5], tickvals: lines.map((_, i) => i), ticktext: lines.map(({ text }) => text), ticks: '', showgrid: false }),
      shapes: bands(lines, metrics), annotations: missing(lines, metrics),
      legend: { orientation: 'h', x: 0, xanchor: 'left', y: -58 / (ROW * lines.length), yanchor: 'top' },
    }),
  };
}

/** Groups one under the other, each with a heading where there are several. */
function linesOf(groups: readonly EffectGroup[]): Line[] {
  return groups.flatMap(({ name, reference, rows }): Line[] => [
    ...groups.length > 1 ? [{ text: `<b>${name}</b>`, row: null, isReference: false }] : [],
    ...rows.map((row) => ({ text: row.value ? `${row.label} <span style="color:#57606a">(UAR ${row.value.uar.toFixed(1)} %)</span>` : row.label, row, isReference: row.label === reference })),
  ]);
}

/** With equally many clips of every class WAR is UAR: it is drawn once. */
function metricsOf(groups: readonly EffectGroup[]): readonly Metric[] {
  const rows = groups.flatMap((group) => group.rows);
  const isSame = rows.every(({ value, effect }) => Math.abs((value?.uar ?? 0) - (value?.war ?? 0)) < 1e-6 && Math.abs((effect?.uar.estimate ?? 0) - (effect?.war.estimate ?? 0)) < 1e-6);
  return isSame ? ['uar'] : METRICS;
}

function marks(lines: readonly Line[], metric: Metric, panel: number, wanted: boolean): Trace {
  const shown = lines.flatMap(({ row }, y) => (row?.effect && isFound(row.effect[metric]) === wanted ? [{ y, row, effect: row.effect[metric] }] : []));
  const { colour } = runStyle(0, 1);
  return {
    type: 'scatter', mode: 'markers', showlegend: false, xaxis: panel === 0 ? 'x' : 'x2', yaxis: 'y',
    x: shown.map(({ effect }) => effect.estimate), y: shown.map(({ y }) => y),
    error_x: { type: 'data', symmetric: false, array: shown.map(({ effect: { high, estimate } }) => high - estimate), arrayminus: shown.map(({ effect: { low, estimate } }) => estimate - low), color: colour, thickness: 2, width: 5 },
    marker: { size: 10, color: wanted ? colour : '#ffffff', line: { color: colour, width: 2 } },
    customdata: shown.map(({ row, effect }) => `${row.label}: ${signed(effect.estimate, 1)} [${signed(effect.low, 1)}, ${signed(effect.high, 1)}] points of ${metric.toUpperCase()}<br>p ${effect.pHolm.toFixed(3)} after Holm's correction`),
    hovertemplate: '%{customdata}<extra></extra>',
  };
}

/** Legend entries without data: what the marks and the band mean. */
function legend(): Trace[] {
  const { colour } = runStyle(0, 1);
  const entry = (name: string, marker: Readonly<Record<string, unknown>>): Trace => ({ type: 'scatter', mode: 'markers', name, x: [null], y: [null], marker, hoverinfo: 'skip' });
  return [
    entry('beyond noise (Holm, 5 %)', { symbol: 'circle', size: 10, color: colour }),
    entry('within noise', { symbol: 'circle', size: 10, color: '#ffffff', line: { color: colour, width: 2 } }),
    entry('effects too small to be seen here', { symbol: 'square', size: 12, color: BAND }),
  ];
}

/** Grey from minus to plus the smallest effect that could be seen. */
function bands(lines: readonly Line[], metrics: readonly Metric[]): Record<string, unknown>[] {
  return metrics.flatMap((metric, i) => lines.flatMap(({ row }, y) => {
    const smallest = row?.effect?.[metric].smallest;
    return smallest ? [{ type: 'rect', layer: 'below', xref: i === 0 ? 'x' : 'x2', yref: 'y', x0: -smallest, x1: smallest, y0: y - 0.3, y1: y + 0.3, fillcolor: BAND, line: { width: 0 } }] : [];
  }));
}

/** Which row the others are compared with, and which rows were not run. */
function missing(lines: readonly Line[], metrics: readonly Metric[]): Record<string, unknown>[] {
  return lines.flatMap(({ row, isReference }, y) => {
    const text = !row ? '' : row.value === null ? 'not run' : isReference ? 'reference' : row.effect ? '' : 'no pair';
    return text === '' ? [] : metrics.map((_, i) => ({ text, x: 0, xref: i === 0 ? 'x' : 'x2', y, yref: 'y', showarrow: false, bgcolor: '#ffffff', font: { size: 12, color: isReference && row!.value ? INK : '#57606a' } }));
  });
}

/** Half the width of both panels: every interval fits, zero stands in the middle. */
function limitOf(groups: readonly EffectGroup[]): number {
  const ends = groups.flatMap(({ rows }) => rows.flatMap(({ effect }) => METRICS.flatMap((metric) => (effect ? [Math.abs(effect[metric].low), Math.abs(effect[metric].high), effect[metric].smallest ?? 0] : []))));
  return 1.08 * Math.max(1, ...ends);
}

/** Of UAR: what differs beyond noise, else how large an effect would have had to be. */
export function effectsFinding(groups: readonly EffectGroup[]): string {
  const compared = groups.flatMap(({ name, reference, rows }) => rows.flatMap(({ label, effect }) => (effect ? [{ name, reference, label, effect: effect.uar }] : [])));
  if (compared.length === 0) return 'Nothing to compare yet';
  const found = compared.filter(({ effect }) => isFound(effect)).sort((a, b) => Math.abs(b.effect.estimate) - Math.abs(a.effect.estimate));
  const place = ({ name, label, reference }: (typeof compared)[number]): string => (groups.length > 1 ? `${name}: ${label} instead of ${reference}` : label);
  if (found.length === 0) return `No difference in UAR is beyond noise; ${unseen(compared.map(({ effect }) => effect))}`;
  const named = found.slice(0, 2).map((one) => `${place(one)} ${signed(one.effect.estimate, 1)}`).join(', ');
  const against = groups.length > 1 ? '' : ` against ${compared[0]!.reference}`;
  return `${found.length} of ${compared.length} differences in UAR${against} ${found.length === 1 ? 'is' : 'are'} beyond noise: ${named} points${found.length > 2 ? ' and others' : ''}`;
}

function unseen(effects: readonly Effect[]): string {
  const sizes = effects.flatMap(({ smallest }) => smallest ?? []);
  if (sizes.length === 0) return 'the runs give the same predictions';
  const [low, high] = [Math.min(...sizes).toFixed(1), Math.max(...sizes).toFixed(1)];
  return `effects below ${low === high ? low : `${low} to ${high}`} points would stay unseen here`;
}
