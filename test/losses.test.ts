import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { loadEngine } from '../src/engine/tensorflow.ts';
import { crossEntropy, intensityAwareLoss, labelAndRival, lossTerms } from '../src/losses.ts';
import { random } from '../src/random.ts';

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** softplus(max other - label), mean over the clips, in double. */
function reference(logits: readonly number[][], labels: readonly number[]): number {
  const losses = logits.map((row, i) => softplus(Math.max(...row.filter((_, k) => k !== labels[i])) - row[labels[i]!]!));
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

const ial = (logits: readonly number[][], labels: readonly number[]): number =>
  tf.tidy(() => intensityAwareLoss(tf.tensor2d(logits as number[][]), tf.tensor1d([...labels], 'int32')).dataSync()[0]! as never);

const gradient = (logits: readonly number[][], labels: readonly number[]): number[][] =>
  tf.tidy(() => tf.grad((x) => intensityAwareLoss(x as Tensor2D, tf.tensor1d([...labels], 'int32')))(tf.tensor2d(logits as number[][])).arraySync() as never);

/** The authors' way (main.py): CE after adding -9999 to all logits but the label's and the largest other. */
function masked(logits: readonly number[][], labels: readonly number[]): number {
  const rows = logits.map((row, i) => {
    const label = labels[i]!, rival = Math.max(...row.filter((_, k) => k !== label));
    const keep = row.indexOf(rival) === label ? row.lastIndexOf(rival) : row.indexOf(rival);
    const kept = row.map((x, k) => k === label || k === keep ? x : x - 9999);
    return -Math.log(Math.exp(kept[label]!) / kept.reduce((sum, x) => sum + Math.exp(x), 0));
  });
  return rows.reduce((sum, loss) => sum + loss, 0) / rows.length;
}

describe('losses', () => {
  before(loadEngine);

  const draw = random('losses');
  const logits = Array.from({ length: 9 }, () => Array.from({ length: 7 }, () => draw.normal(0, 3)));
  const labels = logits.map(() => draw.integer(7));

  it('intensityAwareLoss is softplus(max other - label), and what the authors\' masked cross-entropy gives', () => {
    assert.ok(Math.abs(ial(logits, labels) - reference(logits, labels)) < 1e-6);
    assert.ok(Math.abs(ial(logits, labels) - masked(logits, labels)) < 1e-6);
  });

  it('intensityAwareLoss is ln 2 where label and rival are equal, and the first of equal rivals gets the gradient', () => {
    assert.ok(Math.abs(ial([[1, 1, 1, 0, 0, 0, 0]], [0]) - Math.LN2) < 1e-7);
    assert.deepEqual(gradient([[1, 1, 1, 0, 0, 0, 0]], [0]), [[-0.5, 0.5, 0, 0, 0, 0, 0]]);
  });

  it('intensityAwareLoss and its gradient stay finite at logits of +-1e4', () => {
    assert.equal(ial([[1e4, -1e4, 0, 0, 0, 0, 0]], [0]), 0);
    assert.equal(ial([[-1e4, 1e4, 0, 0, 0, 0, 0]], [0]), 2e4);
    assert.deepEqual(gradient([[-1e4, 1e4, 0, 0, 0, 0, 0]], [0]), [[-1, 1, 0, 0, 0, 0, 0]]);
    assert.equal(ial([[-1e4, -1e4, -1e4, -1e4, -1e4, -1e4, -1e4]], [3]), Math.fround(Math.LN2));
  });

  it('intensityAwareLoss pulls at label and rival alone, with sigmoid(rival - label) / clips', () => {
    const [row, label] = [logits[0]!, labels[0]!];
    const rival = row.map((x, k) => [x, k] as const).filter(([, k]) => k !== label).sort((a, b) => b[0] - a[0])[0]!;
    const pull = 1 / (1 + Math.exp(row[label]! - rival[0]));
    const expected = row.map((_, k) => k === label ? -pull : k === rival[1] ? pull : 0);
    gradient([row], [label])[0]!.forEach((value, k) => assert.ok(Math.abs(value - expected[k]!) < 1e-6));
  });

  it('intensityAwareLoss has the gradient that finite differences give', () => {
    const exact = gradient(logits, labels), h = 1e-3;
    for (let i = 0; i < logits.length; i++) for (let k = 0; k < 7; k++) {
      const at = (delta: number): number => reference(logits.map((row, j) => row.map((x, l) => j === i && l === k ? x + delta : x)), labels);
      assert.ok(Math.abs(exact[i]![k]! - (at(h) - at(-h)) / (2 * h)) < 1e-4);
    }
  });

  it('intensityAwareLoss is never above cross-entropy', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(logits), y = tf.tensor1d(labels, 'int32');
      assert.ok(intensityAwareLoss(x, y).dataSync()[0]! <= crossEntropy(x, y).dataSync()[0]!);
    });
  });

  it('labelAndRival gives the label\'s logit and the largest other', () => {
    tf.tidy(() => {
      const { label, rival } = labelAndRival(tf.tensor2d([[3, 1, 2], [3, 1, 2]]), tf.tensor1d([0, 1], 'int32'));
      assert.deepEqual([[...label.dataSync()], [...rival.dataSync()]], [[3, 1], [2, 3]]);
    });
  });

  it('crossEntropy of equal logits is ln(classes), its gradient softmax - label', () => {
    tf.tidy(() => {
      const labels = tf.tensor1d([2], 'int32');
      assert.ok(Math.abs(crossEntropy(tf.zeros([1, 7]), labels).dataSync()[0]! - Math.log(7)) < 1e-6);
      const pull = tf.grad((x) => crossEntropy(x as Tensor2D, labels))(tf.zeros([1, 4])).dataSync();
      assert.deepEqual([...pull], [0.25, 0.25, -0.75, 0.25]);
    });
  });

  it('lossTerms adds cross-entropy, auxWeight times the auxiliary head and lambda times the intensity-aware loss', () => {
    tf.tidy(() => {
      const x = tf.tensor2d(logits), y = tf.tensor1d(labels, 'int32') as Tensor1D, aux = tf.mul<Tensor2D>(x, -0.5);
      const of = (weights: { lambda: number; auxWeight: number }): number[] => {
        const terms = lossTerms(x, aux, y, weights);
        return [terms.total, terms.crossEntropy, terms.auxiliary, terms.intensityAware].map((term) => term.dataSync()[0]!);
      };
      const [total, main, auxiliary, intensity] = of({ lambda: 0.1, auxWeight: 0.05 }) as [number, number, number, number];
      assert.ok(Math.abs(total - (main + 0.05 * auxiliary + 0.1 * intensity)) < 1e-5);
      assert.equal(of({ lambda: 0, auxWeight: 0 })[0], main);
    });
  });
});
