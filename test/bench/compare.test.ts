import assert from 'node:assert/strict';
import { compareSides, type CompareOptions } from '../../src/bench/compare.ts';
import { preset } from '../../src/config.ts';
import { Interrupted } from '../../src/errors.ts';
import { fakeSide } from './support.ts';

const job: CompareOptions['job'] = { task: 'step', config: preset('tiny'), clips: 2, precision: 'f32', threads: 3 };

describe('compareSides', () => {
  it('warms every side up, then takes one step of each in turn', async () => {
    const notes: string[] = [], versions: unknown[] = [];
    const sides = [fakeSide('ours', '', { ms: [90, 80, 70, 3, 2], values: [[4], [3], [2], [1], [1]] }), fakeSide('PyTorch', 'eager', { ms: [90, 80, 70, 6, 5], values: [[4], [3], [2], [1], [1]] })];
    const found = await compareSides({ job, sides, rounds: 2, onNote: (line) => notes.push(line), onReady: (_, found, threads) => versions.push([found, threads]) });
    assert.deepEqual(found.sides, [
      { side: 'ours', mode: '', ms: [3, 2], check: [4, 3, 2], peakMb: 100 },
      { side: 'PyTorch', mode: 'eager', ms: [6, 5], check: [4, 3, 2], peakMb: 100 },
    ]);
    assert.deepEqual([found.clips, found.precision], [2, 'f32']);
    assert.deepEqual(notes, ['warming up ours', 'warming up PyTorch eager', 'round 1 of 2', 'round 2 of 2']);
    assert.deepEqual(versions, [[{ Fake: '1.0' }, 3], [{ Fake: '1.0' }, 3]]);
    assert.ok(found.busy >= 0 && found.busy <= 1);
  });

  it('takes several steps a turn where they are short, as many of every side', async () => {
    const sides = [fakeSide('ours', '', { ms: [30] }), fakeSide('PyTorch', 'eager', { ms: [45] })];
    const { sides: [ours, eager] } = await compareSides({ job, sides, rounds: 2 });
    assert.deepEqual([ours!.ms, eager!.ms], [Array.from({ length: 6 }, () => 30), Array.from({ length: 6 }, () => 45)]);
    const shortest = await compareSides({ job, sides: [fakeSide('ours', '', { ms: [1] })], rounds: 1 });
    assert.equal(shortest.sides[0]!.ms.length, 10);
  });

  it('of inference checks all logits of the first batch', async () => {
    const found = await compareSides({ job: { ...job, task: 'infer' }, sides: [fakeSide('ours', '', { values: [[1, 2, 3, 4]] })], rounds: 1 });
    assert.deepEqual(found.sides[0]!.check, [1, 2, 3, 4]);
  });

  it('keeps a mode that refuses with its reason, and goes on with the others', async () => {
    const sides = [fakeSide('ours', '', { ms: [200] }), fakeSide('PyTorch', 'compile', { refuse: 'time' }), fakeSide('PyTorch', 'eager', { ms: [400] })];
    const { sides: [ours, compiled, eager] } = await compareSides({ job, sides, rounds: 1 });
    assert.deepEqual([ours!.ms, eager!.ms], [[200], [400]]);
    assert.deepEqual([compiled!.failed, compiled!.isDead], ['no compiler', undefined]);
  });

  it('marks a side whose process died', async () => {
    const { sides: [dead] } = await compareSides({ job, sides: [fakeSide('PyTorch', 'eager', { die: 'memory' })], rounds: 1 });
    assert.deepEqual([dead!.failed, dead!.isDead], ['ended with exit code 3: RuntimeError: out of luck', true]);
  });

  it('an answer of another kind is a fault of the bench', async () => {
    await assert.rejects(compareSides({ job, sides: [fakeSide('ours', '', { garble: 'configure' })], rounds: 1 }), /expected an answer to "configure", found \{"kind":"other"\}/);
  });

  it('stops at once when it is interrupted', async () => {
    const controller = new AbortController();
    const running = compareSides({ job, sides: [fakeSide('ours', '', { hang: 'time' })], rounds: 1, signal: controller.signal });
    setTimeout(() => { controller.abort(); }, 300);
    await assert.rejects(running, Interrupted);
  });
});
