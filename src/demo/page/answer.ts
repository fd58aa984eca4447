// What the network says of a clip: the word it chooses, all probabilities, the rival, and how that compares with what is known.
import { rivalry, softmax } from '../../evaluate/contribution.ts';
import { byId, element, styled } from './dom.ts';
import type { Output } from './protocol.ts';
import type { SeenClip, Truth } from './seen.ts';

export interface AnswerView {
  show(clip: SeenClip, output: Output): void;
  /** Before there is one, or after a failure. */
  clear(text: string): void;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** @param colourOf of a class, by its index */
export function answerView(labelNames: readonly string[], colourOf: (label: number) => string): AnswerView {
  const verdict = byId('verdict'), facts = byId('facts'), rows = labelNames.map((label, i) => barRow(label, colourOf(i)));
  byId('bars').replaceChildren(element('table', {},
    element('caption', { class: 'unseen' }, 'Probabilities of the expressions'),
    element('thead', { class: 'unseen' }, element('tr', {}, ...['expression', 'bar', 'probability', 'logit'].map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...rows.map(({ node }) => node))));
  return {
    show(clip, output) {
      const { logits } = output, shares = softmax(logits), { predicted, rival, margin } = rivalry(logits);
      verdict.setAttribute('aria-live', clip.isLive ? 'off' : 'polite');
      verdict.replaceChildren(
        styled(element('strong', {}, labelNames[predicted]!), { '--class': colourOf(predicted) }),
        element('span', {}, ` ${percent(shares[predicted]!)}, ahead of ${labelNames[rival]!} by ${margin.toFixed(2)} (logits)`));
      rows.forEach((row, i) => { row.set(shares[i]!, logits[i]!, i === predicted ? 'predicted' : i === rival ? 'rival' : '', clip.truth?.label === i); });
      facts.replaceChildren(...factsOf(clip, output, predicted, labelNames).map(({ text, isBad }) => element('li', { class: isBad ? 'bad' : undefined }, text)));
    },
    clear(text) {
      verdict.replaceChildren(text);
      facts.replaceChildren();
      for (const row of rows) row.set(0, undefined, '', false);
    },
  };
}

interface BarRow { readonly node: HTMLElement; set(share: number, logit: number | undefined, role: string, isTrue: boolean): void }

function barRow(label: string, colour: string): BarRow {
  const bar = styled(element('div', { class: 'bar' }), { '--class': colour }), share = element('td', { class: 'number' }), logit = element('td', { class: 'number quiet', title: 'logit' });
  const name = element('th', { scope: 'row' }, label), node = element('tr', { 'data-label': label }, name, element('td', { class: 'track' }, bar), share, logit);
  return {
    node,
    set(value, score, role, isTrue) {
      styled(bar, { width: `${100 * value}%` });
      share.textContent = score === undefined ? '' : percent(value);
      logit.textContent = score === undefined ? '' : score.toFixed(2);
      node.className = role;
      if (score === undefined) delete node.dataset['logit'];
      else node.dataset['logit'] = String(score);
      name.replaceChildren(label, ...isTrue ? [element('span', { class: 'true', title: 'true label' }, ' ◂ true')] : []);
    },
  };
}

interface Fact { readonly text: string; readonly isBad?: boolean }

/** Logits of one network by two engines agree to rounding; more is a fault of the backend. */
export const AGREEMENT = 1e-3;

/** The largest difference of a logit from the native engine's, where those are known. */
export const disagreement = (logits: readonly number[], native: readonly number[] | undefined): number | undefined =>
  native && Math.max(...native.map((value, i) => Math.abs(value - logits[i]!)));

export function factsOf(clip: Pick<SeenClip, 'caption' | 'truth' | 'notes'>, { logits, ms }: Pick<Output, 'logits' | 'ms'>, predicted: number, labelNames: readonly string[]): Fact[] {
  const difference = disagreement(logits, clip.truth?.logits);
  return [
    { text: `${clip.caption}; ${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms in the network` },
    ...clip.truth ? [truthFact(clip.truth, predicted, labelNames)] : [],
    ...difference === undefined ? [] : [difference <= AGREEMENT
      ? { text: `the native engine's logits of this clip differ by at most ${difference.toExponential(1)}` }
      : { text: `the native engine's logits of this clip differ by ${difference.toPrecision(2)}: do not trust this backend, choose another above`, isBad: true }],
    ...clip.notes.map((text) => ({ text, isBad: true })),
  ];
}

function truthFact({ label, peak }: Truth, predicted: number, labelNames: readonly string[]): Fact {
  const intensity = peak === undefined ? '' : `, peak intensity ${peak.toFixed(2)} of 1`;
  return { text: `true label ${labelNames[label]!}${intensity}: ${predicted === label ? 'recognised' : 'not recognised'}` };
}
