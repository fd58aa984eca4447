// Progress on stderr: a bar with rate and time left on a terminal, plain lines elsewhere (logs, CI, Slurm).
import type { Progress } from './data/clip.ts';
import { SingleBar } from 'cli-progress';

export interface TerminalProgress {
  /** For functions that take `onProgress`; may be called as often as they like. */
  readonly update: (progress: Progress) => void;
  /** Draws the last state and leaves the bar standing; call it in a `finally`. */
  readonly stop: () => void;
}

export interface ProgressOptions {
  readonly stream?: NodeJS.WriteStream;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
  /** What is counted, e.g. "clips". */
  readonly unit?: string;
}

/** A step of a training, as train/fit.ts tells it. */
interface TrainingStep { readonly epoch: number; readonly epochs: number; readonly done: number; readonly total: number; readonly losses: { readonly total: number } }

/** Where a training stands: steps of all its epochs, and a note on this one. */
export const stepsDone = ({ epoch, epochs, done, total, losses }: TrainingStep): { done: number; total: number; note: string } =>
  ({ done: (epoch - 1) * total + done, total: epochs * total, note: `epoch ${epoch}/${epochs}, loss ${losses.total.toFixed(3)}` });

/** Plain lines are written at every tenth, but not closer than this ... */
const TENTH_MS = 1000;
/** ... and in between, so that a slow job is seen to live. */
const QUIET_MS = 10_000;

export function terminalProgress(label: string, options: ProgressOptions = {}): TerminalProgress {
  const stream = options.stream ?? process.stderr;
  const meter = rateMeter(options.now ?? Date.now);
  const isTerminal = stream.isTTY && process.env['TERM'] !== 'dumb';
  return (isTerminal ? bar : lines)(label, stream, meter, options.unit ?? '');
}

interface Reading { readonly ms: number; readonly perSecond: number; readonly left?: number }
type Meter = (progress: Progress) => Reading;

/** Rate since the first call, so that work found done already (a resumed run) does not count as fast. */
function rateMeter(now: () => number): Meter {
  let first: { ms: number; done: number } | undefined;
  return ({ done, total }) => {
    const ms = now();
    first ??= { ms, done };
    const perSecond = ms > first.ms ? (done - first.done) / ((ms - first.ms) / 1000) : 0;
    return { ms, perSecond, ...(total !== undefined && perSecond > 0 && { left: Math.max(0, total - done) / perSecond }) };
  };
}

function bar(label: string, stream: NodeJS.WriteStream, meter: Meter, unit: string): TerminalProgress {
  const single = new SingleBar({
    stream, fps: 8, barsize: 24, barCompleteChar: '█', barIncompleteChar: '░', hideCursor: false, clearOnComplete: false, autopadding: false,
    format: (_, params, { text }: { text?: string }) => {
      const filled = Math.round(24 * params.progress);
      return `${label} ${'█'.repeat(filled)}${'░'.repeat(24 - filled)} ${text ?? ''}`;
    },
  });
  let isStarted = false;
  return {
    update(progress) {
      const { done, total } = progress;
      const text = describe(progress, meter(progress), unit);
      if (!isStarted) single.start(total ?? 0, done, { text });
      isStarted = true;
      if (total !== undefined) single.setTotal(total);
      single.update(done, { text });
    },
    stop() { if (isStarted) single.stop(); },
  };
}

function lines(label: string, stream: NodeJS.WriteStream, meter: Meter, unit: string): TerminalProgress {
  let last: { ms: number; tenth: number; text: string } | undefined;
  let pending: string | undefined;
  const write = (text: string): void => { stream.write(`${label}: ${text}\n`); };
  return {
    update(progress) {
      const reading = meter(progress);
      const tenth = progress.total ? Math.floor((10 * progress.done) / progress.total) : 0;
      const text = describe(progress, reading, unit);
      const wait = last === undefined ? 0 : tenth > last.tenth ? TENTH_MS : QUIET_MS;
      pending = text;
      if (last !== undefined && reading.ms - last.ms < wait && tenth < 10) return;
      if (tenth === 10 && last?.tenth === 10) return;
      write(text);
      last = { ms: reading.ms, tenth, text };
      pending = undefined;
    },
    stop() {
      if (pending !== undefined && last?.tenth !== 10) write(pending);
      pending = undefined;
    },
  };
}

function describe({ done, total, note }: Progress, { perSecond, left }: Reading, unit: string): string {
  const parts = [total === undefined ? `${done}` : `${done}/${total}`];
  if (unit) parts[0] += ` ${unit}`;
  if (perSecond > 0) parts.push(`${formatRate(perSecond)}/s`);
  if (left !== undefined && total !== undefined && done < total) parts.push(`${formatDuration(left)} left`);
  if (note) parts.push(note);
  return parts.join(', ');
}

const formatRate = (rate: number): string => (rate >= 100 ? rate.toFixed(0) : rate.toPrecision(2));

/** "42 s", "3 min 05 s", "2 h 10 min". @param seconds rounded up */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}
