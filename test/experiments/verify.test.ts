// Runs made anew beside archived ones, and what follows for runs of other sources.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALIKE_FILE, readAlike, writeAlike } from '../../src/experiments/alike.ts';
import { finishedRuns } from '../../src/experiments/finished.ts';
import { sourcesHash } from '../../src/experiments/sources.ts';
import { isSameResult, repetitions, shown } from '../../src/experiments/verify.ts';
import { inOneLine } from '../refusal.ts';
import { temporaryFolder } from '../runs/support.ts';
import { make as makeRun, type Made } from './madeRun.ts';

describe('runs made anew', () => {
  const folder = temporaryFolder();

  const make = (place: string, made: Made): Promise<void> => makeRun(join(folder(), place), made);
  const found = async () => repetitions(await finishedRuns(join(folder(), 'archive')), await finishedRuns(join(folder(), 'runs')));

  it('are matched by experiment and clips, and compared clip by clip', async () => {
    await make('archive', { sources: 'old' });
    await make('archive', { sources: 'old', seed: 2 });
    await make('runs', { sources: sourcesHash(), shift: 1e-6, loss: 1 + 1e-7 });
    const all = await found();
    assert.deepEqual(all.map(({ name, clips, changed }) => ({ name, clips, changed })), [{ name: 'seed1', clips: 4, changed: 0 }]);
    assert.ok(Math.abs(all[0]!.logits - 1e-6) < 1e-7 && Math.abs(all[0]!.losses - 1e-7) < 1e-9);
    assert.ok(all.every(isSameResult));
  });

  it('count only where today\'s sources made them', async () => {
    await make('archive', { sources: 'old' });
    await make('runs', { sources: 'others' });
    assert.deepEqual(await found(), []);
  });

  for (const [what, now] of [['another class', { swapped: true }], ['other logits', { shift: 0.01 }], ['another training loss', { loss: 1.001 }]] as const) {
    it(`with ${what} are not the same, and show nothing`, async () => {
      await make('archive', { sources: 'old' });
      await make('runs', { sources: sourcesHash(), ...now });
      const all = await found();
      assert.deepEqual(all.map(isSameResult), [false]);
      assert.equal(shown(all, 'now'), undefined);
    });
  }

  it('of today\'s own sources show nothing of others', async () => {
    await make('archive', { sources: sourcesHash() });
    await make('runs', { sources: sourcesHash() });
    const all = await found();
    assert.deepEqual(all.map(isSameResult), [true]);
    assert.equal(shown(all, 'now'), undefined);
  });

  it('let the archived runs of those sources count as today\'s, and of no others', async () => {
    await make('archive', { sources: 'old' });
    await make('archive', { sources: 'old', seed: 2 });
    await make('archive', { sources: 'older', seed: 3 });
    await make('runs', { sources: sourcesHash() });
    const archive = join(folder(), 'archive');
    assert.deepEqual((await finishedRuns(archive)).map(({ sources }) => sources), ['other', 'other', 'other']);
    await writeAlike(archive, shown(await found(), new Date(0).toISOString())!);
    const [one, two, three] = await finishedRuns(archive), [anew] = await finishedRuns(join(folder(), 'runs'));
    assert.deepEqual([one, two, three].map((each) => each!.sources), ['alike', 'alike', 'other']);
    assert.equal(one!.key, anew!.key);
    assert.notEqual(two!.key, anew!.key);
  });

  it('say nothing of sources that have changed since', async () => {
    await make('archive', { sources: 'old' });
    await make('runs', { sources: sourcesHash() });
    const archive = join(folder(), 'archive');
    await writeAlike(archive, { ...shown(await found(), 'then')!, sources: 'yesterday' });
    assert.equal(await readAlike(archive), undefined);
    assert.deepEqual((await finishedRuns(archive)).map(({ sources }) => sources), ['other']);
  });

  it('a file that is none of ours is refused by its name', async () => {
    const archive = join(folder(), 'archive');
    mkdirSync(archive);
    writeFileSync(join(archive, ALIKE_FILE), '{"sources": 1}');
    await assert.rejects(readAlike(archive), inOneLine(/alike\.json: expected what "ial verify --write" writes/));
    assert.ok(existsSync(join(archive, ALIKE_FILE)));
  });
});
