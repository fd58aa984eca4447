// Elements in one expression. Text is always set as text: names of clips and files come from elsewhere.

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
export type Child = Node | string;

/** true is an attribute without a value; false and undefined leave it out. */
export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: readonly Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  made.append(...children);
  return made;
}

/** The element of page.html that has this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element "${id}"`);
  return found as T;
}

/** A style that depends on a number: the policy forbids style attributes in HTML, not this. */
export function styled<T extends HTMLElement>(made: T, properties: Readonly<Record<string, string>>): T {
  for (const [name, value] of Object.entries(properties)) made.style.setProperty(name, value);
  return made;
}

/** A canvas of square RGB pictures side by side. @param bytes [count, size, size, 3] */
export function pictures(bytes: Uint8Array, size: number, count: number): HTMLCanvasElement {
  const canvas = element('canvas', { width: size * count, height: size });
  const context = canvas.getContext('2d')!, pixels = new ImageData(size, size);
  for (let t = 0; t < count; t++) {
    for (let p = 0, from = t * size * size * 3; p < size * size; p++, from += 3) pixels.data.set([bytes[from]!, bytes[from + 1]!, bytes[from + 2]!, 255], p * 4);
    context.putImageData(pixels, t * size, 0);
  }
  return canvas;
}
