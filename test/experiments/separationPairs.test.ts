import assert from 'node:assert/strict';
import { preset, variantOf, type ExperimentConfig } from '../../src/config.ts';
import type { FinishedRun } from '../../src/experiments/finished.ts';
import { ablationRuns, measuredPairs, separationPairs, variantOfConfig, type Variant } from '../../src/experiments/separationPairs.ts';
import type { SeparationReport } from '../../src/runs/reports.ts';

const configOf = (variant: Variant, seed = 1): ExperimentConfig => ({ ...preset('tiny'), ...variantOf(variant), seed });
const report = (ratio: number): SeparationReport => ({ raw: { overall: { ratio } }, normalised: { overall: { ratio: 2 * ratio } } }) as unknown as SeparationReport;
const run = (variant: Variant, fold: number, ratio: number | undefined, seed = 1, fingerprint = 'same', change: Partial<ExperimentConfig> = {}): FinishedRun =>
  ({ run: { record: { experiment: { ...configOf(variant, seed), ...change }, dataset: { name: 'dfew', fold, fingerprint: `${fingerprint} ${fold}` } } }, evaluation: ratio === undefined ? {} : { separation: report(ratio) }, key: undefined }) as unknown as FinishedRun;

describe('variantOfConfig', () => {
  it('knows the four variants by all their settings, whatever the seed and the epochs', () => {
    for (const name of ['baseline', 'gca', 'ial', 'gca+ial'] as const) assert.equal(variantOfConfig(configOf(name, 7)), name);
    assert.equal(variantOfConfig({ ...configOf('ial'), epochs: 5 }), 'ial');
    assert.equal(variantOfConfig({ ...configOf('ial'), lambda: 0.5 }), undefined);
    assert.equal(variantOfConfig({ ...configOf('ial'), preset: 'mine' }), undefined);
  });
});

describe('ablationRuns', () => {
  const short = { epochs: 5 };

  it('takes the length that most runs have, and no run without separation or of another ablation', () => {
    const whole = [run('baseline', 1, 1), run('ial', 1, 1.1), run('baseline', 2, 1)];
    const others = [run('baseline', 1, 1, 1, 'same', short), run('ial', 1, 1, 1, 'same', short), run('gca', 2, undefined), run('ial', 1, 1, 1, 'same', { lambda: 0.5 })];
    assert.deepEqual(ablationRuns([...others, ...whole]), whole);
    assert.deepEqual(ablationRuns(others), others.slice(0, 2));
    assert.deepEqual(ablationRuns([run('baseline', 1, 1, 1, 'same', short), run('gca', 1, 1)]).map(({ run: { record } }) => record.experiment.epochs), [15]);
    assert.deepEqual(ablationRuns([]), []);
  });
});

describe('separationPairs', () => {
  it('never pairs runs of different lengths', () => {
    assert.deepEqual(separationPairs([run('baseline', 1, 1), run('ial', 1, 1.2, 1, 'same', { epochs: 5 })], 'baseline', 'ial'), []);
  });

  it('pairs runs of the same fold, seed and clips, in order', () => {
    const runs = [run('ial', 2, 1.4), run('baseline', 2, 1.3), run('ial', 1, 1.2), run('baseline', 1, 1.1), run('baseline', 3, 1), run('ial', 3, 1, 2), run('ial', 3, undefined), run('ial', 3, 1, 1, 'other'), run('gca', 1, 1)];
    const pairs = separationPairs(runs, 'baseline', 'ial');
    assert.deepEqual(pairs.map(({ fold, seed }) => [fold, seed]), [[1, 1], [2, 1]]);
    assert.deepEqual(measuredPairs(pairs, 'raw').map(({ before, after }) => [before.ratio, after.ratio]), [[1.1, 1.2], [1.3, 1.4]]);
    assert.deepEqual(measuredPairs(pairs, 'normalised').map(({ before }) => before.ratio), [2.2, 2.6]);
  });
});
