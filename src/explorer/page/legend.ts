// What the colours mean; an entry chooses its clips.
import { choices, colouring } from './colours.ts';
import { presentSnapshots } from './clipCard.ts';
import { h, keepingFocus, swatch } from './dom.ts';
import type { Model } from './model.ts';
import { shapeSwatch } from './shapes.ts';
import type { ColourBy, Store } from './state.ts';

export function createLegend(model: Model, store: Store): HTMLElement {
  const body = h('div', { class: 'legend' });
  const render = (): void => {
    const state = store.get(), { legend } = colouring(model, state.colour, presentSnapshots(model, state), state.run);
    if (legend.kind === 'classes') {
      body.replaceChildren(...legend.entries.map(({ name, colour, shape, clips, isMember }) => h('button', { type: 'button', title: `choose these ${clips} clips`, onclick: () => { store.set({ selection: Array.from({ length: model.count }, (_, i) => i).filter(isMember) }); } }, state.shapes ? shapeSwatch(colour, shape) : swatch(colour), name, h('span', { class: 'quiet' }, ` ${clips}`))));
    } else {
      const bar = h('span', { class: 'ramp', 'aria-hidden': 'true' });
      bar.style.background = `linear-gradient(90deg, ${legend.colours.join(', ')})`;
      body.replaceChildren(h('span', {}, legend.low), bar, h('span', {}, legend.high), ...legend.unknown > 0 ? [h('span', { class: 'quiet' }, ` ${legend.unknown} unknown`)] : []);
    }
  };
  store.listen((state, before) => { if (state.colour !== before.colour || state.run !== before.run || state.epochs !== before.epochs || state.shapes !== before.shapes) keepingFocus(body, render); });
  render();
  return body;
}

export function colourSelect(model: Model, store: Store): HTMLElement {
  const select = h('select', { id: 'colour', onchange: () => { store.set({ colour: select.value as ColourBy }); } }, ...choices(model).map(([key, name]) => h('option', { value: key }, name)));
  const shapes = h('input', { type: 'checkbox', class: 'shapes', onchange: () => { store.set({ shapes: shapes.checked }); } });
  const show = (): void => { select.value = store.get().colour; shapes.checked = store.get().shapes; };
  store.listen(show);
  show();
  return h('div', { class: 'field' }, h('label', { class: 'field' }, 'colour by', select), h('label', { class: 'field', title: 'a shape for each class' }, shapes, 'shapes'));
}
