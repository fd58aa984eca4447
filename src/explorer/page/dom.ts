// Elements. Text is always set as text: nothing of a dataset is ever read as markup.

type Child = Node | string | number | null | undefined | false;

interface Attributes { readonly [name: string]: string | number | boolean | ((event: never) => void) | undefined }

/** h('button', { class: 'x', onclick: f }, 'text'): attributes by name, functions as listeners, `false` leaves one out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => (typeof child === 'number' ? String(child) : child)));
  return element;
}

const CONTROLS = 'button, select, input, summary';

/** Draws anew; the control that had the focus, or the one in its place, has it after. */
export function keepingFocus(body: HTMLElement, render: () => void): void {
  const place = [...body.querySelectorAll(CONTROLS)].indexOf(document.activeElement!);
  render();
  if (place >= 0 && !body.contains(document.activeElement)) body.querySelectorAll<HTMLElement>(CONTROLS)[place]?.focus({ preventScroll: true });
}

/** A small square of a colour; its style goes through the object model, which the page's policy allows. */
export function swatch(colour: string): HTMLElement {
  const square = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  square.style.background = colour;
  return square;
}

export const percent = (share: number, digits = 0): string => `${(100 * share).toFixed(digits)} %`;
export const short = (value: number | null): string => (value === null ? '–' : (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)).replace('-', '−'));
