// One map: a canvas with the points, an overlay for what is being drawn, and the marks of the clips pointed at.
import { colouring } from './colours.ts';
import { h, svg } from './dom.ts';
import { focusMask, isWhole } from './focus.ts';
import { clipsInside, createFinder, type Finder } from './geometry.ts';
import type { Model, Snapshot } from './model.ts';
import { listenToPointer } from './pointer.ts';
import { createRenderer, fit, type Renderer } from './renderer.ts';
import type { State, Store } from './state.ts';

export interface MapView {
  readonly element: HTMLElement;
  /** Marks a clip, on all maps; null for none. */
  mark(clip: number | null): void;
  /** Draws anew at once; for measurements. */
  draw(): void;
}

export interface MapHost {
  readonly hover: (clip: number | null, place: { readonly x: number; readonly y: number } | null) => void;
}

/** Lines to where clips were; of more, none could be told apart. */
const MOST_LINES = 3000;
const MOVE_MS = 450;
/** Without a GPU so many points follow a moving map, the chosen ones first; all are drawn when it rests. */
const MOST_MOVING = 12_000, REST_MS = 180;

export function createMap(model: Model, store: Store, run: number, host: MapHost): MapView {
  const canvas = h('canvas', { class: 'points' }), overlay = svg('svg', { class: 'overlay', 'aria-hidden': 'true' });
  const snapshotAt = (state: State, r: number): Snapshot => model.runs[r]!.snapshots[state.epochs[r]!]!;
  const element = h('div', { class: 'map', tabindex: 0, role: 'application', 'aria-label': `Map of ${model.count} clips, run ${model.runs[run]!.data.name}. Arrows move, plus and minus zoom, n and p go from clip to clip, Enter keeps one, question mark explains the keys.` }, canvas, overlay);
  const renderer = createRenderer(canvas);
  if (!renderer) element.append(h('p', { class: 'missing' }, 'This browser draws no WebGL 2, which the map needs. The panels beside it work.'));
  let finder: Finder | undefined, polygon: readonly number[] = [], marked: number | null = null, hovered = -1, frame = 0, movedAt = -Infinity, turnedAt = -Infinity;
  let rest: ReturnType<typeof setTimeout> | undefined;
  const positions = (): Float32Array => snapshotAt(store.get(), run).positions;
  const draw = (): void => {
    frame = 0;
    const share = Math.min(1, (performance.now() - movedAt) / MOVE_MS);
    const isThinned = renderer?.isSoftware === true && model.count > MOST_MOVING && performance.now() - turnedAt < REST_MS;
    renderer?.draw(store.get().camera, share * share * (3 - 2 * share), isThinned ? MOST_MOVING : Infinity);
    drawOverlay(overlay, element, store.get(), positions(), polygon, marked);
    if (share < 1) request();
    else if (isThinned) { clearTimeout(rest); rest = setTimeout(request, REST_MS); }
  };
  const request = (): void => { frame ||= requestAnimationFrame(draw); };
  const load = (): void => { if (renderer) loadPoints(renderer, model, store.get(), run); };
  listenToPointer(element, {
    mode: () => store.get().mode, camera: () => store.get().camera, move: (camera) => { store.set({ camera }); },
    hover(at) {
      finder ??= createFinder(positions());
      hovered = at ? finder.nearest(at.x, at.y, at.radius) : -1;
      host.hover(hovered < 0 ? null : hovered, at && { x: at.clientX, y: at.clientY });
    },
    click(isAdding) {
      if (hovered >= 0 && isAdding) store.set({ selection: toggled(store.get().selection ?? [], hovered) });
      else if (hovered >= 0) store.set({ pinned: hovered, run });
      else store.set({ pinned: null, ...!isAdding && { selection: null } });
    },
    draw(outline, isDone, isAdding) {
      polygon = isDone ? [] : outline;
      if (isDone) {
        const inside = clipsInside(positions(), outline), before = isAdding ? store.get().selection ?? [] : [];
        const all = [...new Set([...before, ...inside])].sort((a, b) => a - b);
        store.set({ selection: all.length > 0 ? all : null });
      }
      request();
    },
  });
  store.listen((state, before) => {
    if (state.epochs.join() !== before.epochs.join()) { finder = undefined; if (state.epochs[run] !== before.epochs[run]) movedAt = matchMedia('(prefers-reduced-motion: reduce)').matches ? -Infinity : performance.now(); }
    if (state.camera !== before.camera) turnedAt = performance.now();
    if (LOADS.some((key) => state[key] !== before[key])) load();
    request();
  });
  new ResizeObserver(() => { renderer?.resize(); request(); }).observe(element);
  addEventListener('themechange', () => { load(); request(); });
  // A sleeping laptop or a driver that starts anew takes a page's WebGL away for a while.
  canvas.addEventListener('webglcontextrestored', request);
  load();
  return { element, mark(clip) { marked = clip; request(); }, draw };
}

/** Settings that change how points look. */
const LOADS = ['colour', 'selection', 'pinned', 'run', 'epochs', 'intensity', 'lines', 'shapes', 'theme'] as const;

const toggled = (list: readonly number[], clip: number): number[] => (list.includes(clip) ? list.filter((other) => other !== clip) : [...list, clip].sort((a, b) => a - b));

/** Pixels across a point: smaller where there are many. */
export const pointSize = (count: number): number => (count < 1500 ? 9 : count < 6000 ? 7 : count < 30_000 ? 5 : 3.5);

/** Shapes need more room than discs to be told apart. */
const SHAPED = 1.35;

function loadPoints(renderer: Renderer, model: Model, state: State, run: number): void {
  const snapshots = model.runs.map(({ snapshots }, r) => snapshots[state.epochs[r]!]!), mask = focusMask(model, state), whole = isWhole(state);
  const { rgb, shapes } = colouring(model, state.colour, snapshots, run), isShaped = state.shapes && shapes !== undefined;
  const size = pointSize(model.count) * (isShaped ? SHAPED : 1);
  const rgba = new Uint8Array(model.count * 4), sizes = new Float32Array(model.count), order: number[] = [], front: number[] = [];
  const dim = getComputedStyle(document.documentElement).getPropertyValue('--dim').trim().split(/\s+/).map(Number);
  const step = stride(model.count);
  for (let n = 0, i = 0; n < model.count; n++, i = (i + step) % model.count) {
    const isIn = mask[i] === 1;
    if (isIn) rgba.set([rgb[3 * i]!, rgb[3 * i + 1]!, rgb[3 * i + 2]!, whole ? 220 : 245], 4 * i);
    else rgba.set([dim[0]!, dim[1]!, dim[2]!, 90], 4 * i);
    sizes[i] = isIn ? (whole ? size : size * 1.15) : size * 0.7;
    (isIn ? front : order).push(i);
  }
  renderer.setPoints({ positions: snapshots[run]!.positions, rgba, sizes, ...isShaped && { shapes }, order: Uint32Array.from([...order, ...front]) });
  const from = snapshots[1 - run]?.positions;
  const ends = state.lines && from && run === 1 ? movedLines(front.slice(0, MOST_LINES), from, snapshots[run]!.positions) : new Float32Array(0);
  renderer.setLines(ends, [dim[0]! / 255, dim[1]! / 255, dim[2]! / 255, front.length > 400 ? 0.5 : 0.95]);
}

/** Visits all of `count` in an order that is even over them from any place on: a part of it is a fair sample. */
function stride(count: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let step = Math.max(1, Math.round(0.618034 * count));
  while (divisor(step, count) !== 1) step++;
  return step;
}

function movedLines(clips: readonly number[], from: Float32Array, to: Float32Array): Float32Array {
  const ends = new Float32Array(clips.length * 4);
  clips.forEach((clip, i) => { ends.set([from[2 * clip]!, from[2 * clip + 1]!, to[2 * clip]!, to[2 * clip + 1]!], 4 * i); });
  return ends;
}

function drawOverlay(overlay: SVGSVGElement, element: HTMLElement, { camera, pinned }: State, positions: Float32Array, polygon: readonly number[], marked: number | null): void {
  const { clientWidth: width, clientHeight: height } = element, unit = fit(width, height) * camera.zoom;
  const x = (value: number): number => width / 2 + (value - camera.x) * unit, y = (value: number): number => height / 2 - (value - camera.y) * unit;
  const ring = (clip: number, name: string): SVGElement => svg('circle', { class: name, cx: x(positions[2 * clip]!), cy: y(positions[2 * clip + 1]!), r: 8 });
  const path = polygon.map((value, i) => (i % 2 === 0 ? x(value) : y(value)).toFixed(1)).join(' ');
  overlay.replaceChildren(...[
    polygon.length > 4 && svg('polygon', { class: 'drawn', points: path }), pinned !== null && ring(pinned, 'pinned'), marked !== null && marked !== pinned && ring(marked, 'marked'),
  ].filter((child) => child !== false));
}
