// UAR and WAR, computed from saved predictions (paper, experiments): WAR = correct / clips, UAR = mean recall of the classes.
// A class without clips has no recall: it is null, and UAR is the mean over the classes that occur (as scikit-learn's
// balanced_accuracy), so UAR of a subset without, say, disgust is still out of 1.
import type { Metrics, Prediction } from '../runs/types.ts';

/** [true class][predicted class] clips. labels, predictions [clips]. @throws RangeError for lists of different length or a class outside [0, numClasses). */
export function confusionMatrix(labels: ArrayLike<number>, predictions: ArrayLike<number>, numClasses: number): number[][] {
  if (labels.length !== predictions.length) throw new RangeError(`confusionMatrix: ${labels.length} labels, ${predictions.length} predictions`);
  const matrix = Array.from({ length: numClasses }, () => Array.from({ length: numClasses }, () => 0));
  for (let i = 0; i < labels.length; i++) {
    const row = matrix[labels[i]!];
    if (row?.[predictions[i]!] === undefined) throw new RangeError(`confusionMatrix: clip ${i} has label ${labels[i]}, prediction ${predictions[i]}; expected 0 to ${numClasses - 1}`);
    row[predictions[i]!]!++;
  }
  return matrix;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** [classes] fraction of each class's clips that are found; null for a class without clips. */
export function recallPerClass(confusion: readonly (readonly number[])[]): (number | null)[] {
  return confusion.map((row, c) => (sum(row) === 0 ? null : row[c]! / sum(row)));
}

/** Unweighted average recall: the mean over the classes that occur. @throws RangeError without any clip. */
export function uar(confusion: readonly (readonly number[])[]): number {
  const recalls = recallPerClass(confusion).filter((recall) => recall !== null);
  if (recalls.length === 0) throw new RangeError('uar: there are no clips');
  return sum(recalls) / recalls.length;
}

/** Weighted average recall: correct clips of all clips (accuracy). @throws RangeError without any clip. */
export function war(confusion: readonly (readonly number[])[]): number {
  const clips = sum(confusion.map(sum));
  if (clips === 0) throw new RangeError('war: there are no clips');
  return sum(confusion.map((row, c) => row[c]!)) / clips;
}

/** Binomial standard error of WAR over the clips: sqrt(p (1 - p) / n). */
export function standardErrorWar(confusion: readonly (readonly number[])[]): number {
  const p = war(confusion);
  return Math.sqrt(p * (1 - p) / sum(confusion.map(sum)));
}

/** Standard error of UAR over the clips: recalls are independent binomials, so the variance of their mean is sum(r (1 - r) / n) / K^2. */
export function standardErrorUar(confusion: readonly (readonly number[])[]): number {
  const present = confusion.map((row, c) => ({ hits: row[c]!, n: sum(row) })).filter(({ n }) => n > 0);
  const variance = sum(present.map(({ hits, n }) => (hits / n) * (1 - hits / n) / n));
  return Math.sqrt(variance) / present.length;
}

/** Index of the largest logit; the first of equal ones, as PyTorch's and numpy's argmax. */
export function argmax(logits: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  return best;
}

/** @throws RangeError without predictions, or for a label or a number of logits that does not fit numClasses. */
export function metricsOf(predictions: readonly Prediction[], numClasses: number): Metrics {
  const odd = predictions.find(({ logits }) => logits.length !== numClasses);
  if (odd) throw new RangeError(`metricsOf: clip "${odd.id}" has ${odd.logits.length} logits, expected ${numClasses}`);
  const confusion = confusionMatrix(predictions.map(({ label }) => label), predictions.map(({ logits }) => argmax(logits)), numClasses);
  return metricsOfConfusion(confusion);
}

/** Everything that follows from a confusion matrix. @throws RangeError without any clip. */
export function metricsOfConfusion(confusion: readonly (readonly number[])[]): Metrics {
  return {
    uar: uar(confusion), war: war(confusion),
    uarStandardError: standardErrorUar(confusion), warStandardError: standardErrorWar(confusion),
    recall: recallPerClass(confusion), counts: confusion.map(sum), confusion,
  };
}
