import assert from 'node:assert/strict';
import { runOracle } from '../../../src/data/synthetic/index.ts';

describe('runOracle', () => {
  const options = { seed: 1, train: 1400, test: 700, steps: 150 };
  let ordered: ReturnType<typeof runOracle>;
  let blind: ReturnType<typeof runOracle>;
  let middle: ReturnType<typeof runOracle>;
  before(function trainThree() {
    this.timeout(300_000); // seconds on a free machine, and one that others use too must not fail it
    ordered = runOracle('ordered', options);
    blind = runOracle('blind', options);
    middle = runOracle('middle', options);
  });

  it('the order of the frames matters: ordered > order-blind > middle frame, each by 8 points of UAR', () => {
    assert.ok(ordered.uar > blind.uar + 8, `${ordered.uar} ${blind.uar}`);
    assert.ok(blind.uar > middle.uar + 8, `${blind.uar} ${middle.uar}`);
  });

  it('the benchmark is neither trivial nor hopeless for a perfect observer', () => {
    assert.ok(ordered.uar > 80 && ordered.uar < 99, String(ordered.uar));
  });

  it('recall rises with the peak intensity', () => {
    const [weakest, ...stronger] = ordered.recallByPeak;
    assert.ok(stronger.every((recall) => recall > weakest!), ordered.recallByPeak.join(' '));
    assert.ok(ordered.recallByPeak.at(-1)! > weakest! + 10);
  });

  it('transition clips are what an order-blind observer cannot tell', () => {
    assert.ok(ordered.onTransitions > 85 && blind.onTransitions < 60, `${ordered.onTransitions} ${blind.onTransitions}`);
  });
});
