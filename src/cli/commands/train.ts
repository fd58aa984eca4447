// ial train
import type { Command } from 'commander';
import type { ExperimentConfig, Precision, SamplingRule } from '../../config.ts';
import type { Dataset, DatasetName } from '../../data/clip.ts';
import type { BadClipPolicy } from '../../data/collect.ts';
import type { Engine } from '../../engine/tensorflow.ts';
import type { TrainRunOptions } from '../../experiments/trainOptions.ts';
import { badClipOption, cacheOption, cacheSizeOption, type CacheOptions, dataOption, datasetOption, diskCacheOf, examples, foldOption, framesOption, jsonOption, precisionOption, presetOption, samplingOption, sceneOption, seedOption, setOption, wholeNumber } from '../options.ts';
import { attachToParent } from '../parent.ts';
import { stepsDone, terminalProgress, type TerminalProgress } from '../../progress.ts';
import { evaluationNotes, evaluationTable, percent } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';

interface TrainOptions extends CacheOptions {
  readonly data: string;
  readonly dataset: DatasetName;
  readonly fold: number;
  readonly scene?: string;
  readonly preset: string;
  readonly variant: string;
  readonly sampling?: SamplingRule;
  /** Settings. */
  readonly frames: readonly string[];
  readonly set: readonly string[];
  readonly precision: Precision;
  readonly seed: number;
  readonly out: string;
  readonly resume?: boolean;
  readonly evaluateEvery: number;
  readonly keepEpochs?: number;
  readonly onBadClip: BadClipPolicy;
}

export function addTrain(program: Command): void {
  examples(program.command('train')
    .summary('train and evaluate one run')
    .description('Trains one network on one fold, evaluates it on the fold\'s test clips and leaves a run folder.')
    .addOption(dataOption().makeOptionMandatory())
    .addOption(datasetOption())
    .addOption(foldOption())
    .addOption(sceneOption())
    .addOption(presetOption('small'))
    .option('--variant <name>', 'baseline, gca, ial or gca+ial', 'gca+ial')
    .addOption(samplingOption())
    .addOption(framesOption())
    .addOption(setOption())
    .addOption(precisionOption())
    .addOption(seedOption())
    .requiredOption('--out <run>', 'run folder to write')
    .option('--resume', 'go on with the run in that folder, or start it')
    .option('--evaluate-every <epochs>', 'evaluate the test clips while training, for the curves only; 0: only at the end', wholeNumber(0), 0)
    .option('--keep-epochs <number>', 'checkpoints to keep', wholeNumber(1))
    .addOption(badClipOption())
    .addOption(cacheOption())
    .addOption(cacheSizeOption())
    .addOption(jsonOption())
    .action(run),
  'train --data datasets/synthetic/quick --preset tiny --out runs/first',
  'train --data /data/DFEW --fold 3 --preset paper --out runs/dfew-3 --resume',
  'train --data /data/DFEW --preset paper --variant baseline --set epochs=70 --out runs/base',
  'train --data /data/FERV39k --dataset ferv39k --preset paper --frames 8x2 --sampling authors --out runs/ferv',
  'train --data /data/FERV39k --dataset ferv39k --scene Action --preset paper --out runs/action',
  'train --data my/clips.csv --dataset csv --fold 2 --preset small --out runs/mine');
}

/** The experiment of --preset, --variant, --seed, --precision, --sampling, --frames and --set, the last of which wins. */
async function experimentOf({ preset: name, variant, seed, sampling, frames, set, precision }: Pick<TrainOptions, 'preset' | 'variant' | 'seed' | 'sampling' | 'frames' | 'set' | 'precision'>): Promise<ExperimentConfig> {
  const { preset, variantOf, withSettings } = await import('../../config.ts');
  return withSettings({ ...preset(name), ...variantOf(variant), seed, precision }, [...sampling === undefined ? [] : [`sampling=${sampling}`], ...frames, ...set]);
}

/** The classes of a list of one's own decide how many there are, unless --set says so. */
export const withClassesOf = ({ name, labelNames }: Pick<Dataset, 'name' | 'labelNames'>, config: ExperimentConfig, set: readonly string[]): ExperimentConfig =>
  (name === 'csv' && !set.some((setting) => setting.startsWith('numClasses=')) ? { ...config, numClasses: labelNames.length } : config);

async function run(options: TrainOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const asked = await experimentOf(options);
  const [{ readDataset }, { loadEngine }, { trainRun }] = await Promise.all([import('../../data/dataset.ts'), import('../../engine/tensorflow.ts'), import('../../experiments/run.ts')]);
  const { data, dataset: name, fold, scene, onBadClip, out, resume = false, evaluateEvery, keepEpochs } = options;
  const counting = terminalProgress('counting frames', { unit: 'videos' });
  const dataset = await readDataset({ name, root: data, fold, scene, onBadClip, signal: shell.signal, onProgress: counting.update }).finally(() => { counting.stop(); });
  for (const note of dataset.notes) shell.note(note);
  const config = withClassesOf(dataset, asked, options.set);
  const engine = await loadEngine();
  suggestPrecision(shell, engine, config);
  const view = trainingView(shell), parent = attachToParent();
  const onStep: typeof view.onStep = (event) => { view.onStep(event); parent.tell(stepsDone(event)); };
  try {
    const evaluation = await trainRun({ engine, dataset, config, out, resume, evaluateEvery, onBadClip, cache: diskCacheOf(options), signal: shell.signal, ...keepEpochs !== undefined && { keepEpochs }, ...view, onStep });
    if (shell.isJson) shell.json(evaluation);
    shell.print(evaluationTable([{ name: out, evaluation }]));
    for (const note of evaluationNotes([evaluation])) shell.print(note);
  } finally { view.stop(); parent.leave(); }
}

type TrainingView = Required<Pick<TrainRunOptions, 'onStep' | 'onEpoch' | 'onEvaluate' | 'onWarning'>> & { stop(): void };

/** bfloat16 is never chosen by itself: the same command gives the same numbers everywhere. */
function suggestPrecision(shell: Pick<Shell, 'note'>, { bfloat16 }: Pick<Engine, 'bfloat16'>, { precision }: ExperimentConfig): void {
  if (precision === 'f32' && bfloat16 !== 'none') shell.note('this machine computes in bfloat16: --precision bf16 trains faster, with slightly other numbers');
}

/** One bar over all steps of the training with the epoch and its loss, and one over the clips of an evaluation. @param name stands before each line */
export function trainingView(shell: Pick<Shell, 'note'>, name = ''): TrainingView {
  let bar: { label: string; progress: TerminalProgress } | undefined;
  const stop = (): void => { bar?.progress.stop(); bar = undefined; };
  const show = (label: string, unit: string, done: number, total: number, note = ''): void => {
    if (bar?.label !== label) { stop(); bar = { label, progress: terminalProgress(`${name}${label}`, { unit }) }; }
    bar.progress.update({ done, total, note });
  };
  return {
    onStep(event) {
      const { done, total, note } = stepsDone(event);
      show('train', 'steps', done, total, `${note}, ${event.clipsPerSecond.toFixed(0)} clips/s`);
    },
    onEpoch(_event, evaluation) {
      if (evaluation) { stop(); shell.note(`${name}${evaluation.split}: UAR ${percent(evaluation.uar)}, WAR ${percent(evaluation.war)}`); }
    },
    onEvaluate: ({ done, total }) => show('test', 'clips', done, total!),
    onWarning(line) { stop(); shell.note(line); },
    stop,
  };
}
