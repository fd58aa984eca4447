// ial predict CLIP...
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Box } from '../../data/resize.ts';
import { Interrupted, UserError } from '../../errors.ts';
import type { ClipPrediction, Predictor } from '../../experiments/predictClips.ts';
import { examples, jsonOption } from '../options.ts';
import { milliseconds, predictionText } from '../predictView.ts';
import { shellOf, type Shell } from '../shell.ts';

interface PredictCommandOptions { readonly run: string; readonly box?: Box; readonly frames: boolean; readonly device?: 'cpu' | 'gpu' }

/** "x,y,w,h" in whole pixels. */
export function parseBox(text: string): Box {
  const numbers = text.split(',').map(Number);
  const [left, top, width, height] = numbers as [number, number, number, number];
  if (numbers.length === 4 && numbers.every((value) => Number.isSafeInteger(value) && value >= 0) && /\d/.test(text) && width > 0 && height > 0) return { left, top, width, height };
  throw new InvalidArgumentError('Expected x,y,width,height in whole pixels, such as 40,20,200,200.');
}

export function addPredict(program: Command): void {
  examples(program.command('predict')
    .summary('what a run says of a clip')
    .description('Probabilities of the expressions in a clip, the strongest rival, and what each frame contributes. A clip is a folder of aligned face frames, or a video file where the system has ffmpeg; nothing finds the face: give its place with --box, or crop beforehand.')
    .argument('<clip...>', 'folders of frames or video files')
    .requiredOption('--run <run>', 'run folder whose network is asked')
    .addOption(new Option('--box <x,y,w,h>', 'the face, in pixels of the frames; the same in all frames of all clips').argParser(parseBox))
    .option('--no-frames', 'without what each frame contributes, which takes as many passes again as the network sees frames')
    .addOption(new Option('--device <name>', 'cpu: not the GPU that the engine was set up for; gpu: refuse to compute on the processor').choices(['cpu', 'gpu']))
    .addOption(jsonOption())
    .action(run), 'predict clips/00001 --run runs/dfew-1', 'predict talk.mp4 --run runs/dfew-1 --box 412,96,310,310 --json', 'predict clips/* --run runs/dfew-1 --no-frames');
}

async function run(clips: readonly string[], options: PredictCommandOptions, command: Command): Promise<void> {
  const shell = shellOf(command), start = performance.now();
  const predictor = await open(options, shell);
  const loaded = performance.now() - start, done: ClipPrediction[] = [], failed: { clip: string; reason: string }[] = [];
  try {
    for (const caveat of predictor.caveats) shell.note(`note: ${caveat}`);
    for (const clip of clips) {
      const prediction = await predictOne(clip, clips.length > 1, options, predictor, shell);
      if (typeof prediction === 'string') failed.push({ clip, reason: prediction });
      else done.push(prediction);
    }
    report(shell, options, predictor, { loaded, done, failed });
  } finally { predictor.dispose(); }
}

async function open({ run: dir, device }: PredictCommandOptions, shell: Shell): Promise<Predictor> {
  const { openRun } = await import('../../runs/run.ts');
  await openRun(dir); // a wrong folder is said before the engine is loaded
  if (device === 'cpu') process.env['CUDA_VISIBLE_DEVICES'] = '-1';
  const [{ loadEngine }, { openPredictor }] = await Promise.all([import('../../engine/tensorflow.ts'), import('../../experiments/predictClips.ts')]);
  const engine = await loadEngine();
  if (device === 'gpu' && engine.device !== 'gpu') throw new UserError(`--device gpu: the engine computes on the ${engine.device}${engine.note === undefined ? '; set it up with "npm run setup -- --device gpu"' : ` (${engine.note})`}`);
  return openPredictor(engine, dir, (line) => shell.note(line));
}

/** The reason instead, where one of several clips cannot be read: the others are still asked for. */
async function predictOne(clip: string, isOneOfMany: boolean, { box, frames }: PredictCommandOptions, predictor: Predictor, shell: Shell): Promise<ClipPrediction | string> {
  try {
    const prediction = await predictor.predict(clip, { contributions: frames, signal: shell.signal, ...box && { box } });
    for (const warning of prediction.warnings) shell.note(`warning: ${clip}: ${warning}`);
    if (!shell.isJson) shell.print(predictionText(prediction));
    return prediction;
  } catch (error) {
    if (!isOneOfMany || error instanceof Interrupted || !(error instanceof UserError)) throw error;
    shell.note(`ial: ${error.message}`);
    return error.message;
  }
}

interface Outcome { readonly loaded: number; readonly done: readonly ClipPrediction[]; readonly failed: readonly { readonly clip: string; readonly reason: string }[] }

function report(shell: Shell, { run: dir }: PredictCommandOptions, predictor: Predictor, { loaded, done, failed }: Outcome): void {
  const speed = predictor.speed(), { record: { experiment, dataset }, epoch, caveats } = predictor;
  if (failed.length > 0) shell.exitCode = 1;
  if (shell.isJson) {
    shell.json({ run: dir, epoch, selection: experiment.selection, isSynthetic: dataset.isSynthetic, caveats, latency: { load: loaded, ...speed }, clips: done, failed });
    return;
  }
  if (speed) shell.print(`engine and weights ${milliseconds(loaded)}; network: first call ${milliseconds(speed.first)}, warm ${milliseconds(speed.warm)} a clip`);
  if (failed.length > 0) shell.note(`${failed.length} of ${done.length + failed.length} clips could not be read`);
}
