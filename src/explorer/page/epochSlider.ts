// Earlier epochs of the runs, on maps aligned with the last one.
import { h, percent } from './dom.ts';
import type { Model } from './model.ts';
import type { Store } from './state.ts';

/** Nothing where a run has one state only. */
export function createEpochSlider(model: Model, store: Store): HTMLElement | null {
  const most = Math.max(...model.runs.map(({ snapshots }) => snapshots.length));
  if (most < 2) return null;
  const words = h('output', { class: 'epoch' });
  const slider = h('input', { type: 'range', min: 0, max: most - 1, step: 1, 'aria-label': 'epoch', class: 'epoch-slider', oninput: () => { setEpoch(model, store, Number(slider.value)); } });
  const show = (): void => {
    const { epochs } = store.get();
    slider.value = String(placeOf(model, epochs));
    const present = model.runs.map(({ snapshots }, r) => snapshots[epochs[r]!]!);
    words.textContent = present.map(({ data, predicted }, r) => `${present.length > 1 ? `${'AB'[r]!} ` : ''}epoch ${data.epoch}: WAR ${percent(predicted.reduce((sum, c, i) => sum + Number(c === model.page.labels[i]), 0) / model.count, 1)}`).join(' · ');
    slider.setAttribute('aria-valuetext', words.textContent);
  };
  store.listen((state, before) => { if (state.epochs !== before.epochs) show(); });
  show();
  return h('div', { class: 'epochs' }, h('button', { type: 'button', title: 'play (space)', 'aria-label': 'play the epochs', class: 'play', onclick: () => { play(model, store, most); } }, 'Play'), slider, words);
}

/** Runs with fewer saved epochs are counted from their last one. */
const placeOf = (model: Model, epochs: readonly number[]): number => {
  const most = Math.max(...model.runs.map(({ snapshots }) => snapshots.length));
  return most - 1 - Math.max(...model.runs.map(({ snapshots }, r) => snapshots.length - 1 - epochs[r]!));
};

export function setEpoch(model: Model, store: Store, place: number): void {
  const most = Math.max(...model.runs.map(({ snapshots }) => snapshots.length)), back = most - 1 - Math.min(most - 1, Math.max(0, place));
  store.set({ epochs: model.runs.map(({ snapshots }) => Math.max(0, snapshots.length - 1 - back)) });
}

export const stepEpoch = (model: Model, store: Store, by: number): void => { setEpoch(model, store, placeOf(model, store.get().epochs) + by); };

const STEP_MS = 800;
let timer: ReturnType<typeof setInterval> | undefined;

export function play(model: Model, store: Store, most: number): void {
  if (timer !== undefined) { clearInterval(timer); timer = undefined; return; }
  let place = placeOf(model, store.get().epochs) >= most - 1 ? 0 : placeOf(model, store.get().epochs) + 1;
  setEpoch(model, store, place);
  timer = setInterval(() => {
    if (++place > most - 1) { clearInterval(timer); timer = undefined; return; }
    setEpoch(model, store, place);
  }, STEP_MS);
}
