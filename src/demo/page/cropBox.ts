// The square of the camera's picture that the network sees: where it may be, and the element by which a user moves it.
import type { Box } from '../../data/resize.ts';
import { element, styled } from './dom.ts';

export interface Extent { readonly width: number; readonly height: number }

/** Pixels of the picture. */
export const SMALLEST = 48;

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), Math.max(low, high));

/** A square within the picture, as near to the wanted one as can be; whole pixels. */
export function within(left: number, top: number, side: number, { width, height }: Extent): Box {
  const fitting = Math.round(clamp(side, SMALLEST, Math.min(width, height)));
  return { left: Math.round(clamp(left, 0, width - fitting)), top: Math.round(clamp(top, 0, height - fitting)), width: fitting, height: fitting };
}

/** Where a face sits that looks into a camera: in the middle, two thirds of the height. */
export function firstBox(extent: Extent): Box {
  const side = Math.min(extent.width, extent.height) * (2 / 3);
  return within((extent.width - side) / 2, (extent.height - side) / 2, side, extent);
}

export const moved = (box: Box, dx: number, dy: number, extent: Extent): Box => within(box.left + dx, box.top + dy, box.width, extent);

/** About its middle. */
export const grown = (box: Box, by: number, extent: Extent): Box => within(box.left - by / 2, box.top - by / 2, box.width + by, extent);

/** From the upper left corner, which stays. */
export function stretched(box: Box, by: number, extent: Extent): Box {
  const room = Math.min(extent.width - box.left, extent.height - box.top);
  return within(box.left, box.top, Math.min(box.width + by, room), extent);
}

const STEP = 8;
const MOVES: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };

/** The box after a key, or undefined for a key that does nothing. */
export function afterKey(box: Box, key: string, extent: Extent): Box | undefined {
  const move = MOVES[key];
  if (move) return moved(box, move[0], move[1], extent);
  if (key === '+' || key === '=') return grown(box, 2 * STEP, extent);
  return key === '-' ? grown(box, -2 * STEP, extent) : undefined;
}

export interface CropBox {
  readonly node: HTMLElement;
  readonly box: () => Box;
  /** Of the picture that it lies on; puts the box in its middle. */
  setExtent(extent: Extent): void;
}

/** Lies on an element that shows the whole picture. */
export function cropBox(): CropBox {
  let extent: Extent = { width: 640, height: 480 }, box = firstBox(extent);
  const grip = element('span', { class: 'grip', 'aria-hidden': 'true' });
  const node = element('div', { class: 'crop', tabindex: 0, role: 'application', 'aria-roledescription': 'crop box' }, grip);
  const show = (next: Box): void => {
    box = next;
    const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;
    styled(node, { left: percent(box.left, extent.width), top: percent(box.top, extent.height), width: percent(box.width, extent.width), height: percent(box.height, extent.height) });
    node.setAttribute('aria-label', `Face: ${box.width} pixels wide, ${box.left} from the left, ${box.top} from the top. Arrow keys move, plus and minus resize.`);
  };
  dragging(node, grip, () => box, (start, isStretch, dx, dy) => {
    const scale = extent.width / node.parentElement!.clientWidth;
    show(isStretch ? stretched(start, Math.max(dx, dy) * scale, extent) : moved(start, dx * scale, dy * scale, extent));
  });
  node.addEventListener('keydown', (event) => {
    const next = afterKey(box, event.key, extent);
    if (next) { event.preventDefault(); show(next); }
  });
  show(box);
  return { node, box: () => box, setExtent(next) { extent = next; show(firstBox(next)); } };
}

/** @param onDrag hears the box at the beginning, whether the grip was taken, and how far the pointer has gone, in CSS pixels */
function dragging(node: HTMLElement, grip: HTMLElement, box: () => Box, onDrag: (start: Box, isStretch: boolean, dx: number, dy: number) => void): void {
  let held: { readonly start: Box; readonly isStretch: boolean; readonly x: number; readonly y: number } | undefined;
  node.addEventListener('pointerdown', (event) => {
    node.setPointerCapture(event.pointerId);
    held = { start: box(), isStretch: event.target === grip, x: event.clientX, y: event.clientY };
  });
  node.addEventListener('pointermove', ({ clientX, clientY }) => { if (held) onDrag(held.start, held.isStretch, clientX - held.x, clientY - held.y); });
  for (const end of ['pointerup', 'pointercancel']) node.addEventListener(end, () => { held = undefined; });
}
