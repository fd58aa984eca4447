// What all panels have in common: a section that can be folded, drawn anew when what it shows has changed.
import { h, keepingFocus } from './dom.ts';
import type { Model } from './model.ts';
import type { State, Store } from './state.ts';

export interface PanelContext {
  readonly model: Model;
  readonly store: Store;
  /** Marks a clip on the maps. */
  readonly mark: (clip: number | null) => void;
  /** Moves the maps so that these clips fill them. */
  readonly show: (clips: readonly number[]) => void;
}

export interface Panel {
  readonly title: string;
  readonly key: string;
  /** Settings that change it. */
  readonly on: readonly (keyof State)[];
  render(context: PanelContext, body: HTMLElement): void;
}

export function mountPanel({ title, key, on, render }: Panel, context: PanelContext): HTMLElement {
  const body = h('div', { class: 'body' });
  const section = h('details', { class: `panel ${key}`, open: true }, h('summary', {}, h('h2', {}, title)), body);
  const update = (): void => { keepingFocus(body, () => { render(context, body); }); };
  context.store.listen((state, before) => { if (on.some((name) => state[name] !== before[name])) update(); });
  update();
  return section;
}

/** A row of buttons of which one is pressed. */
export function choice<T extends string | number>(label: string, options: readonly (readonly [T, string])[], present: T, choose: (value: T) => void): HTMLElement {
  return h('div', { class: 'choice', role: 'group', 'aria-label': label }, ...options.map(([value, name]) =>
    h('button', { type: 'button', 'aria-pressed': String(value === present), onclick: () => { choose(value); } }, name)));
}
