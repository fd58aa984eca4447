// Weak and strong expressions: the true peak intensity as a filter, and recall along it for the clips in focus.
import { h, percent, svg } from './dom.ts';
import { presentSnapshots } from './clipCard.ts';
import { clipsOf, focusMask, recallOf } from './focus.ts';
import type { Model, Snapshot } from './model.ts';
import type { Panel } from './panel.ts';

/** As in src/evaluate/intensity.ts. */
export const EDGES: readonly number[] = [0.12, 0.28, 0.42, 0.56, 0.7, 1];
const WIDTH = 340, HEIGHT = 150, LEFT = 34, BOTTOM = 26, TOP = 8;

export interface Bin { readonly low: number; readonly high: number; readonly clips: number; readonly recall: ReturnType<typeof recallOf> }

/** Recall of the clips in each bin of peak intensity, [edge, next), the last one closed. */
export function recallBins(clips: readonly number[], peaks: Float32Array, labels: readonly number[], predicted: Uint8Array): Bin[] {
  return EDGES.slice(1).map((high, b) => {
    const low = EDGES[b]!, isLast = b === EDGES.length - 2;
    const own = clips.filter((clip) => peaks[clip]! >= low && (peaks[clip]! < high || (isLast && peaks[clip]! <= high)));
    return { low, high, clips: own.length, recall: recallOf(own.filter((clip) => predicted[clip] === labels[clip]).length, own.length) };
  });
}

export const intensityPanel: Panel = {
  title: 'Intensity', key: 'intensity', on: ['selection', 'intensity', 'epochs', 'run'],
  render({ model, store }, body) {
    const { peaks } = model, state = store.get();
    if (!peaks) { body.replaceChildren(h('p', { class: 'quiet hint' }, 'This set tells no true intensity (DFEW and FERV39k have none; the synthetic benchmark does).')); return; }
    const clips = clipsOf(focusMask(model, state)), snapshots = presentSnapshots(model, state);
    if (body.querySelector('.range')) body.querySelector('.shown')!.textContent = rangeText(state.intensity, clips.length);
    else {
      const slider = (which: 0 | 1, name: string): HTMLInputElement => h('input', { type: 'range', min: 0, max: 1, step: 0.01, value: state.intensity[which], 'aria-label': name, class: which === 0 ? 'low' : 'high', oninput: (event: Event) => {
        const value = Number((event.target as HTMLInputElement).value), [low, high] = store.get().intensity;
        store.set({ intensity: which === 0 ? [Math.min(value, high - 0.01), high] : [low, Math.max(value, low + 0.01)] });
      } });
      body.append(h('div', { class: 'range' }, h('label', {}, 'from', slider(0, 'least true peak intensity')), h('label', {}, 'to', slider(1, 'greatest true peak intensity')), h('p', { class: 'shown' }, rangeText(state.intensity, clips.length))), h('div', { class: 'chart' }));
    }
    const [low, high] = body.querySelectorAll<HTMLInputElement>('.range input');
    low!.value = String(state.intensity[0]);
    high!.value = String(state.intensity[1]);
    body.querySelector('.chart')!.replaceChildren(chart(model, snapshots, clips, peaks), h('p', { class: 'quiet' }, 'Recall of the clips in focus by true peak intensity over all their frames; bars are Wilson\'s 95 %, numbers are clips. Clips below 0.12 (neutral) are in no bin.'));
  },
};

const rangeText = ([low, high]: readonly [number, number], clips: number): string => `true peak from ${low.toFixed(2)} to ${high.toFixed(2)}: ${clips} clips in focus`;

function chart(model: Model, snapshots: readonly Snapshot[], clips: readonly number[], peaks: Float32Array): SVGElement {
  const x = (share: number): number => LEFT + share * (WIDTH - LEFT - 8), y = (recall: number): number => HEIGHT - BOTTOM - recall * (HEIGHT - BOTTOM - TOP);
  const all = snapshots.map((snapshot) => recallBins(clips, peaks, model.page.labels, snapshot.predicted));
  const words = all.map((bins, r) => `${snapshots.length > 1 ? `run ${'AB'[r]!}: ` : ''}${bins.map(({ low, high, recall }) => `${low} to ${high} ${recall ? percent(recall.recall) : 'no clips'}`).join(', ')}`).join('; ');
  return svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'recall-chart', role: 'img', 'aria-label': `Recall by intensity. ${words}` },
    ...[0, 0.5, 1].flatMap((value) => [svg('line', { class: 'rule', x1: LEFT, x2: WIDTH - 8, y1: y(value), y2: y(value) }), svg('text', { x: LEFT - 5, y: y(value) + 4, class: 'end' }, percent(value))]),
    ...EDGES.map((edge, i) => svg('text', { x: x(i / (EDGES.length - 1)), y: HEIGHT - BOTTOM + 14, class: 'middle' }, edge)),
    ...all[0]!.map(({ clips: n }, b) => svg('text', { x: x((b + 0.5) / (EDGES.length - 1)), y: HEIGHT - 1, class: 'middle quiet', 'data-bin': b }, n)),
    ...all.map((bins, r) => line(bins, r, all.length, x, y)));
}

function line(bins: readonly Bin[], r: number, runs: number, x: (share: number) => number, y: (recall: number) => number): SVGElement {
  const at = (b: number): number => x((b + 0.5) / bins.length) + (runs > 1 ? (r - 0.5) * 7 : 0);
  const known = bins.flatMap(({ recall }, b) => (recall ? [{ b, ...recall }] : []));
  return svg('g', { class: `series series-${runs > 1 ? r : 1}` },
    svg('polyline', { points: known.map(({ b, recall }) => `${at(b)},${y(recall)}`).join(' ') }),
    ...known.flatMap(({ b, recall, low, high }) => [svg('line', { x1: at(b), x2: at(b), y1: y(low), y2: y(high) }), r === 0 && runs > 1 ? svg('rect', { x: at(b) - 3.5, y: y(recall) - 3.5, width: 7, height: 7 }) : svg('circle', { cx: at(b), cy: y(recall), r: 3.8 })]));
}
