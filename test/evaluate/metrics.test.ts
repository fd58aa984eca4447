import assert from 'node:assert/strict';
import { argmax, confusionMatrix, metricsOf, metricsOfConfusion, recallPerClass, standardErrorUar, standardErrorWar, uar, war } from '../../src/evaluate/metrics.ts';

describe('metrics', () => {
  // 4 clips of class 0 (3 found), 1 of class 1 (found), none of class 2
  const confusion = confusionMatrix([0, 0, 0, 0, 1], [0, 0, 0, 1, 1], 3);

  it('confusionMatrix counts true classes in rows and predicted ones in columns', () => {
    assert.deepEqual(confusion, [[3, 1, 0], [0, 1, 0], [0, 0, 0]]);
  });

  it('confusionMatrix refuses lists of different length and classes outside', () => {
    assert.throws(() => confusionMatrix([0], [0, 1], 2), /RangeError: confusionMatrix: 1 labels, 2 predictions/);
    assert.throws(() => confusionMatrix([0, 2], [0, 0], 2), /clip 1 has label 2, prediction 0; expected 0 to 1/);
    assert.throws(() => confusionMatrix([0], [-1], 2), /prediction -1/);
  });

  it('recall of a class without clips is null, and UAR is the mean over the classes that occur', () => {
    assert.deepEqual(recallPerClass(confusion), [0.75, 1, null]);
    assert.equal(uar(confusion), 0.875);
  });

  it('WAR is the accuracy over all clips', () => {
    assert.equal(war(confusion), 0.8);
  });

  it('agrees with scikit-learn 1.9.1: balanced_accuracy_score 0.693813..., accuracy_score 0.7 of a 4-class problem without clips of the last', () => {
    const matrix = [[8, 0, 1, 3], [2, 16, 3, 1], [1, 0, 11, 4], [0, 0, 0, 0]];
    assert.ok(Math.abs(uar(matrix) - 0.6938131313131314) < 1e-15);
    assert.equal(war(matrix), 0.7);
  });

  it('standard errors are those of binomials: sqrt(.8 x .2 / 5) and sqrt(.75 x .25 / 4) / 2', () => {
    assert.ok(Math.abs(standardErrorWar(confusion) - Math.sqrt(0.032)) < 1e-15);
    assert.ok(Math.abs(standardErrorUar(confusion) - Math.sqrt(0.046875) / 2) < 1e-15);
  });

  it('the standard error of UAR agrees with the spread of simulated runs', () => {
    const sizes = [40, 10, 5];
    const rates = [0.8, 0.5, 0.2];
    let state = 1;
    const next = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const draw = (): number[][] => sizes.map((n, c) => {
      const hits = Array.from({ length: n }, next).filter((u) => u < rates[c]!).length;
      return [0, 1, 2].map((p) => (p === c ? hits : p === (c + 1) % 3 ? n - hits : 0));
    });
    const values = Array.from({ length: 4000 }, () => uar(draw()));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const spread = Math.sqrt(values.reduce((total, v) => total + (v - mean) ** 2, 0) / values.length);
    const expected = standardErrorUar(sizes.map((n, c) => [0, 1, 2].map((p) => (p === c ? n * rates[c]! : p === (c + 1) % 3 ? n * (1 - rates[c]!) : 0))));
    assert.ok(Math.abs(spread / expected - 1) < 0.05, `${spread} against ${expected}`);
  });

  it('argmax takes the first of equal logits', () => {
    assert.equal(argmax([0, 2, 2]), 1);
    assert.equal(argmax(Float32Array.of(-1, -3)), 0);
  });

  it('metricsOf goes from logits to everything', () => {
    const metrics = metricsOf([{ id: 'a', label: 0, logits: [2, 1] }, { id: 'b', label: 1, logits: [2, 1] }, { id: 'c', label: 1, logits: [0, 1] }], 2);
    assert.deepEqual(metrics, {
      uar: 0.75, war: 2 / 3, uarStandardError: Math.sqrt(0.125) / 2, warStandardError: Math.sqrt((2 / 3) * (1 - 2 / 3) / 3),
      recall: [1, 0.5], counts: [1, 2], confusion: [[1, 0], [1, 1]],
    });
  });

  it('metricsOf refuses logits of another width, and no clips at all', () => {
    assert.throws(() => metricsOf([{ id: 'a', label: 0, logits: [1] }], 2), /clip "a" has 1 logits, expected 2/);
    assert.throws(() => metricsOf([], 2), /there are no clips/);
    assert.throws(() => metricsOfConfusion([[0]]), /there are no clips/);
  });
});
