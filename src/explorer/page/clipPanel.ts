// The clip that was clicked: what is known of it, and its nearest neighbours in feature space.
import { clipFacts, frameStrip, presentSnapshots, thumbnail } from './clipCard.ts';
import { h, short, swatch } from './dom.ts';
import type { Snapshot } from './model.ts';
import type { Panel, PanelContext } from './panel.ts';

export const clipPanel: Panel = {
  title: 'Clip', key: 'clip', on: ['pinned', 'epochs', 'run'],
  render(context, body) {
    const { model, store } = context, state = store.get(), clip = state.pinned;
    if (clip === null) { body.replaceChildren(h('p', { class: 'quiet hint' }, 'Click a clip to see its nearest neighbours in feature space.')); return; }
    const snapshots = presentSnapshots(model, state), { page } = model;
    body.replaceChildren(
      h('p', { class: 'id' }, page.ids[clip]!, ...page.attributes.filter(({ values }) => values[clip]! >= 0).map(({ key, names, values }) => h('span', { class: 'quiet' }, ` · ${key === 'fold' ? '' : `${key} `}${names[values[clip]!]!}`))),
      frameStrip(model, clip),
      ...snapshots.map((snapshot, r) => h('div', { class: 'of-run' }, snapshots.length > 1 && h('p', { class: 'run-name' }, `${'AB'[r]!} · ${model.runs[r]!.data.name}`), clipFacts(model, clip, snapshot))),
      neighbourList(context, clip, snapshots[state.run]!));
  },
};

export const neighboursOf = ({ neighbours: { k, indices, distances } }: Snapshot, clip: number): { clip: number; distance: number }[] =>
  Array.from({ length: k }, (_, j) => ({ clip: indices[clip * k + j]!, distance: distances[clip * k + j]! }));

function neighbourList(context: PanelContext, clip: number, snapshot: Snapshot): HTMLElement {
  const { model: { page, runs }, store, mark } = context, near = neighboursOf(snapshot, clip), label = page.labels[clip]!;
  const agreeing = near.filter((other) => page.labels[other.clip] === label).length, run = store.get().run;
  const row = ({ clip: other, distance }: { clip: number; distance: number }): HTMLElement => {
    const isSame = page.labels[other] === label, name = page.labelNames[page.labels[other]!]!;
    return h('li', {}, h('button', { type: 'button', class: 'neighbour', 'data-clip': other, onclick: () => { store.set({ pinned: other }); }, onmouseenter: () => { mark(other); }, onmouseleave: () => { mark(null); }, onfocus: () => { mark(other); } },
      thumbnail(context.model, other), h('span', { class: 'id' }, page.ids[other]!), h('span', { class: 'of' }, swatch(page.colours[page.labels[other]!]!), name),
      h('span', { class: 'distance' }, short(distance)), h('span', { class: isSame ? 'right' : 'wrong', title: isSame ? 'same label' : 'another label', 'aria-label': isSame ? 'same label' : 'another label' }, isSame ? 'same' : 'other')));
  };
  return h('div', {},
    h('h3', {}, 'Nearest in feature space', runs.length > 1 && h('span', { class: 'quiet' }, ` of run ${'AB'[run]!}`)),
    h('p', { class: 'quiet agreement' }, near.length === 0 ? 'There is no other clip.' : `${agreeing} of ${near.length} have its label; distances between ${snapshot.data.space.width} features, exact.`),
    h('div', { class: 'buttons' }, h('button', { type: 'button', disabled: near.length === 0, onclick: () => { store.set({ selection: [clip, ...near.map((other) => other.clip)].sort((a, b) => a - b) }); } }, 'Choose them')),
    h('ol', { class: 'neighbours' }, ...near.map(row)));
}
