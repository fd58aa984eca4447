import assert from 'node:assert/strict';
import { Interrupted } from '../../src/errors.ts';
import { benchEmbedding, mixture } from '../../src/bench/embedding.ts';

describe('mixture', () => {
  it('is made from its seed, with classes that stand apart', () => {
    const { values, rows, width } = mixture(140, 20, 1);
    assert.deepEqual([rows, width, values.length], [140, 20, 2800]);
    assert.deepEqual(mixture(140, 20, 1).values, values);
    assert.notDeepEqual(mixture(140, 20, 2).values, values);
    const distance = (i: number, j: number): number => Math.hypot(...Array.from({ length: width }, (_, d) => values[i * width + d]! - values[j * width + d]!));
    const mean = (pairs: readonly (readonly [number, number])[]): number => pairs.reduce((sum, [i, j]) => sum + distance(i, j), 0) / pairs.length;
    const pairs = Array.from({ length: 400 }, (_, p) => [p % 140, (p * 13 + 1) % 140] as const).filter(([i, j]) => i !== j);
    assert.ok(mean(pairs.filter(([i, j]) => i % 7 === j % 7)) < mean(pairs.filter(([i, j]) => i % 7 !== j % 7)));
  });
});

describe('benchEmbedding', () => {
  it('measures both sides on the same features and judges the same points', async () => {
    const { sides, clips, width, judged, busy } = await benchEmbedding({ features: mixture(200, 30, 1), source: 'a mixture', settings: { seed: 1 }, withPeer: true });
    assert.deepEqual([clips, width, judged, sides.map(({ side }) => side)], [200, 30, 200, ['ours', 'umap-js as it comes']]);
    assert.ok(busy >= 0 && busy <= 1);
    for (const { seconds, cpuSeconds, parts, trustworthiness } of sides) {
      assert.ok(seconds > 0 && cpuSeconds > 0 && trustworthiness > 0.8 && trustworthiness <= 1);
      assert.ok(Object.values(parts).reduce((sum, part) => sum + part, 0) <= seconds + 0.01);
    }
    assert.ok(sides[0]!.trustworthiness > sides[1]!.trustworthiness - 0.01);
  });

  it('stops when interrupted', async () => {
    await assert.rejects(benchEmbedding({ features: mixture(200, 30, 1), source: 'a mixture', settings: { seed: 1 }, withPeer: false, signal: AbortSignal.abort() }), Interrupted);
  });
});
