// Earlier epochs of the runs, on maps aligned with the last one.
import { h, percent } from './dom.ts';
import type { Model } from './model.ts';
import type { Store } from './state.ts';

/** Nothing where a run has one state only. */
export function createEpochSlider(model: Model, store: Store, player: EpochPlayer): HTMLElement | null {
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
  const button = h('button', { type: 'button', title: 'through the epochs (space, on a map)', class: 'play', onclick: () => { player.toggle(); } }, 'Play');
  player.listen((isPlaying) => { button.textContent = isPlaying ? 'Pause' : 'Play'; });
  return h('div', { class: 'epochs', role: 'group', 'aria-label': 'epochs' }, button, slider, words);
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

/** Goes through the epochs up to the last one, from the first when it is there already. */
export interface EpochPlayer { toggle(): void; listen(listener: (isPlaying: boolean) => void): void }

export function createEpochPlayer(model: Model, store: Store): EpochPlayer {
  const listeners: ((isPlaying: boolean) => void)[] = [], last = Math.max(...model.runs.map(({ snapshots }) => snapshots.length)) - 1;
  let timer: ReturnType<typeof setInterval> | undefined;
  const place = (): number => placeOf(model, store.get().epochs);
  const tell = (): void => { for (const listener of listeners) listener(timer !== undefined); };
  const stop = (): void => { clearInterval(timer); timer = undefined; tell(); };
  return {
    toggle() {
      if (timer !== undefined) { stop(); return; }
      setEpoch(model, store, place() >= last ? 0 : place() + 1);
      if (place() >= last) return;
      timer = setInterval(() => {
        setEpoch(model, store, place() + 1);
        if (place() >= last) stop();
      }, STEP_MS);
      tell();
    },
    listen(listener) { listeners.push(listener); },
  };
}
