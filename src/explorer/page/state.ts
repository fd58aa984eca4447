// What the reader has set: one object, changed in one place, kept in the address so that a view can be sent and found again.
import type { Model } from './model.ts';

export type ColourBy = 'label' | 'prediction' | 'correct' | 'confidence' | 'margin' | 'intensity' | 'change' | 'scene' | 'fold' | 'person';
export type Mode = 'pan' | 'box' | 'lasso';

export interface Camera { readonly x: number; readonly y: number; readonly zoom: number }

export interface State {
  readonly colour: ColourBy;
  readonly mode: Mode;
  /** Clips chosen; null for all. Ascending. */
  readonly selection: readonly number[] | null;
  /** The clip whose neighbours are shown. */
  readonly pinned: number | null;
  /** Whose predictions the panels show. */
  readonly run: number;
  /** Place in each run's snapshots. */
  readonly epochs: readonly number[];
  /** True peak intensity shown. */
  readonly intensity: readonly [number, number];
  readonly space: 'raw' | 'normalised';
  readonly lines: boolean;
  /** Classes differ by shape too. */
  readonly shapes: boolean;
  readonly theme: 'auto' | 'light' | 'dark';
  /** Where single keys act. */
  readonly keys: 'page' | 'map';
  readonly camera: Camera;
}

export const HOME: Camera = { x: 0, y: 0, zoom: 1 };

export const initialState = ({ runs }: Model): State => ({
  colour: 'label', mode: 'pan', selection: null, pinned: null, run: runs.length - 1, epochs: runs.map(({ snapshots }) => snapshots.length - 1),
  intensity: [0, 1], space: 'normalised', lines: false, shapes: false, theme: 'auto', keys: 'page', camera: HOME,
});

/** Addresses beyond this are cut off by some programs; a larger selection is left out of it. */
const LONGEST_SELECTION = 30_000;

/** Ascending numbers as differences in base 36: "0.1.1.5". */
export const encodeList = (list: readonly number[]): string => list.map((value, i) => (value - (list[i - 1] ?? 0)).toString(36)).join('.');

export function decodeList(text: string, count: number): number[] {
  let last = 0;
  return text.split('.').map((part) => (last += Number.parseInt(part, 36))).filter((value) => Number.isInteger(value) && value >= 0 && value < count);
}

export function encodeState(state: State, model: Model): string {
  const usual = initialState(model), fields = new URLSearchParams();
  for (const key of ['colour', 'mode', 'run', 'space', 'theme', 'keys'] as const) if (state[key] !== usual[key]) fields.set(key, String(state[key]));
  for (const key of ['lines', 'shapes'] as const) if (state[key]) fields.set(key, '1');
  if (state.epochs.join() !== usual.epochs.join()) fields.set('epochs', state.epochs.join('.'));
  if (state.pinned !== null) fields.set('clip', model.page.ids[state.pinned]!);
  if (state.intensity.join() !== '0,1') fields.set('intensity', state.intensity.join('-'));
  const { x, y, zoom } = state.camera;
  if (x !== 0 || y !== 0 || zoom !== 1) fields.set('camera', [x, y, zoom].map((value) => Number(value.toPrecision(4))).join(','));
  const list = state.selection && encodeList(state.selection);
  if (list !== null && list.length <= LONGEST_SELECTION) fields.set('clips', list);
  return fields.toString();
}

/** A view from an address; what does not fit this page is passed over. */
export function decodeState(hash: string, model: Model): State {
  const fields = new URLSearchParams(hash.replace(/^#/, '')), usual = initialState(model);
  const oneOf = <T extends string>(key: string, choices: readonly T[], otherwise: T): T => choices.find((choice) => choice === fields.get(key)) ?? otherwise;
  const numbers = (key: string, separator: string, length: number): number[] | undefined => {
    const list = (fields.get(key) ?? '').split(separator).map(Number);
    return fields.has(key) && list.length === length && list.every(Number.isFinite) ? list : undefined;
  };
  const pinned = model.page.ids.indexOf(fields.get('clip') ?? ''), run = Number(fields.get('run') ?? usual.run);
  const [x, y, zoom] = numbers('camera', ',', 3) ?? [0, 0, 1], [low, high] = numbers('intensity', '-', 2) ?? [0, 1];
  const clips = fields.get('clips');
  return {
    colour: oneOf('colour', ['label', 'prediction', 'correct', 'confidence', 'margin', 'intensity', 'change', 'scene', 'fold', 'person'], usual.colour),
    mode: oneOf('mode', ['pan', 'box', 'lasso'], usual.mode), space: oneOf('space', ['raw', 'normalised'], usual.space), theme: oneOf('theme', ['auto', 'light', 'dark'], usual.theme), keys: oneOf('keys', ['page', 'map'], usual.keys),
    run: model.runs[run] ? run : usual.run, lines: fields.has('lines'), shapes: fields.has('shapes'), pinned: pinned < 0 ? null : pinned,
    epochs: (numbers('epochs', '.', model.runs.length) ?? usual.epochs).map((epoch, r) => (model.runs[r]!.snapshots[epoch] ? epoch : usual.epochs[r]!)),
    intensity: low! < high! ? [Math.max(0, low!), Math.min(1, high!)] : [0, 1], camera: { x: x!, y: y!, zoom: Math.min(200, Math.max(0.3, zoom!)) },
    selection: clips === null ? null : decodeList(clips, model.count),
  };
}

export interface Store {
  readonly get: () => State;
  readonly set: (change: Partial<State>) => void;
  /** Called after every change with the new state and the one before. */
  readonly listen: (listener: (state: State, before: State) => void) => void;
}

export function createStore(initial: State): Store {
  let state = initial;
  const listeners: ((state: State, before: State) => void)[] = [];
  return {
    get: () => state,
    set(change) {
      const before = state;
      state = { ...state, ...change };
      for (const listener of listeners) listener(state, before);
    },
    listen(listener) { listeners.push(listener); },
  };
}
