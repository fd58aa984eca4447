// Two runs on the same clips: which ones the second fixed and broke, and where clips moved.
import { presentSnapshots, thumbnail } from './clipCard.ts';
import { h, percent, swatch } from './dom.ts';
import { changeOf, CHANGES, clipsOf, focusMask, type Change } from './focus.ts';
import type { Panel, PanelContext } from './panel.ts';

const SHOWN = 24;

export const comparePanel: Panel = {
  title: 'A against B', key: 'compare', on: ['selection', 'intensity', 'epochs', 'lines'],
  render(context, body) {
    const { model, store } = context, state = store.get(), [a, b] = presentSnapshots(model, state), { labels } = model.page;
    const clips = clipsOf(focusMask(model, state));
    const lists = Object.fromEntries(CHANGES.map((change) => [change, clips.filter((clip) => changeOf(clip, labels[clip]!, a!, b!) === change)])) as Record<Change, number[]>;
    const toggle = h('input', { type: 'checkbox', checked: state.lines, onchange: (event: Event) => { store.set({ lines: (event.target as HTMLInputElement).checked }); } });
    body.replaceChildren(
      h('p', { class: 'quiet' }, `A: ${model.runs[0]!.data.what}. B: ${model.runs[1]!.data.what}. Of ${clips.length} clips in focus:`),
      h('div', { class: 'changes' }, ...CHANGES.map((change) => h('button', { type: 'button', class: `change ${change.replace(' ', '-')}`, disabled: lists[change].length === 0, onclick: () => { store.set({ selection: lists[change] }); } },
        h('b', {}, lists[change].length), ` ${change}`))),
      h('label', { class: 'line' }, toggle, ' lines on B from where clips are on A'),
      h('p', { class: 'quiet' }, `B's map is laid over A's by Procrustes alignment; ${percent(b!.data.disparity)} of the spread is left.`),
      list(context, 'Fixed by B', lists.fixed, b!.predicted), list(context, 'Broken by B', lists.broken, b!.predicted));
  },
};

function list({ model, store, mark }: PanelContext, title: string, clips: readonly number[], predicted: Uint8Array): HTMLElement {
  const { ids, labels, labelNames, colours } = model.page;
  const row = (clip: number): HTMLElement => h('li', {}, h('button', { type: 'button', class: 'neighbour', 'data-clip': clip, onclick: () => { store.set({ pinned: clip }); }, onmouseenter: () => { mark(clip); }, onmouseleave: () => { mark(null); } },
    thumbnail(model, clip), h('span', { class: 'id' }, ids[clip]!), h('span', { class: 'of' }, swatch(colours[labels[clip]!]!), labelNames[labels[clip]!]!), h('span', { class: 'quiet' }, predicted[clip] === labels[clip] ? '' : `→ ${labelNames[predicted[clip]!]!}`)));
  return h('details', { class: 'sub' }, h('summary', {}, `${title} (${clips.length})`), h('ol', { class: 'neighbours' }, ...clips.slice(0, SHOWN).map(row)), clips.length > SHOWN && h('p', { class: 'quiet' }, `and ${clips.length - SHOWN} more: choose them above`));
}
