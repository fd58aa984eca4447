// The selection: how many clips, of which classes, as a grid of pictures, as a list for a split.
import { splitCsv } from './csv.ts';
import { presentSnapshots, thumbnail } from './clipCard.ts';
import { h, keepingFocus, percent } from './dom.ts';
import { clipsOf, focusMask, isWhole } from './focus.ts';
import type { Panel, PanelContext } from './panel.ts';

/** Pictures at a time: more are asked for with a button. */
const PAGE = 60;

type Order = 'map' | 'wrong' | 'sure' | 'intensity';
let order: Order = 'wrong', shown = PAGE, ofSelection: unknown;

export const selectionPanel: Panel = {
  title: 'Selection', key: 'selection', on: ['selection', 'intensity', 'run', 'epochs', 'pinned'],
  render(context, body) {
    const { model, store } = context, state = store.get(), clips = clipsOf(focusMask(model, state));
    if (ofSelection !== state.selection) { shown = PAGE; ofSelection = state.selection; }
    const { predicted } = presentSnapshots(model, state)[state.run]!;
    const found = clips.filter((clip) => predicted[clip] === model.page.labels[clip]).length;
    body.replaceChildren(
      h('p', { class: 'count', 'data-count': clips.length }, h('b', {}, clips.length), isWhole(state) ? ' clips, all of them' : ` of ${model.count} clips`, clips.length > 0 && h('span', { class: 'quiet' }, `, ${percent(found / clips.length, 1)} found`)),
      classCounts(context, clips, predicted),
      h('div', { class: 'buttons' },
        h('button', { type: 'button', class: 'export', onclick: () => { exportCsv(context, clips); } }, 'Export CSV'),
        h('button', { type: 'button', disabled: clips.length === 0, onclick: () => { context.show(clips); } }, 'Zoom to'),
        h('button', { type: 'button', class: 'clear', disabled: isWhole(state), onclick: () => { store.set({ selection: null, intensity: [0, 1] }); } }, 'Clear')),
      ...isWhole(state) ? [h('p', { class: 'quiet hint' }, 'Draw a lasso (L) or a box (B) on the map, or click a cell of the matrix, to choose clips.')] : [grid(context, clips)]);
  },
};

function classCounts({ model: { page }, store }: PanelContext, clips: readonly number[], predicted: Uint8Array): HTMLElement {
  const tally = page.labelNames.map(() => ({ clips: 0, found: 0 }));
  for (const clip of clips) { const row = tally[page.labels[clip]!]!; row.clips++; row.found += Number(predicted[clip] === page.labels[clip]); }
  const most = Math.max(1, ...tally.map((row) => row.clips));
  return h('ul', { class: 'counts', 'aria-label': 'clips of each class' }, ...page.labelNames.map((name, c) => {
    const fill = h('span', { class: 'fill' }), { clips: n, found } = tally[c]!;
    fill.style.width = `${(100 * n) / most}%`;
    fill.style.background = page.colours[c]!;
    const only = (): void => { store.set({ selection: clips.filter((clip) => page.labels[clip] === c) }); };
    return h('li', {}, h('button', { type: 'button', class: 'bar', disabled: n === 0, title: `choose the ${n} clips of ${name}`, 'aria-label': `${name}: ${n} clips, ${found} found`, onclick: only },
      h('span', { class: 'name' }, name), h('span', { class: 'track' }, fill), h('span', { class: 'value' }, n)));
  }));
}

function grid(context: PanelContext, clips: readonly number[]): HTMLElement {
  const { model, store } = context, state = store.get(), snapshot = presentSnapshots(model, state)[state.run]!, { labelNames, labels, ids } = model.page;
  const value: Record<Order, (clip: number) => number> = { map: (clip) => clip, wrong: (clip) => snapshot.margin[clip]!, sure: (clip) => -snapshot.margin[clip]!, intensity: (clip) => model.peaks?.[clip] ?? 0 };
  const sorted = [...clips].sort((a, b) => value[order](a) - value[order](b) || a - b);
  const names: readonly (readonly [Order, string])[] = [['wrong', 'most wrong first'], ['sure', 'surest first'], ...model.peaks ? [['intensity', 'weakest first'] as const] : [], ['map', 'in the order of the list']];
  const again = (): void => { renderAgain(context); };
  const select = h('select', { 'aria-label': 'order of the clips', onchange: (event: Event) => { order = (event.target as HTMLSelectElement).value as Order; again(); } },
    ...names.map(([key, name]) => h('option', { value: key, selected: key === order }, name)));
  const tiles = sorted.slice(0, shown).map((clip) => {
    const isRight = snapshot.predicted[clip] === labels[clip], name = `${ids[clip]!}: ${labelNames[labels[clip]!]!}, ${isRight ? 'found' : `taken for ${labelNames[snapshot.predicted[clip]!]!}`}`;
    return h('button', { type: 'button', class: `tile ${isRight ? 'right' : 'wrong'}`, title: name, 'aria-label': name, 'data-clip': clip, onclick: () => { store.set({ pinned: clip }); }, onmouseenter: () => { context.mark(clip); }, onmouseleave: () => { context.mark(null); }, onfocus: () => { context.mark(clip); } }, thumbnail(model, clip));
  });
  const more = sorted.length > shown && h('button', { type: 'button', class: 'more', onclick: () => { shown += 4 * PAGE; ofSelection = state.selection; renderAgain(context); } }, `show more of ${sorted.length}`);
  return h('div', {}, h('div', { class: 'line' }, select), h('div', { class: 'grid' }, ...tiles), more);
}

/** Draws the panel anew without a change of state. */
function renderAgain(context: PanelContext): void {
  const body = document.querySelector<HTMLElement>('.panel.selection > .body')!;
  keepingFocus(body, () => { selectionPanel.render(context, body); });
}

function exportCsv({ model: { page } }: PanelContext, clips: readonly number[]): void {
  const url = URL.createObjectURL(new Blob([splitCsv(clips, page.ids, page.labels, page.labelNames)], { type: 'text/csv' }));
  h('a', { href: url, download: `selection-${clips.length}-clips.csv` }).click();
  setTimeout(() => { URL.revokeObjectURL(url); }, 10_000);
}
