// How a run differs from what the paper did, setting by setting: what has to be known before two numbers are put side by side.
import { preset, type ExperimentConfig } from '../config.ts';
import type { RunRecord } from '../runs/types.ts';
import { DFEW_FOLDS } from './published.ts';
import type { FlatRow } from './tableView.ts';

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const frames = ({ numSegments, framesPerSegment, imageSize }: ExperimentConfig): string => `${numSegments} x ${framesPerSegment} of ${imageSize} x ${imageSize}`;
const optimiser = ({ optimizer, learningRate, batchSize }: ExperimentConfig): string => `${optimizer}, learning rate ${learningRate}, batch ${batchSize}`;
const EPOCH = { 'last': 'the last one', 'best-on-validation': 'best on clips held out of the training list', 'best-on-test': 'best on the test clips (LEAKY)' } as const;

/** The paper's side is its released code and DFEW's lists. */
export function protocolRows({ experiment, dataset: { isSynthetic, counts, fold } }: RunRecord): FlatRow[] {
  const paper = preset('paper');
  return [
    { what: 'faces', paper: 'films, unconstrained', here: isSynthetic ? 'rendered, with known intensity' : 'the real set' },
    { what: 'training / test clips of a fold', paper: `${DFEW_FOLDS.train[0]} / ${DFEW_FOLDS.test[0]}`, here: `${sum(counts.train)} / ${sum(counts.test)} (fold ${fold})` },
    { what: 'frames', paper: frames(paper), here: frames(experiment) },
    { what: 'channels', paper: paper.width.join(' / '), here: experiment.width.join(' / ') },
    { what: 'optimiser', paper: optimiser(paper), here: optimiser(experiment) },
    { what: 'epochs', paper: `1000 in the released code; ${paper.epochs} in preset "paper"`, here: String(experiment.epochs) },
    { what: 'epoch that is judged', paper: 'best on the test clips', here: EPOCH[experiment.selection] },
  ];
}
