// The doctor's threads end when they are told, and when they cannot.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { closeThread } from '../../../src/data/doctor/inspect.ts';

describe('closeThread', function () {
  this.timeout(20_000);

  it('lets a thread end itself', async () => {
    const worker = new Worker('const { parentPort } = require("node:worker_threads"); parentPort.once("message", (said) => { if (said !== "close") setInterval(() => {}, 1000); });', { eval: true });
    await once(worker, 'online');
    const start = performance.now();
    await closeThread(worker, 15_000);
    assert.ok(performance.now() - start < 10_000);
  });

  it('terminates one that hears nothing, after a while', async () => {
    const worker = new Worker('for (;;);', { eval: true });
    await once(worker, 'online');
    const start = performance.now();
    await closeThread(worker, 200);
    assert.ok(performance.now() - start < 10_000);
    await new Promise<void>((resolve) => { worker.once('exit', () => { resolve(); }); });
  });
});
