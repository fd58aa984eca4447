// Loss and recall curves that grow in place while a network trains. A drawing of its own: a Plotly figure would be
// built anew, flickering, at every update; the figure comes when the training has ended.
import { formatDuration } from '../progress.ts';
import { trainingFigure, type TrainingHistory } from '../figures/training.ts';
import type { EpochEvaluation } from '../runs/types.ts';
import type { EpochEvent, StepEvent } from '../train/fit.ts';
import { figure } from './figure.ts';
import { display, escapeHtml, isNotebook, newDisplayId, VARIES } from './host.ts';
import { barHtml, progress } from './progress.ts';
import { sketch } from './sketch.ts';

export interface LiveCurves {
  /** For `trainRun`: `await trainRun({ ..., ...live })`. */
  readonly onStep: (event: StepEvent) => void;
  readonly onEpoch: (event: EpochEvent, evaluation?: EpochEvaluation) => void;
  /** Puts the interactive figure in the drawing's place; call it in a `finally`. */
  readonly finish: () => void;
}

/** Milliseconds between two drawings. */
const PAUSE = 400;

/** @param name of the run, for titles */
export function liveCurves(name: string): LiveCurves {
  const steps: { step: number; loss: number; trainWar: number }[] = [];
  const evaluations: { step: number; uar: number; war: number }[] = [];
  const history = (): TrainingHistory => ({ name, steps, evaluations });
  const view = isNotebook() ? notebookView(name) : scriptView(name);
  return {
    onStep(event) {
      steps.push({ step: (event.epoch - 1) * event.total + event.done, loss: event.losses.total, trainWar: event.trainWar });
      view.step(event, history());
    },
    onEpoch(event, evaluation) {
      if (evaluation) evaluations.push({ step: event.step, uar: evaluation.uar, war: evaluation.war });
    },
    finish: () => view.finish(history()),
  };
}

interface View { step(event: StepEvent, history: TrainingHistory): void; finish(history: TrainingHistory): void }

function notebookView(name: string): View {
  const id = newDisplayId(), start = performance.now();
  let last = -Infinity;
  return {
    step(event, history) {
      const done = history.steps.length, total = event.epochs * event.total;
      if (performance.now() - last < PAUSE && done < total) return;
      last = performance.now();
      const left = done > 5 && done < total ? `, ${formatDuration(((last - start) / 1000 / done) * (total - done))} left` : '';   // the first step warms up
      const text = `${name}: epoch ${event.epoch}/${event.epochs}, step ${done}/${total}, loss ${event.losses.total.toFixed(3)}, ${event.clipsPerSecond.toFixed(1)} clips/s${left}`;
      display({ 'text/html': `${barHtml({ done, total }, text)}<img alt="${escapeHtml(text)}" src="data:image/svg+xml;base64,${Buffer.from(sketch(history)).toString('base64')}">`, 'text/plain': text }, id, VARIES);
    },
    finish(history) { if (history.steps.length > 0) figure(trainingFigure(history), { id, varies: true }); },
  };
}

function scriptView(name: string): View {
  const bar = progress(name, { unit: 'steps' });
  return {
    step: (event, { steps }) => bar.update({ done: steps.length, total: event.epochs * event.total, note: `loss ${event.losses.total.toFixed(3)}` }),
    finish: () => bar.stop(),
  };
}
