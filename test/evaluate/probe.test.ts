import assert from 'node:assert/strict';
import { linearProbe, type ProbeSet } from '../../src/evaluate/probe.ts';
import { random } from '../../src/random.ts';

/** Three classes whose means lie `distance` apart in a plane of ten dimensions. */
function set(count: number, distance: number, key: string): ProbeSet {
  const draw = random(1, 'probe test', key);
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const values = new Float32Array(labels.flatMap((label) => Array.from({ length: 10 }, (_, j) => draw.normal() + (j === label ? distance : 0))));
  return { values, labels, identities: labels.map((_, i) => `p${Math.floor(i / 4)}`) };
}

const accuracy = (test: ProbeSet, predicted: readonly number[]): number => predicted.filter((label, i) => label === test.labels[i]).length / predicted.length;

describe('linearProbe', () => {
  it('finds what is linear, and nothing where there is nothing', () => {
    const options = { seed: 1, classes: 3, steps: 100 };
    const [far, none] = [6, 0].map((distance) => {
      const test = set(300, distance, 'test');
      return accuracy(test, linearProbe(set(300, distance, 'train'), test, options).predicted);
    });
    assert.ok(far! > 0.97, `${far}`);
    assert.ok(none! > 0.2 && none! < 0.46, `${none}`);
  });

  it('reaches the accuracy of the best rule, which is known here', () => {
    const test = set(3000, 2, 'test');
    // P(2 + a > b and 2 + a > c) of three standard normals: 0.866 by simulation of 400,000 draws
    assert.ok(Math.abs(accuracy(test, linearProbe(set(1500, 2, 'train'), test, { seed: 1, classes: 3, steps: 100 }).predicted) - 0.866) < 0.025);
  });

  it('refuses sets of unequal width', () => {
    assert.throws(() => linearProbe(set(30, 1, 'a'), { values: new Float32Array(7), labels: [0, 1] }, { seed: 1, classes: 3 }), /RangeError: linearProbe: expected rows of equal width/);
  });
});
