// What the colours mean; an entry chooses its clips.
import { choices, colouring } from './colours.ts';
import { presentSnapshots } from './clipCard.ts';
import { h, swatch } from './dom.ts';
import type { Model } from './model.ts';
import type { ColourBy, Store } from './state.ts';

export function createLegend(model: Model, store: Store): HTMLElement {
  const body = h('div', { class: 'legend' });
  const render = (): void => {
    const state = store.get(), { legend } = colouring(model, state.colour, presentSnapshots(model, state), state.run);
    if (legend.kind === 'classes') {
      body.replaceChildren(...legend.entries.map(({ name, colour, clips, isMember }) => h('button', { type: 'button', title: `choose these ${clips} clips`, onclick: () => { store.set({ selection: Array.from({ length: model.count }, (_, i) => i).filter(isMember) }); } }, swatch(colour), name, h('span', { class: 'quiet' }, ` ${clips}`))));
    } else {
      const bar = h('span', { class: 'ramp', 'aria-hidden': 'true' });
      bar.style.background = `linear-gradient(90deg, ${legend.colours.join(', ')})`;
      body.replaceChildren(h('span', {}, legend.low), bar, h('span', {}, legend.high), ...legend.unknown > 0 ? [h('span', { class: 'quiet' }, ` ${legend.unknown} unknown`)] : []);
    }
  };
  store.listen((state, before) => { if (state.colour !== before.colour || state.run !== before.run || state.epochs !== before.epochs) render(); });
  render();
  return body;
}

export function colourSelect(model: Model, store: Store): HTMLElement {
  const select = h('select', { id: 'colour', onchange: () => { store.set({ colour: select.value as ColourBy }); } }, ...choices(model).map(([key, name]) => h('option', { value: key }, name)));
  const show = (): void => { select.value = store.get().colour; };
  store.listen(show);
  show();
  return h('label', { class: 'field' }, 'colour by', select);
}
