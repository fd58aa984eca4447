// The page: header, one or two maps, panels. All text of the dataset goes in as text (dom.ts).
import { hoverCard } from './clipCard.ts';
import { comparePanel } from './comparePanel.ts';
import { clipPanel } from './clipPanel.ts';
import { confusionPanel } from './confusionPanel.ts';
import { h, keepingFocus } from './dom.ts';
import { createEpochPlayer, createEpochSlider } from './epochSlider.ts';
import { extent } from './geometry.ts';
import { intensityPanel } from './intensityPanel.ts';
import { createKeys, helpDialog, inWords, listenToKeys } from './keyboard.ts';
import { colourSelect, createLegend } from './legend.ts';
import { createMap, type MapView } from './mapView.ts';
import { decodeModel, type Model } from './model.ts';
import { choice, mountPanel } from './panel.ts';
import { createSearch } from './search.ts';
import { selectionPanel } from './selectionPanel.ts';
import { separationPanel } from './separationPanel.ts';
import { createStore, decodeState, encodeState, HOME, type State, type Store } from './state.ts';
import type { PageData } from '../types.ts';

const THEMES = ['auto', 'light', 'dark'] as const;

function start(): void {
  const page = JSON.parse(document.querySelector('#data')!.textContent) as PageData;
  const model = decodeModel(page), store = createStore(decodeState(location.hash, model)), maps: MapView[] = [];
  const live = h('div', { class: 'live', 'aria-live': 'polite' }), card = h('div', { class: model.runs.length > 1 ? 'hover two' : 'hover', hidden: true });
  const mark = (clip: number | null): void => { for (const map of maps) map.mark(clip); };
  const show = (clips: readonly number[]): void => { store.set({ camera: cameraOn(model, store.get(), clips) }); };
  const hover = (clip: number | null, place: { x: number; y: number } | null): void => { mark(clip); placeCard(card, model, store.get(), clip, place); };
  applyTheme(store.get().theme);
  for (const [run] of model.runs.entries()) maps.push(createMap(model, store, run, { hover }));
  const context = { model, store, mark, show };
  const player = createEpochPlayer(model, store);
  const keys = createKeys(model, store, { mark, player, say: (text) => { live.textContent = text; }, nextTheme: () => { store.set({ theme: THEMES[(THEMES.indexOf(store.get().theme) + 1) % THEMES.length]! }); }, help: () => { help.showModal(); } });
  const help = helpDialog(keys, store);
  const panels = [selectionPanel, clipPanel, confusionPanel, ...model.runs.length > 1 ? [comparePanel] : [], separationPanel, intensityPanel].map((panel) => mountPanel(panel, context));
  document.querySelector('#app')!.append(
    header(model, store, show, () => { help.showModal(); }), ...banners(model),
    h('main', {}, h('div', { class: `maps maps-${maps.length}` }, ...maps.map((map, r) => h('section', { class: 'pane' }, ...maps.length > 1 ? [h('h2', {}, `${'AB'[r]!} · ${model.runs[r]!.data.name}`, h('span', { class: 'quiet' }, ` ${model.runs[r]!.data.what}`))] : [], map.element))),
      h('div', { class: 'below' }, createLegend(model, store), createEpochSlider(model, store, player), footer(model))),
    h('aside', { 'aria-label': 'panels' }, ...panels), card, live, help);
  listenToKeys(keys, store);
  store.listen((state, before) => {
    if (state.theme !== before.theme) applyTheme(state.theme);
    if (state.epochs !== before.epochs) placeCard(card, model, state, null, null); // what it says was of another epoch
    if (state.pinned !== before.pinned && state.pinned !== null) live.textContent = inWords(model, store, state.pinned);
    if (state.selection !== before.selection) live.textContent = state.selection === null ? 'nothing chosen' : `${state.selection.length} clips chosen`;
  });
  keepInAddress(model, store);
  Object.assign(globalThis, { explorer: { model, store, maps } }); // for tests, measurements and the curious
}

function header(model: Model, store: Store, show: (clips: readonly number[]) => void, help: () => void): HTMLElement {
  const { page, runs } = model, tools = h('div', { class: 'tools' });
  const render = (): void => { keepingFocus(tools, () => { tools.replaceChildren(choice('what the mouse does', [['pan', 'Move'], ['box', 'Box'], ['lasso', 'Lasso']] as const, store.get().mode, (mode) => { store.set({ mode }); })); }); };
  store.listen((state, before) => { if (state.mode !== before.mode) render(); });
  render();
  return h('header', {},
    h('div', { class: 'title' }, h('h1', {}, runs.map(({ data }) => data.name).join(' and ')), h('p', { class: 'quiet' }, runs.length === 1 ? `${runs[0]!.data.what}; ` : '', `${setInWords(page)}, ${page.split} split, fold ${runs[0]!.data.fold}, ${model.count} clips`, ...runs.some(({ data }) => data.isLeaky) ? [' · LEAKY: the test split chose the epoch'] : [])),
    page.isSynthetic && h('span', { class: 'pill', title: 'results on rendered faces say nothing about real ones' }, 'synthetic benchmark'),
    createSearch(model, store, (clip) => { show([clip]); }), colourSelect(model, store), tools,
    h('button', { type: 'button', title: 'the whole map (0)', onclick: () => { store.set({ camera: HOME }); } }, 'Reset'),
    h('button', { type: 'button', class: 'theme', title: 'light, dark or as the system (t)', onclick: () => { store.set({ theme: isDark(store.get().theme) ? 'light' : 'dark' }); } }, 'Light / dark'),
    h('button', { type: 'button', title: 'keys (?)', 'aria-label': 'help', onclick: help }, '?'));
}

const SETS: Readonly<Record<string, string>> = { dfew: 'DFEW', ferv39k: 'FERV39k', csv: 'a list of one\'s own' };

/** Never a synthetic set as the one whose layout it has. */
const setInWords = ({ datasetName, isSynthetic }: PageData): string => `${isSynthetic ? 'layout of ' : ''}${SETS[datasetName] ?? datasetName}`;

function banners({ page }: Model): HTMLElement[] {
  const licensed = !page.isSynthetic && page.frames !== null;
  return [
    ...licensed ? [h('p', { class: 'banner', role: 'alert' }, h('b', {}, 'Do not distribute.'), ' This page holds frames of a licensed dataset.')] : [],
    ...page.notes.length > 0 ? [h('p', { class: 'notes' }, page.notes.join('; '))] : [],
  ];
}

/** What the picture is, and what it is not. */
function footer({ page }: Model): HTMLElement {
  return h('p', { class: 'quiet made' }, `${page.map}. Places and distances on the map are a picture; measures are taken in feature space.`);
}

function cameraOn(model: Model, state: State, clips: readonly number[]): State['camera'] {
  const boxes = model.runs.map(({ snapshots }, r) => extent(snapshots[state.epochs[r]!]!.positions, clips));
  const [left, top] = [0, 1].map((side) => Math.min(...boxes.map((box) => box[side]!))) as [number, number];
  const [right, bottom] = [2, 3].map((side) => Math.max(...boxes.map((box) => box[side]!))) as [number, number];
  return { x: (left + right) / 2, y: (top + bottom) / 2, zoom: Math.min(clips.length === 1 ? 6 : 40, Math.max(0.8, 1.7 / Math.max(right - left, bottom - top, 1e-6))) };
}

function placeCard(card: HTMLElement, model: Model, state: State, clip: number | null, place: { x: number; y: number } | null): void {
  card.hidden = clip === null || place === null;
  if (clip === null || !place) { card.removeAttribute('data-clip'); return; }
  if (card.getAttribute('data-clip') !== String(clip)) { card.setAttribute('data-clip', String(clip)); card.replaceChildren(hoverCard(model, state, clip)); }
  const { offsetWidth: width, offsetHeight: height } = card, margin = 14;
  const x = place.x + margin + width > innerWidth ? place.x - margin - width : place.x + margin;
  card.style.left = `${Math.max(4, x)}px`;
  card.style.top = `${Math.max(4, Math.min(place.y + margin, innerHeight - height - 4))}px`;
}

const isDark = (theme: State['theme']): boolean => theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);

function applyTheme(theme: State['theme']): void {
  document.documentElement.dataset['theme'] = theme;
  dispatchEvent(new Event('themechange'));
}

function keepInAddress(model: Model, store: Store): void {
  let timer: ReturnType<typeof setTimeout> | undefined, own = location.hash;
  const write = (): void => {
    own = `#${encodeState(store.get(), model)}`;
    try { history.replaceState(null, '', own); } catch { /* a page inside a notebook has no address of its own */ }
  };
  store.listen(() => { clearTimeout(timer); timer = setTimeout(write, 200); });
  addEventListener('hashchange', () => { if (location.hash !== own) store.set(decodeState(location.hash, model)); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { dispatchEvent(new Event('themechange')); });
}

start();
