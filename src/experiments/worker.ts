// One planned run in a process of its own: train or go on, evaluate, measure separation and intensity.
import { readDataset } from '../data/dataset.ts';
import { loadEngine } from '../engine/tensorflow.ts';
import { UserError } from '../errors.ts';
import type { Evaluation } from '../runs/types.ts';
import { finishedRun } from './finished.ts';
import { addReports } from './reports.ts';
import { trainRun } from './run.ts';
import { readTasks } from './tasks.ts';
import type { TrainRunOptions } from './trainOptions.ts';

export interface RunTaskOptions {
  readonly signal?: AbortSignal;
  readonly onStep?: TrainRunOptions['onStep'];
  readonly onWarning?: (line: string) => void;
}

/** Makes task `index` of a task file. What is finished already is left as it is. @throws UserError, Interrupted */
export async function runTask(file: string, index: number, { signal, onStep, onWarning }: RunTaskOptions = {}): Promise<Evaluation> {
  const { tasks, onBadClip, cache } = await readTasks(file);
  const task = tasks[index];
  if (!task) throw new UserError(`${file}: expected a task from 0 to ${tasks.length - 1}, found ${index}`);
  const finished = await finishedRun(task.dir);
  if (finished?.key === task.key) return addReports(task.dir, signal);
  const { dataset: name, root, fold, config, dir } = task;
  const dataset = await readDataset({ name, root, fold, onBadClip });
  if (dataset.fingerprint !== task.fingerprint) throw new UserError(`${root}: these are not the clips of the plan (fingerprint ${dataset.fingerprint.slice(0, 12)}, planned ${task.fingerprint.slice(0, 12)})`);
  const engine = await loadEngine();
  await trainRun({
    engine, dataset, config, out: dir, resume: true, onBadClip, cache, signal, ...onWarning && { onWarning }, ...onStep && { onStep },
  });
  return addReports(dir, signal);
}
