// How far the classes stand apart, in feature space and never on the picture: of all clips as the builder measured it, of
// the selection as measured here, by the same code (evaluate/clusters.ts).
import { measureSeparation } from '../../evaluate/clusters.ts';
import type { Measures } from '../../runs/reports.ts';
import { distancesAmong } from '../distance.ts';
import { presentSnapshots } from './clipCard.ts';
import { h, percent, short } from './dom.ts';
import { clipsOf, focusMask, isWhole } from './focus.ts';
import type { Model, Snapshot } from './model.ts';
import { choice, type Panel } from './panel.ts';

const ROWS: readonly (readonly [keyof Measures, string, string])[] = [
  ['intra', 'within', 'mean distance of two clips of one class'], ['inter', 'between', 'mean distance of two clips of different classes'], ['ratio', 'ratio ↑', 'between / within: larger is further apart'],
  ['silhouette', 'silhouette ↑', 'from -1 to 1'], ['daviesBouldin', 'Davies-Bouldin ↓', 'smaller is better apart'], ['purity', 'purity ↑', 'share of the 10 nearest of the same class'],
];
/** Numbers read for one measurement: some 0.3 s. */
const MOST_READ = 2e8;
const FEWEST = 4, K = 10;

export interface Measured { readonly measures: Measures; readonly clips: number }

/** Undefined where the clips are too few, or of one class. Of many, evenly spaced ones are measured. */
export function measureSelection(model: Model, snapshot: Snapshot, clips: readonly number[], isNormalised: boolean): Measured | undefined {
  const most = Math.max(200, Math.floor(Math.sqrt((2 * MOST_READ) / snapshot.data.space.kept)));
  const step = Math.max(1, clips.length / most), taken = clips.length <= most ? clips : Array.from({ length: most }, (_, i) => clips[Math.floor(i * step)]!);
  const labels = taken.map((clip) => model.page.labels[clip]!);
  if (taken.length < FEWEST || new Set(labels).size < 2) return undefined;
  return { clips: taken.length, measures: measureSeparation(distancesAmong(snapshot.space(), taken, isNormalised), labels, taken.map((_, i) => i), K).overall };
}

export const separationPanel: Panel = {
  title: 'Separation', key: 'separation', on: ['selection', 'intensity', 'epochs', 'space'],
  render({ model, store }, body) {
    const state = store.get(), snapshots = presentSnapshots(model, state), clips = clipsOf(focusMask(model, state)), isNormalised = state.space === 'normalised';
    const columns: { name: string; measures: Measures | undefined; note?: string }[] = snapshots.map(({ data: { separation } }, r) =>
      ({ name: `${snapshots.length > 1 ? `${'AB'[r]!} ` : ''}all`, measures: separation?.[state.space].overall, ...separation && separation.clips < model.count && { note: `all: measured on ${separation.clips} clips drawn from ${model.count}.` } }));
    if (!isWhole(state)) {
      for (const [r, snapshot] of snapshots.entries()) {
        const measured = measureSelection(model, snapshot, clips, isNormalised);
        columns.push({ name: `${snapshots.length > 1 ? `${'AB'[r]!} ` : ''}chosen`, measures: measured?.measures, ...measured ? measured.clips < clips.length && { note: `chosen: every ${(clips.length / measured.clips).toFixed(1)}th clip, ${measured.clips} of ${clips.length}.` } : { note: 'chosen: needs at least 4 clips of two classes.' } });
      }
    }
    const notes = new Set(columns.flatMap(({ note }) => note ?? []));
    body.replaceChildren(
      h('p', { class: 'marked' }, `Computed in feature space (${snapshots[0]!.data.space.width} dimensions), not on the picture.`),
      choice('scale of the features', [['normalised', 'at length 1'], ['raw', 'as they are']] as const, state.space, (space) => { store.set({ space }); }),
      h('table', { class: 'measures' }, h('caption', { class: 'quiet' }, `how far the classes stand apart, features ${isNormalised ? 'at length 1' : 'as they are'}`), h('thead', {}, h('tr', {}, h('td', {}), ...columns.map(({ name }) => h('th', { scope: 'col' }, name)))),
        h('tbody', {}, ...ROWS.map(([key, name, what]) => h('tr', {}, h('th', { scope: 'row', title: what }, name), ...columns.map(({ measures }) => h('td', { 'data-measure': key }, measures ? short(measures[key]) : '–')))))),
      h('p', { class: 'quiet' }, [...notes, ...isWhole(state) ? [] : [accuracy(snapshots[0]!)]].join(' ')));
  },
};

const accuracy = ({ data: { space: { kind, kept, error } } }: Snapshot): string =>
  `Distances of the chosen ${kind === 'half' ? 'in half precision' : `from ${kept} principal components`}: off by ${percent(error.median, 2)} in the median, ${percent(error.largest, 2)} at most, over ${error.pairs} pairs.`;
