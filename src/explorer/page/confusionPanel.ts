// The confusion matrix of the clips in focus. A cell chooses its clips; the clips that are chosen make the matrix.
import { presentSnapshots } from './clipCard.ts';
import { h, percent } from './dom.ts';
import { clipsOf, confusionOf, focusMask, isWhole } from './focus.ts';
import { choice, type Panel, type PanelContext } from './panel.ts';

export const confusionPanel: Panel = {
  title: 'Confusion', key: 'confusion', on: ['selection', 'intensity', 'run', 'epochs', 'pinned'],
  render(context, body) {
    const { model, store } = context, state = store.get(), { page, runs } = model;
    const snapshot = presentSnapshots(model, state)[state.run]!, clips = clipsOf(focusMask(model, state));
    const matrix = confusionOf(clips, page.labels, snapshot.predicted, page.labelNames.length);
    const recalls = matrix.map((row, c) => { const n = row.reduce((sum, value) => sum + value, 0); return n === 0 ? null : row[c]! / n; });
    const known = recalls.filter((recall) => recall !== null), right = matrix.reduce((sum, row, c) => sum + row[c]!, 0);
    body.replaceChildren(
      ...runs.length > 1 ? [choice('run of the panels', runs.map(({ data }, r) => [r, `${'AB'[r]!} · ${data.name}`] as const), state.run, (run) => { store.set({ run }); })] : [],
      h('p', { class: 'quiet' }, isWhole(state) ? 'All clips' : 'The clips chosen', clips.length > 0 ? `: UAR ${percent(known.reduce((sum, recall) => sum + recall, 0) / known.length, 1)}, WAR ${percent(right / clips.length, 1)}.` : '.', ' A cell chooses its clips, with Ctrl it adds them.'),
      table(context, matrix, snapshot.predicted));
  },
};

function table({ model, store }: PanelContext, matrix: readonly (readonly number[])[], predicted: Uint8Array): HTMLElement {
  const { page } = model, { labelNames, labels } = page, { pinned } = store.get();
  const clipsWhere = (test: (clip: number) => boolean): number[] => Array.from(labels.keys()).filter(test);
  // from all clips, so that a second cell does not look for clips among those of the first
  const pick = (event: MouseEvent, test: (clip: number) => boolean): void => {
    const before = event.ctrlKey || event.metaKey ? store.get().selection ?? [] : [];
    store.set({ selection: [...new Set([...before, ...clipsWhere(test)])].sort((a, b) => a - b) });
  };
  const isWide = labelNames.length > 7;   // then columns are narrower than three letters, and their names stand upright
  const head = labelNames.map((name, c) => h('th', { scope: 'col' }, h('button', { type: 'button', title: `choose clips taken for ${name}`, onclick: (event: MouseEvent) => { pick(event, (clip) => predicted[clip] === c); } }, isWide ? name : name.slice(0, 3))));
  const rows = matrix.map((row, t) => {
    const sum = row.reduce((total, n) => total + n, 0);
    return h('tr', {}, h('th', { scope: 'row' }, h('button', { type: 'button', title: `choose clips of ${labelNames[t]!}`, onclick: (event: MouseEvent) => { pick(event, (clip) => labels[clip] === t); } }, labelNames[t]!)),
      ...row.map((n, c) => {
        const isPinned = pinned !== null && labels[pinned] === t && predicted[pinned] === c;
        const cell = h('button', { type: 'button', class: isPinned ? 'cell pinned' : 'cell', 'data-true': t, 'data-predicted': c, 'aria-label': `${n} clips of ${labelNames[t]!} taken for ${labelNames[c]!}`, onclick: (event: MouseEvent) => { pick(event, (clip) => labels[clip] === t && predicted[clip] === c); } }, n === 0 ? '·' : n);
        cell.style.setProperty('--share', String(sum === 0 ? 0 : n / sum));
        if (sum > 0 && n / sum > 0.5) cell.classList.add('strong');
        return h('td', {}, cell);
      }),
      h('td', { class: 'recall' }, sum === 0 ? '–' : percent(row[t]! / sum)));
  });
  return h('table', { class: isWide ? 'matrix upright' : 'matrix' }, h('caption', { class: 'quiet' }, 'true (rows) by predicted (columns), recall at the right'), h('thead', {}, h('tr', {}, h('td', {}), ...head, h('td', {}))), h('tbody', {}, ...rows));
}
