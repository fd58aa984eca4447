// A bar that is redrawn in place while a cell works; outside of a notebook the command line's own progress.
import { formatDuration, terminalProgress } from '../progress.ts';
import type { Progress } from '../data/clip.ts';
import { display, escapeHtml, isNotebook, newDisplayId, VARIES } from './host.ts';

export interface ProgressBar {
  /** For functions that take `onProgress`; may be called as often as they like. */
  readonly update: (progress: Progress) => void;
  /** Draws the last state; call it when the work may have ended early. */
  readonly stop: () => void;
}

export interface ProgressOptions {
  /** What is counted, e.g. "clips". */
  readonly unit?: string;
}

/** Milliseconds between two drawings. */
const PAUSE = 150;

export function progress(label: string, { unit = '' }: ProgressOptions = {}): ProgressBar {
  if (!isNotebook()) return terminalProgress(label, { unit });
  const id = newDisplayId();
  const start = performance.now();
  let last = -Infinity, state: Progress = { done: 0 };
  const draw = (): void => {
    last = performance.now();
    const text = describe(label, unit, state, (last - start) / 1000);
    display({ 'text/html': barHtml(state, text), 'text/plain': text }, id, VARIES);
  };
  return {
    update(next) {
      state = next;
      if (state.done === state.total || performance.now() - last > PAUSE) draw();
    },
    stop() { if (state.done !== state.total) draw(); },
  };
}

/** A bar and its text. Inline styles of plain elements only: they survive the cleaning of an untrusted notebook. */
export function barHtml({ done, total }: Progress, text: string): string {
  const share = total ? Math.min(100, Math.round((100 * done) / total)) : 0;
  const bar = `<div style="width:240px;height:10px;background-color:#d0d7de"><div style="width:${share}%;height:10px;background-color:#0072B2"></div></div>`;
  return `${bar}<div style="font-family:monospace">${escapeHtml(text)}</div>`;
}

function describe(label: string, unit: string, { done, total, note }: Progress, seconds: number): string {
  const count = `${label} ${done}${total === undefined ? '' : `/${total}`}${unit === '' ? '' : ` ${unit}`}`;
  const left = total !== undefined && done > 0 && done < total ? `, ${formatDuration((seconds / done) * (total - done))} left` : '';
  return `${count}, ${formatDuration(seconds)}${left}${note ? `, ${note}` : ''}`;
}
