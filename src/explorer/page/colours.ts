// Colours of the points and their legend. Classes keep the colours they have in every figure (Okabe and Ito's palette);
// quantities run along cividis, which is the same to all eyes and in grey.
import { CHANGES, changeOf } from './focus.ts';
import type { Model, Snapshot } from './model.ts';
import { SHAPES } from './shapes.ts';
import type { ColourBy } from './state.ts';

export interface LegendEntry { readonly name: string; readonly colour: string; readonly shape: number; readonly clips: number; readonly isMember: (clip: number) => boolean }

export interface Colouring {
  /** [clips, 3] */
  readonly rgb: Uint8Array;
  /** Of each clip's class (shapes.ts); absent for quantities. [clips] */
  readonly shapes?: Uint8Array;
  readonly legend: { readonly kind: 'classes'; readonly entries: readonly LegendEntry[] } | { readonly kind: 'ramp'; readonly low: string; readonly high: string; readonly colours: readonly string[]; readonly unknown: number };
}

const CIVIDIS = ['#00224e', '#123570', '#3b496c', '#575d6d', '#707173', '#8a8678', '#a59c74', '#c3b369', '#e1cc55', '#fee838'];
const OTHERS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#767676', '#b8a900'];
const CHANGE_COLOURS = ['#0072b2', '#d55e00', '#a9b4bf', '#5f6b76'];
const UNKNOWN = '#9aa3ab';

const rgbOf = (hex: string): [number, number, number] => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];

export function ramp(share: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (CIVIDIS.length - 1), low = Math.floor(at), rest = at - low;
  const [a, b] = [rgbOf(CIVIDIS[low]!), rgbOf(CIVIDIS[Math.min(CIVIDIS.length - 1, low + 1)]!)];
  return [0, 1, 2].map((c) => Math.round(a[c]! + rest * (b[c]! - a[c]!))) as [number, number, number];
}

/** What this page can be coloured by, with its words. */
export function choices({ page, peaks, runs }: Model): readonly (readonly [ColourBy, string])[] {
  const known = page.attributes.map(({ key }) => [key, key] as const);
  return [
    ['label', 'label'], ['prediction', 'prediction'], ['correct', 'right or wrong'], ['confidence', 'confidence'], ['margin', 'margin'],
    ...peaks ? [['intensity', 'true peak intensity'] as const] : [], ...runs.length > 1 ? [['change', 'fixed or broken'] as const] : [], ...known,
  ];
}

/** @param snapshots the present one of each run; the run's own is `snapshots[run]` */
export function colouring(model: Model, by: ColourBy, snapshots: readonly Snapshot[], run: number): Colouring {
  const { page, count } = model, own = snapshots[run]!, classes = page.labelNames.length;
  const attribute = page.attributes.find(({ key }) => key === by);
  if (attribute) return categories(count, (clip) => attribute.values[clip]!, attribute.names, OTHERS);
  switch (by) {
    case 'prediction': return categories(count, (clip) => own.predicted[clip]!, page.labelNames, page.colours);
    case 'correct': return categories(count, (clip) => Number(own.predicted[clip] !== page.labels[clip]), ['right', 'wrong'], ['#0072b2', '#d55e00']);
    case 'confidence': return quantities(count, (clip) => own.probabilities[clip * classes + own.predicted[clip]!]!, 0, 1, ['0', '1']);
    case 'margin': {
      const most = Math.max(1e-6, quantile(own.margin.map(Math.abs), 0.98));
      return quantities(count, (clip) => own.margin[clip]!, -most, most, [`${(-most).toFixed(1)} (wrong)`, `${most.toFixed(1)} (right)`]);
    }
    case 'intensity': if (model.peaks) return quantities(count, (clip) => model.peaks![clip]!, 0, 1, ['0', '1']); break;
    case 'change': if (snapshots[1]) return categories(count, (clip) => CHANGES.indexOf(changeOf(clip, page.labels[clip]!, snapshots[0]!, snapshots[1]!)), CHANGES, CHANGE_COLOURS); break;
    default:
  }
  return categories(count, (clip) => page.labels[clip]!, page.labelNames, page.colours);
}

const quantile = (values: Float32Array, q: number): number => values.slice().sort()[Math.floor(q * (values.length - 1))] ?? 0;

function categories(count: number, of: (clip: number) => number, names: readonly string[], colours: readonly string[]): Colouring {
  const rgb = new Uint8Array(count * 3), shapes = new Uint8Array(count), tally = Array.from({ length: names.length }, () => 0);
  for (let clip = 0; clip < count; clip++) {
    const value = of(clip);
    if (value >= 0) { tally[value]!++; shapes[clip] = value % SHAPES; }
    rgb.set(rgbOf(value < 0 ? UNKNOWN : colours[value % colours.length]!), clip * 3);
  }
  return { rgb, shapes, legend: { kind: 'classes', entries: names.map((name, i) => ({ name, colour: colours[i % colours.length]!, shape: i % SHAPES, clips: tally[i]!, isMember: (clip) => of(clip) === i })) } };
}

function quantities(count: number, of: (clip: number) => number, low: number, high: number, names: readonly [string, string]): Colouring {
  const rgb = new Uint8Array(count * 3);
  let unknown = 0;
  for (let clip = 0; clip < count; clip++) {
    const value = of(clip);
    if (Number.isNaN(value)) unknown++;
    rgb.set(Number.isNaN(value) ? rgbOf(UNKNOWN) : ramp((value - low) / (high - low)), clip * 3);
  }
  return { rgb, legend: { kind: 'ramp', low: names[0], high: names[1], colours: CIVIDIS, unknown } };
}
