import assert from 'node:assert/strict';
import { measureSeparation } from '../../src/evaluate/clusters.ts';
import { gramMatrix, normalisedDistances, rawDistances } from '../../src/evaluate/distances.ts';
import { distancesAmong, type Space } from '../../src/explorer/distance.ts';
import { atob64, floats } from '../../src/explorer/page/decode.ts';
import { packSpace } from '../../src/explorer/space.ts';
import type { SpaceData } from '../../src/explorer/types.ts';
import { fromHalf } from '../../src/runs/half.ts';
import { fakeOutputs, manyClips } from './runs.ts';

const { labels } = manyClips(140), width = 40;
const { features } = fakeOutputs({ ids: [], labels, width, spread: 1 });
const points = { values: features, rows: 140, width };

const unpack = ({ kept, values, scale, lengths, rests }: SpaceData): Space =>
  ({ kept, values: fromHalf(new Uint16Array(atob64(values).buffer)).map((value) => value * scale), lengths: floats(lengths), ...rests !== undefined && { rests: floats(rests) } });

describe('explorer/space', () => {
  const subset = Array.from({ length: 60 }, (_, i) => 2 * i);
  const own = subset.map((i) => labels[i]!);

  it('gives the separation of a selection as the features themselves do, raw and at length 1', async () => {
    const packed = await packSpace(points, 1e6, { seed: 1 });
    assert.equal(packed.kind, 'half');
    const gram = await gramMatrix(features, width);
    for (const isNormalised of [false, true]) {
      const exact = measureSeparation((isNormalised ? normalisedDistances : rawDistances)(gram), labels, subset, 10).overall;
      const ours = measureSeparation(distancesAmong(unpack(packed), subset, isNormalised), own, own.map((_, i) => i), 10).overall;
      for (const key of ['intra', 'inter', 'ratio', 'silhouette', 'daviesBouldin'] as const) assert.ok(Math.abs(ours[key]! / exact[key]! - 1) < 5e-3, `${key}: ${ours[key]} for ${exact[key]}`);
    }
  });

  it('states how far its distances are off, in half precision and from components', async () => {
    const half = await packSpace(points, 1e6, { seed: 1 }), few = await packSpace(points, 140 * 2 * 10, { seed: 1 });
    assert.ok(half.error.largest < 2e-3 && half.error.median > 0, JSON.stringify(half.error));
    assert.deepEqual([few.kind, few.kept], ['components', 10]);
    assert.ok(few.error.median > half.error.median && few.error.median < 0.15, JSON.stringify(few.error));
    assert.ok(few.values.length < half.values.length);
  });

  it('the error it states is the error it has', async () => {
    const few = await packSpace(points, 140 * 2 * 10, { seed: 1 }), among = distancesAmong(unpack(few), subset, false);
    const exact = rawDistances(await gramMatrix(features, width));
    const errors = own.slice(1).map((_, i) => Math.abs(Math.sqrt(among.squared(0, i + 1) / exact.squared(0, subset[i + 1]!)) - 1)).sort((a, b) => a - b);
    assert.ok(errors[errors.length >> 1]! < 2 * few.error.median && errors.at(-1)! < 1.5 * few.error.largest);
  });
});
