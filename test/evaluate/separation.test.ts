import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Interrupted } from '../../src/errors.ts';
import { measureSeparation } from '../../src/evaluate/clusters.ts';
import { gramMatrix, normalisedDistances, rawDistances } from '../../src/evaluate/distances.ts';
import { separation } from '../../src/evaluate/separation.ts';
import { random } from '../../src/random.ts';
import type { ClassMeasures, Measures } from '../../src/runs/reports.ts';

interface Expected { overall: Omit<Measures, 'ratio'>; perClass: Omit<ClassMeasures, 'ratio' | 'daviesBouldin'>[] }
interface Fixture {
  k: number; width: number; labels: number[]; values: number[]; raw: Expected; normalised: Expected;
  subset: number[]; rawOfSubset: Expected; alone: number[]; rawWithOneAlone: Partial<Measures>;
}

const FIXTURE = JSON.parse(readFileSync(new URL('../fixtures/separation.json', import.meta.url), 'utf8')) as Fixture;
const VALUES = Float32Array.from(FIXTURE.values);
const ALL = FIXTURE.labels.map((_, i) => i);
const IDS = ALL.map((i) => `clip${i}`);
const FEATURES = { ids: IDS, labels: Int32Array.from(FIXTURE.labels), values: VALUES, width: FIXTURE.width };

function assertClose(actual: object, expected: object, what: string): void {
  for (const [key, value] of Object.entries(expected) as [string, number][]) {
    const found = (actual as Record<string, number>)[key]!;
    assert.ok(Math.abs(found - value) <= 1e-6 * Math.max(1, Math.abs(value)), `${what}.${key}: ${found}, scikit-learn ${value}`);
  }
}

describe('separation', () => {
  it('agrees with scikit-learn to 1e-6, raw and normalised, overall and per class', async () => {
    const gram = await gramMatrix(VALUES, FIXTURE.width);
    for (const [name, distances] of [['raw', rawDistances(gram)], ['normalised', normalisedDistances(gram)]] as const) {
      const { overall, perClass } = measureSeparation(distances, FIXTURE.labels, ALL, FIXTURE.k);
      assertClose(overall, FIXTURE[name].overall, name);
      for (const [i, expected] of FIXTURE[name].perClass.entries()) assertClose(perClass[i]!, expected, `${name} class ${expected.label}`);
      const terms = perClass.map(({ daviesBouldin }) => daviesBouldin!);
      assert.ok(Math.abs(terms.reduce((a, b) => a + b) / terms.length - overall.daviesBouldin!) < 1e-12);
      assert.equal(overall.ratio, overall.inter / overall.intra!);
    }
  });

  it('agrees with scikit-learn on a subset, and where a class has one clip', async () => {
    const distances = rawDistances(await gramMatrix(VALUES, FIXTURE.width));
    assertClose(measureSeparation(distances, FIXTURE.labels, FIXTURE.subset, FIXTURE.k).overall, FIXTURE.rawOfSubset.overall, 'subset');
    const { overall, perClass } = measureSeparation(distances, FIXTURE.labels, FIXTURE.alone, FIXTURE.k);
    assertClose(overall, FIXTURE.rawWithOneAlone, 'one alone');
    assert.deepEqual([perClass.at(-1)!.clips, perClass.at(-1)!.intra, perClass.at(-1)!.ratio], [1, null, null]);
  });

  it('four points on a line, worked by hand: 0, 1 | 10, 11', async () => {
    const distances = rawDistances(await gramMatrix(Float32Array.of(0, 1, 10, 11), 1));
    const { overall } = measureSeparation(distances, [0, 0, 1, 1], [0, 1, 2, 3], 1);
    assert.deepEqual([overall.intra, overall.inter, overall.ratio, overall.purity], [1, 10, 10, 1]);
    assert.ok(Math.abs(overall.silhouette - (9.5 / 10.5 + 8.5 / 9.5) / 2) < 1e-12);
    assert.ok(Math.abs(overall.daviesBouldin! - 0.1) < 1e-12);
    assert.ok(Math.abs(overall.calinskiHarabasz! - 200) < 1e-9);
  });

  it('points of one place have no intra distance to divide by, and say null instead of infinity', async () => {
    const distances = rawDistances(await gramMatrix(Float32Array.of(1, 1, 1, 1), 1));
    const { overall } = measureSeparation(distances, [0, 0, 1, 1], [0, 1, 2, 3], 1);
    assert.deepEqual([overall.intra, overall.ratio, overall.silhouette, overall.daviesBouldin, overall.calinskiHarabasz], [0, null, 0, null, null]);
  });

  it('normalised distances of a zero vector are those of scikit-learn\'s normalize: it stays zero', async () => {
    const distances = normalisedDistances(await gramMatrix(Float32Array.of(0, 0, 3, 4, 6, 8), 2));
    assert.deepEqual([distances.squared(0, 1), distances.squared(1, 2), distances.squared(2, 2)].map((d) => Math.round(d * 1e12) / 1e12), [1, 0, 0]);
  });

  it('the Gram matrix is the same across blocks, wider than one', async () => {
    const rng = random(1, 'gram');
    const values = Float32Array.from({ length: 70 * 3 }, () => rng.normal());
    const distances = rawDistances(await gramMatrix(values, 3));
    for (const [i, j] of [[0, 69], [31, 32], [64, 33]] as const) {
      const direct = [0, 1, 2].reduce((total, d) => total + (values[3 * i + d]! - values[3 * j + d]!) ** 2, 0);
      assert.ok(Math.abs(distances.squared(i, j) - direct) < 1e-9);
    }
  });

  it('reports both spaces with balanced draws and intervals around the estimates, the same for the same seed', async () => {
    const report = await separation(FEATURES, { seed: 3, k: 5, subsamples: 40 });
    assert.equal(report.clipsPerClassBalanced, 5);
    assertClose(report.raw.overall, FIXTURE.raw.overall, 'raw');
    for (const space of [report.raw, report.normalised]) {
      for (const [measure, interval] of Object.entries(space.intervals!)) {
        const estimate = space.overall[measure as keyof Measures]!;
        assert.ok(interval![0] <= estimate && estimate <= interval![1], `${measure}: ${interval!.join()} around ${estimate}`);
      }
    }
    assert.deepEqual(await separation(FEATURES, { seed: 3, k: 5, subsamples: 40 }), report);
    assert.notDeepEqual((await separation(FEATURES, { seed: 4, k: 5, subsamples: 0 })).raw.balanced, report.raw.balanced);
  });

  it('balanced measures of classes of one size are the overall ones', async () => {
    const labels = Int32Array.from({ length: 20 }, (_, i) => i % 4);
    const { raw } = await separation({ ids: IDS.slice(0, 20), labels, values: VALUES.slice(0, 20 * 8), width: 8 }, { seed: 1, k: 3, balancedDraws: 3, subsamples: 0 });
    assert.equal(raw.intervals, null);
    for (const [measure, value] of Object.entries(raw.balanced)) assert.ok(Math.abs(value! - raw.overall[measure as keyof Measures]!) < 1e-9, measure);
  });

  it('subsamples take whole people: with two people an interval spans what either alone would give', async () => {
    const identities = new Map(IDS.map((id, i) => [id, i % 2 ? 'a' : 'b']));
    const report = await separation(FEATURES, { seed: 1, k: 5, subsamples: 20, identities });
    const distances = rawDistances(await gramMatrix(VALUES, 8));
    const alone = [0, 1].map((odd) => measureSeparation(distances, FIXTURE.labels, ALL.filter((i) => i % 2 === odd), 5).overall.intra!);
    const [low, high] = report.raw.intervals!.intra!;
    assert.ok(Math.abs(high - low - Math.abs(alone[0]! - alone[1]!)) < 1e-9);
  });

  it('so few clips that a single class has two are measured all the same', async () => {
    const { clipsPerClassBalanced, raw } = await separation({ ids: IDS.slice(0, 4), labels: Int32Array.of(0, 0, 1, 2), values: VALUES.slice(0, 4 * 8), width: 8 }, { seed: 1, k: 1, subsamples: 5 });
    assert.deepEqual([clipsPerClassBalanced, raw.balanced.intra, raw.balanced.ratio, raw.balanced.silhouette], [1, null, null, 0]);
    assert.ok(raw.overall.intra! > 0 && raw.balanced.inter > 0);
  });

  it('refuses a single class, and stops when interrupted', async () => {
    const one = { ...FEATURES, labels: new Int32Array(ALL.length) };
    await assert.rejects(separation(one, { seed: 1 }), /RangeError: separation: expected clips of at least two classes, found 1/);
    await assert.rejects(separation(FEATURES, { seed: 1, signal: AbortSignal.abort() }), Interrupted);
  });
});
