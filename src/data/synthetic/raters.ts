// Ten simulated annotators, as DFEW has them: the clearer an expression is to see, the more of them name it.
//
// P(seen) = sigmoid((e - 0.22) / 0.07) with e the mean of the strongest third of the true intensity, less for blur and occlusion;
// P(true | seen) = 0.5 + 0.4 smoothstep(e / 0.7), the rest mostly to the confusable expression; what is not seen is called neutral.
// A trap that follows: weak clips that keep a label are nearly all kept as neutral, so voted labels empty the bin one wants to study.

import { EXPRESSIONS, type Expression } from '../../labels.ts';
import type { Random } from '../../random.ts';
import { CONFUSED_WITH } from './actionUnits.ts';
import type { Motion } from './motion.ts';
import { smoothstep } from './numbers.ts';

export const RATERS = 10;
/** So many equal votes give a clip its single label; below it has none. */
export const AGREEMENT = 6;

/** Votes per expression in the order of EXPRESSIONS; they sum to RATERS. */
export function vote(r: Random, motion: Motion, intensity: readonly number[], isOccluded: boolean, blur: number): number[] {
  const evidence = strongestThird(intensity) * (1 - (isOccluded ? 0.12 : 0) - 0.05 * blur);
  const weights = opinion(motion, evidence);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const votes = EXPRESSIONS.map(() => 0);
  for (let rater = 0; rater < RATERS; rater++) {
    let u = r.next() * total;
    let choice = 0;
    while (choice < weights.length - 1 && (u -= weights[choice]!) > 0) choice++;
    votes[choice]!++;
  }
  return votes;
}

/** Label of the majority, or -1 when fewer than AGREEMENT agree. */
export function votedLabel(votes: readonly number[]): number {
  const most = Math.max(...votes);
  return most >= AGREEMENT ? votes.indexOf(most) : -1;
}

function strongestThird(intensity: readonly number[]): number {
  const count = Math.ceil(intensity.length / 3);
  return intensity.toSorted((a, b) => b - a).slice(0, count).reduce((sum, x) => sum + x, 0) / count;
}

/** Weight of each expression in a rater's mind. */
function opinion({ expression, fading, distractors: { mimic, flash } }: Motion, evidence: number): number[] {
  const weights = EXPRESSIONS.map(() => 0.02);
  const add = (e: Expression, weight: number): void => { weights[EXPRESSIONS.indexOf(e)]! += weight; };
  if (expression === 'neutral') {
    const resemblance = mimic ? 0.55 * mimic.level : 0.03;
    add('neutral', 1 - resemblance);
    add(mimic?.expression ?? 'sadness', resemblance);
  } else {
    const seen = 1 / (1 + Math.exp((0.22 - evidence) / 0.07));
    const sure = 0.5 + 0.4 * smoothstep(evidence / 0.7);
    const partner = CONFUSED_WITH[expression];
    add(expression, seen * sure);
    add('neutral', (1 - seen) * 0.8 + 0.03);
    add(partner ?? (expression === 'sadness' ? 'neutral' : 'surprise'), seen * (1 - sure) * (partner ? 0.75 : 0.5));
    if (flash) add(flash.expression, 0.5 * flash.level);
    if (mimic) add(mimic.expression, (1 - seen) * 0.3 * mimic.level);
  }
  if (fading) add(fading.expression, 0.4 * fading.peak);
  return weights;
}
