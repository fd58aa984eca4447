// The mouse and the finger on a map: move, zoom, draw a box or a lasso, point at a clip, choose one.
import type { Camera, Mode } from './state.ts';
import { fit } from './renderer.ts';

export interface PointerHost {
  readonly mode: () => Mode;
  readonly camera: () => Camera;
  readonly move: (camera: Camera) => void;
  /** In map units; null when the mouse has left. */
  readonly hover: (at: { readonly x: number; readonly y: number; readonly radius: number; readonly clientX: number; readonly clientY: number } | null) => void;
  readonly click: (isAdding: boolean) => void;
  /** In map units, [x, y, ...]; `isDone` when the button is released. Empty: nothing is drawn any more. */
  readonly draw: (polygon: readonly number[], isDone: boolean, isAdding: boolean) => void;
}

/** Pixels within which a point is meant, and beyond which a press is a drag. */
const REACH = 9, SLACK = 4;

export function toMap(element: HTMLElement, camera: Camera, clientX: number, clientY: number): { x: number; y: number; unit: number } {
  const { left, top, width, height } = element.getBoundingClientRect(), unit = fit(width, height) * camera.zoom;
  return { x: camera.x + (clientX - left - width / 2) / unit, y: camera.y - (clientY - top - height / 2) / unit, unit };
}

export function zoomed(camera: Camera, factor: number, x = camera.x, y = camera.y): Camera {
  const zoom = Math.min(200, Math.max(0.3, camera.zoom * factor)), kept = camera.zoom / zoom;
  return { zoom, x: x + (camera.x - x) * kept, y: y + (camera.y - y) * kept };
}

interface Drag { readonly mode: Mode; readonly startX: number; readonly startY: number; readonly camera: Camera; readonly isAdding: boolean; readonly path: number[]; isMoved: boolean }

export function listenToPointer(element: HTMLElement, host: PointerHost): void {
  let drag: Drag | undefined;
  const at = (event: MouseEvent): { x: number; y: number; unit: number } => toMap(element, host.camera(), event.clientX, event.clientY);
  const pointedAt = (event: MouseEvent): Parameters<PointerHost['hover']>[0] => { const { x, y, unit } = at(event); return { x, y, radius: REACH / unit, clientX: event.clientX, clientY: event.clientY }; };
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    const { x, y } = at(event), mode = event.shiftKey && host.mode() === 'pan' ? 'lasso' : host.mode();
    drag = { mode, startX: event.clientX, startY: event.clientY, camera: host.camera(), isAdding: event.ctrlKey || event.metaKey, path: [x, y], isMoved: false };
  });
  element.addEventListener('pointermove', (event) => {
    if (!drag) { host.hover(pointedAt(event)); return; }
    const { x, y, unit } = at(event);
    if (!drag.isMoved && Math.hypot(event.clientX - drag.startX, event.clientY - drag.startY) < SLACK) return;
    drag.isMoved = true;
    if (drag.mode === 'pan') host.move({ ...drag.camera, x: drag.camera.x - (event.clientX - drag.startX) / unit, y: drag.camera.y + (event.clientY - drag.startY) / unit });
    else { if (drag.mode === 'lasso') drag.path.push(x, y); host.draw(outline(drag, x, y), false, drag.isAdding); }
  });
  element.addEventListener('pointerup', (event) => {
    if (!drag) return;
    const { x, y } = at(event), ended = drag;
    drag = undefined;
    // a finger has pointed at nothing before, and the map may have changed under a resting mouse
    if (!ended.isMoved) { host.hover(pointedAt(event)); host.click(ended.isAdding); }
    else if (ended.mode !== 'pan') host.draw(outline(ended, x, y), true, ended.isAdding);
  });
  element.addEventListener('pointercancel', () => { drag = undefined; host.draw([], false, false); });
  element.addEventListener('pointerleave', () => { if (!drag) host.hover(null); });
  element.addEventListener('dblclick', (event) => { const { x, y } = at(event); host.move(zoomed(host.camera(), 2, x, y)); });
  element.addEventListener('wheel', (event) => {
    event.preventDefault();
    const { x, y } = at(event);
    host.move(zoomed(host.camera(), Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0016)), x, y));
  }, { passive: false });
}

/** The drawn line in map units: a box from its corners, a lasso as it went. */
const outline = ({ mode, path: [x, y, ...rest] }: Drag, toX: number, toY: number): number[] =>
  (mode === 'box' ? [x!, y!, toX, y!, toX, toY, x!, toY] : [x!, y!, ...rest]);
