// Everything by keys: what each does is listed in the help, from the same table.
import { presentSnapshots } from './clipCard.ts';
import { h } from './dom.ts';
import { stepEpoch, type EpochPlayer } from './epochSlider.ts';
import { clipsOf, focusMask } from './focus.ts';
import type { Model } from './model.ts';
import { zoomed } from './pointer.ts';
import { HOME, type Store } from './state.ts';

export interface KeyHost {
  readonly mark: (clip: number | null) => void;
  readonly say: (text: string) => void;
  readonly nextTheme: () => void;
  readonly help: () => void;
  readonly player: EpochPlayer;
}

interface Key { readonly keys: readonly string[]; readonly what: string; readonly act: (event: KeyboardEvent) => void }

const STEP = 0.12;

export function createKeys(model: Model, store: Store, host: KeyHost): readonly Key[] {
  const move = (x: number, y: number) => (): void => { const { camera } = store.get(); store.set({ camera: { ...camera, x: camera.x + (STEP * x) / camera.zoom, y: camera.y + (STEP * y) / camera.zoom } }); };
  const zoom = (factor: number) => (): void => { store.set({ camera: zoomed(store.get().camera, factor) }); };
  const most = Math.max(...model.runs.map(({ snapshots }) => snapshots.length));
  let walked: number | null = null;
  const walk = (by: number) => (): void => {
    const clips = clipsOf(focusMask(model, store.get()));
    if (clips.length === 0) return;
    const at = walked === null ? -1 : clips.indexOf(walked);
    walked = clips[(at < 0 && by < 0 ? clips.length - 1 : at + by + clips.length) % clips.length]!;
    host.mark(walked);
    host.say(inWords(model, store, walked));
  };
  return [
    { keys: ['ArrowLeft'], what: 'move left', act: move(-1, 0) }, { keys: ['ArrowRight'], what: 'move right', act: move(1, 0) },
    { keys: ['ArrowUp'], what: 'move up', act: move(0, 1) }, { keys: ['ArrowDown'], what: 'move down', act: move(0, -1) },
    { keys: ['+', '='], what: 'zoom in', act: zoom(1.3) }, { keys: ['-'], what: 'zoom out', act: zoom(1 / 1.3) }, { keys: ['0'], what: 'the whole map', act: () => { store.set({ camera: HOME }); } },
    { keys: ['n'], what: 'next clip in focus', act: walk(1) }, { keys: ['p'], what: 'clip before', act: walk(-1) },
    { keys: ['Enter'], what: 'keep the clip and list its neighbours', act: () => { if (walked !== null) store.set({ pinned: walked }); } },
    { keys: ['v'], what: 'mouse moves the map', act: () => { store.set({ mode: 'pan' }); } }, { keys: ['b'], what: 'mouse draws a box', act: () => { store.set({ mode: 'box' }); } }, { keys: ['l'], what: 'mouse draws a lasso', act: () => { store.set({ mode: 'lasso' }); } },
    { keys: ['Escape'], what: 'choose nothing', act: () => { walked = null; host.mark(null); store.set({ selection: null, pinned: null, intensity: [0, 1] }); } },
    { keys: ['/'], what: 'find a clip', act: () => { document.querySelector<HTMLElement>('#search')!.focus(); } },
    { keys: ['t'], what: 'light, dark or as the system', act: host.nextTheme },
    ...most > 1 ? [{ keys: ['['], what: 'epoch before', act: () => { stepEpoch(model, store, -1); } }, { keys: [']'], what: 'next epoch', act: () => { stepEpoch(model, store, 1); } }, { keys: [' '], what: 'play the epochs', act: host.player.toggle }] : [],
    ...model.runs.length > 1 ? [{ keys: ['r'], what: 'panels of the other run', act: () => { store.set({ run: 1 - store.get().run }); } }, { keys: ['m'], what: 'lines to where clips moved', act: () => { store.set({ lines: !store.get().lines }); } }] : [],
    { keys: ['?'], what: 'these keys', act: host.help },
  ];
}

/**
 * Keys work wherever the focus is, except in a field, or on a map only where the reader wants that (WCAG 2.1.4); arrows, space
 * and Enter never elsewhere, where other things want them.
 */
export function listenToKeys(keys: readonly Key[], store: Store): void {
  addEventListener('keydown', (event) => {
    const target = event.target as HTMLElement;
    if (event.ctrlKey || event.metaKey || event.altKey || target.matches(FIELDS) || document.querySelector('dialog[open]')) return;
    if (!target.closest('.map') && (store.get().keys === 'map' || (/^(Arrow|Enter$| $)/.test(event.key) && target !== document.body))) return;
    const key = keys.find((one) => one.keys.includes(event.key));
    if (!key) return;
    event.preventDefault();
    key.act(event);
  });
}

/** Where letters are written or look something up. */
const FIELDS = 'select, textarea, input:not([type=checkbox], [type=range])';

export function inWords(model: Model, store: Store, clip: number): string {
  const { page } = model, state = store.get(), { predicted, margin } = presentSnapshots(model, state)[state.run]!;
  return `clip ${page.ids[clip]!}, ${page.labelNames[page.labels[clip]!]!}, ${predicted[clip] === page.labels[clip] ? 'found' : `taken for ${page.labelNames[predicted[clip]!]!}`}, margin ${margin[clip]!.toFixed(1)}`;
}

const NAMES: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', ' ': 'space', Escape: 'Esc' };

export function helpDialog(keys: readonly Key[], store: Store): HTMLDialogElement {
  const only = h('input', { type: 'checkbox', class: 'keys', onchange: () => { store.set({ keys: only.checked ? 'map' : 'page' }); } });
  const show = (): void => { only.checked = store.get().keys === 'map'; };
  store.listen(show);
  show();
  const dialog = h('dialog', { class: 'help', 'aria-label': 'keys' });
  dialog.append(
    h('h2', {}, 'Keys and mouse'),
    h('dl', {}, ...keys.flatMap((key) => [h('dt', {}, ...key.keys.map((name) => h('kbd', {}, NAMES[name] ?? name))), h('dd', {}, key.what)])),
    h('p', { class: 'quiet' }, 'Mouse: drag moves, the wheel zooms, Shift and drag draws a lasso, Ctrl adds to what is chosen, a click keeps a clip, a click beside all clips lets go.'),
    h('label', { class: 'line' }, only, ' keys act only while a map has the focus'),
    h('button', { type: 'button', onclick: () => { dialog.close(); } }, 'Close'));
  return dialog;
}
