// Predictions in the terminal: a bar for each class, and one for each frame.
import type { ClipPrediction } from '../experiments/predictClips.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const CLASS_CELLS = 40, FRAME_CELLS = 16;

/** A bar of `share` of `cells` characters, in eighths of one. */
export function bar(share: number, cells: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, share)) * cells * 8);
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}

/** Classes by probability, the largest first. */
export function probabilityBars({ probabilities }: Pick<ClipPrediction, 'probabilities'>): string {
  const width = Math.max(...probabilities.map(({ label }) => label.length));
  return [...probabilities].sort((a, b) => b.probability - a.probability)
    .map(({ label, probability }) => `  ${label.padEnd(width)} ${(100 * probability).toFixed(1).padStart(5)} %  ${bar(probability, CLASS_CELLS)}`.trimEnd()).join('\n');
}

/** Of the lead: a frame that adds this much has a full bar, unless another adds more. Less would show noise as large. */
const FULL_SHARE = 0.1;

/** Frames in order: bars to the right speak for the prediction, to the left for its rival. */
export function frameBars({ frames, margin }: Pick<ClipPrediction, 'frames' | 'margin'>): string {
  const most = Math.max(...frames.map(({ contribution = 0 }) => Math.abs(contribution)), FULL_SHARE * margin, 1e-12);
  const width = Math.max(...frames.map(({ name }) => name.length));
  return frames.map(({ name, contribution = 0 }) => {
    const cells = bar(Math.abs(contribution) / most, FRAME_CELLS);
    const left = contribution < 0 ? '█'.repeat(cells.length) : '', right = contribution < 0 ? '' : cells; // no block grows from the right
    return `  ${name.padStart(width)} ${signed(contribution)}  ${left.padStart(FRAME_CELLS)}│${right}`.trimEnd();
  }).join('\n');
}

const signed = (value: number): string => (Math.abs(value) < 0.0005 ? ' 0.000' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`);

export const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`;

/** One clip, whole. */
export function predictionText(prediction: ClipPrediction): string {
  const { clip, frameCount, frames, predicted, rival, margin, latency } = prediction;
  const hasShares = frames.some(({ contribution }) => contribution !== undefined);
  return [
    `${clip}: ${predicted}, ahead of ${rival} by ${margin.toFixed(2)} (logits)`,
    probabilityBars(prediction),
    ...hasShares ? [`what each of the ${frames.length} frames shown (of ${frameCount}) adds to that lead: the lead less the lead when the frame before stands in for it`, frameBars(prediction)] : [],
    `  decode ${milliseconds(latency.decode)}, network ${milliseconds(latency.network)}${latency.contributions === undefined ? '' : `, contributions ${milliseconds(latency.contributions)}`}, total ${milliseconds(latency.total)}`,
  ].join('\n');
}
