// Finding clips by their ids (or the part of an id).
import { h } from './dom.ts';
import type { Model } from './model.ts';
import type { Store } from './state.ts';

const SHOWN = 12;

export const findClips = (ids: readonly string[], text: string): number[] => {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [];
  const found = Array.from(ids.keys()).filter((clip) => ids[clip]!.toLowerCase().includes(wanted));
  return found.sort((a, b) => Number(ids[b]!.toLowerCase() === wanted) - Number(ids[a]!.toLowerCase() === wanted) || a - b);
};

export function createSearch({ page }: Model, store: Store, show: (clip: number) => void): HTMLElement {
  const results = h('ul', { class: 'results', hidden: true });
  const input = h('input', { type: 'search', id: 'search', placeholder: 'Find a clip by id  ( / )', 'aria-label': 'find a clip by its id', autocomplete: 'off', spellcheck: 'false' });
  const choose = (clip: number): void => { results.hidden = true; store.set({ pinned: clip }); show(clip); };
  const list = (): void => {
    const found = findClips(page.ids, input.value);
    results.hidden = input.value.trim() === '';
    results.replaceChildren(
      ...found.slice(0, SHOWN).map((clip) => h('li', {}, h('button', { type: 'button', 'data-clip': clip, onclick: () => { choose(clip); } }, page.ids[clip]!, h('span', { class: 'quiet' }, ` ${page.labelNames[page.labels[clip]!]!}`)))),
      found.length > 1 ? h('li', {}, h('button', { type: 'button', class: 'all', onclick: () => { results.hidden = true; store.set({ selection: found.toSorted((a, b) => a - b) }); } }, `choose all ${found.length}`)) : h('li', { class: 'quiet none', hidden: found.length > 0 }, 'no clip has this in its id'));
  };
  input.addEventListener('input', list);
  input.addEventListener('keydown', (event) => {
    const [first] = findClips(page.ids, input.value);
    if (event.key === 'Enter' && first !== undefined) choose(first);
    if (event.key === 'Escape') { input.value = ''; results.hidden = true; input.blur(); }
    if (event.key === 'ArrowDown') results.querySelector('button')?.focus();
    event.stopPropagation();
  });
  return h('div', { class: 'search' }, input, results);
}
