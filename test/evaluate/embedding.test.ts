import assert from 'node:assert/strict';
import { Interrupted } from '../../src/errors.ts';
import { embed, type EmbeddingOptions } from '../../src/evaluate/embedding.ts';
import { embedInThread } from '../../src/evaluate/embeddingThread.ts';
import { trustworthiness } from '../../src/evaluate/trustworthiness.ts';
import { random } from '../../src/random.ts';

const CLIPS = 120, WIDTH = 80;

/** Three classes that stand well apart. */
const rng = random(1, 'embedding test');
const middles = Array.from({ length: 3 }, () => Array.from({ length: WIDTH }, () => rng.normal()));
const FEATURES = { width: WIDTH, values: Float32Array.from({ length: CLIPS * WIDTH }, (_, i) => middles[Math.floor(i / WIDTH) % 3]![i % WIDTH]! + rng.normal(0, 0.5)) };
const FAST = { seed: 1, rounds: 60 } as const;

/** Share of clips whose nearest point of the map is of their own class. */
function purity(positions: Float32Array): number {
  const squared = (i: number, j: number): number => Math.hypot(positions[2 * i]! - positions[2 * j]!, positions[2 * i + 1]! - positions[2 * j + 1]!);
  const rows = Array.from({ length: CLIPS }, (_, i) => i);
  return rows.filter((i) => rows.filter((j) => j !== i).reduce((a, b) => (squared(i, b) < squared(i, a) ? b : a)) % 3 === i % 3).length / CLIPS;
}

describe('embed', () => {
  it('keeps classes together that are apart in feature space, whatever the options', async () => {
    const all: Omit<EmbeddingOptions, 'seed'>[] = [{}, { pca: 'off' }, { pca: 5 }, { metric: 'cosine' }, { metric: 'cosine', pca: 'off' }];
    for (const options of all) {
      const { positions } = await embed(FEATURES, { ...FAST, ...options });
      assert.equal(positions.length, 2 * CLIPS);
      assert.ok(purity(positions) > 0.98, JSON.stringify(options));
      assert.ok(await trustworthiness({ ...FEATURES, rows: CLIPS }, positions) > 0.8, JSON.stringify(options));
    }
  });

  it('gives the same map for the same seed and another for another', async () => {
    const first = await embed(FEATURES, FAST);
    assert.deepEqual((await embed(FEATURES, FAST)).positions, first.positions);
    assert.notDeepEqual((await embed(FEATURES, { ...FAST, seed: 2 })).positions, first.positions);
  });

  it('says between how many components distances were taken, and what they leave out', async () => {
    const [reduced, whole] = [await embed(FEATURES, { ...FAST, pca: 10 }), await embed(FEATURES, { ...FAST, pca: 'off' })];
    assert.equal(reduced.components, 10);
    assert.ok(reduced.explained > 0.5 && reduced.explained < 1);
    assert.deepEqual([whole.components, whole.explained], [null, 1]);
    assert.equal((await embed(FEATURES, { ...FAST, pca: WIDTH })).components, null);
  });

  it('starts where it is told, for maps of the epochs of a run', async () => {
    const start = Float32Array.from({ length: 2 * CLIPS }, (_, i) => (i % 2 === 0 ? 100 : -50));
    const { positions } = await embed(FEATURES, { seed: 1, rounds: 1, start });
    const mean = (d: number): number => positions.filter((_, i) => i % 2 === d).reduce((sum, value) => sum + value, 0) / CLIPS;
    assert.ok(Math.abs(mean(0) - 100) < 10 && Math.abs(mean(1) + 50) < 10);
  });

  it('lies still for clips that are all the same', async () => {
    const { positions } = await embed({ width: 4, values: new Float32Array(80).fill(3) }, FAST);
    assert.ok(positions.every(Number.isFinite));
  });

  it('takes as many neighbours as there are', async () => {
    assert.equal((await embed({ width: 3, values: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)) }, FAST)).positions.length, 10);
  });

  it('refuses too few clips, features that are not finite, too few neighbours, a start of another size', async () => {
    await assert.rejects(embed({ width: 3, values: new Float32Array(0) }, FAST), /RangeError: embed: expected features of at least 4 clips, found 0/);
    await assert.rejects(embed({ width: 3, values: new Float32Array(9) }, FAST), /found 3/);
    await assert.rejects(embed({ width: 2, values: Float32Array.of(0, 0, 0, 0, 0, NaN, 0, 0) }, FAST), /expected finite features, found NaN in row 2/);
    await assert.rejects(embed(FEATURES, { ...FAST, neighbors: 2 }), /expected at least 3 neighbours, found 2/);
    await assert.rejects(embed(FEATURES, { ...FAST, start: new Float32Array(4) }), /expected a start of 120 x 2 numbers, found 4/);
  });

  it('reports its parts and stops when interrupted, between any two of them', async () => {
    const notes = new Set<string>();
    const controller = new AbortController();
    const onProgress = ({ note, done }: { note?: string; done: number }): void => { notes.add(note!); if (done >= 60) controller.abort(); };
    await assert.rejects(embed(FEATURES, { seed: 1, rounds: 1000, signal: controller.signal, onProgress }), Interrupted);
    assert.deepEqual([...notes], ['principal components', 'neighbours', 'layout']);
    await assert.rejects(embed(FEATURES, { seed: 1, signal: AbortSignal.abort() }), Interrupted);
  });
});

describe('embedInThread', () => {
  it('gives embed()\'s map while this thread goes on', async () => {
    let ticks = 0;
    const timer = setInterval(() => { ticks++; }, 5);
    const notes = new Set<string | undefined>();
    const { positions } = await embedInThread(FEATURES, { ...FAST, onProgress: ({ note }) => { notes.add(note); } }).finally(() => { clearInterval(timer); });
    assert.deepEqual(positions, (await embed(FEATURES, FAST)).positions);
    assert.ok(ticks > 3 && notes.has('layout'));
  });

  it('passes errors on, and stops at once when interrupted', async () => {
    await assert.rejects(embedInThread({ width: 3, values: new Float32Array(6) }, FAST), /RangeError: embed: expected features of at least 4 clips, found 2/);
    const controller = new AbortController();
    const never = embedInThread(FEATURES, { seed: 1, rounds: 1e9, signal: controller.signal, onProgress: ({ note }) => { if (note === 'layout') controller.abort(); } });
    await assert.rejects(never, Interrupted);
  });
});
