import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../src/runs/lock.ts';
import { temporaryFolder } from './support.ts';

describe('lock of a run folder', () => {
  const dir = temporaryFolder();

  /** A lock as a process of `host` left it, its last heartbeat `age` seconds ago. */
  function leave(owner: object | string, age: number): void {
    mkdirSync(join(dir(), '.lock'));
    const time = Date.now() / 1000 - age;
    utimesSync(join(dir(), '.lock'), time, time);
    writeFileSync(join(dir(), '.lock-owner.json'), typeof owner === 'string' ? owner : JSON.stringify(owner));
  }

  async function isTaken(): Promise<boolean> {
    const lock = await lockFolder(dir());
    lock.check();
    await lock.release();
    return readdirSync(dir()).length === 0;
  }

  it('is gone without a trace after release, and can be taken again', async () => {
    assert.ok(await isTaken());
    assert.ok(await isTaken());
  });

  it('of a dead process of this machine is taken over at once', async () => {
    leave({ pid: 2 ** 22 + 1, host: hostname(), startedAt: '1' }, 0);
    assert.ok(await isTaken());
  });

  it('of a process whose number was given to another one is taken over (Linux tells by the start time)', async function () {
    if (process.platform !== 'linux') this.skip();
    leave({ pid: process.pid, host: hostname(), startedAt: '1' }, 0);
    assert.ok(await isTaken());
  });

  it('of another machine is respected while its heartbeat is fresh, taken over when it stopped', async () => {
    leave({ pid: 1, host: 'node7', startedAt: '1' }, 30);
    await assert.rejects(lockFolder(dir()), /another process \(1 on node7\) is writing to this run folder; wait for it or stop it/);
    const old = Date.now() / 1000 - 300;
    utimesSync(join(dir(), '.lock'), old, old);
    assert.ok(await isTaken());
  });

  it('without a readable owner is respected while its heartbeat is fresh', async () => {
    leave('{"pid":', 1);
    await assert.rejects(lockFolder(dir()), /: another process is writing to this run folder/);
  });

  it('of two that come at the same moment, one gets it', async () => {
    leave({ pid: 2 ** 22 + 1, host: hostname(), startedAt: '1' }, 0);
    const results = await Promise.allSettled([lockFolder(dir()), lockFolder(dir()), lockFolder(dir())]);
    const held = results.filter((result) => result.status === 'fulfilled');
    assert.equal(held.length, 1);
    for (const result of results) if (result.status === 'rejected') assert.match(String(result.reason), /is writing to this run folder/);
    await held[0]!.value.release();
  });

  it('a folder that is not there is said', async () => {
    await assert.rejects(lockFolder(join(dir(), 'none')), /none: cannot write: no such file or folder/);
  });
});
