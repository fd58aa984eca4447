import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorker, WorkerDied } from '../../src/bench/child.ts';
import { fakeWorker } from './support.ts';

const isAlive = (pid: number): boolean => { try { process.kill(pid, 0); return true; } catch { return false; } };

describe('a worker process', () => {
  it('answers one request after the other', async () => {
    const worker = startWorker(fakeWorker({ ms: [5, 4, 3] }));
    try {
      assert.deepEqual((await worker.ask({ kind: 'time', steps: 2 })).ms, [5, 4]);
      assert.deepEqual((await worker.ask({ kind: 'time', steps: 1 })).ms, [3]);
      assert.equal((await worker.ask({ kind: 'memory' })).peakMb, 100);
    } finally { await worker.stop(); }
  });

  it('that ends says how, with its last words, then and later', async () => {
    const worker = startWorker(fakeWorker({ die: 'time' }));
    const died = (error: unknown): boolean => error instanceof WorkerDied && error.message === 'ended with exit code 3: RuntimeError: out of luck';
    await assert.rejects(worker.ask({ kind: 'time', steps: 1 }), died);
    await assert.rejects(worker.ask({ kind: 'memory' }), died);
    await worker.stop();
  });

  it('that cannot be started says so', async () => {
    const worker = startWorker({ command: '/nowhere/python', args: [], env: {} });
    await assert.rejects(worker.ask({ kind: 'memory' }), /cannot start \/nowhere\/python: .*ENOENT/);
    await worker.stop();
  });

  it('that does not answer in time is ended', async () => {
    const worker = startWorker(fakeWorker({ hang: 'memory' }), 300);
    await assert.rejects(worker.ask({ kind: 'memory' }), /no answer to "memory" for 0 minutes/);
    await worker.stop();
  });

  it('that is stopped fails the open request', async () => {
    const worker = startWorker(fakeWorker({ hang: 'memory' }));
    const asked = worker.ask({ kind: 'memory' });
    await Promise.all([assert.rejects(asked, /was killed by SIGKILL/), worker.stop()]);
  });

  it('ends with the bench, even when the bench is killed', async () => {
    const { spawn } = await import('node:child_process');
    const script = `const { startWorker } = await import(${JSON.stringify(new URL('../../src/bench/child.ts', import.meta.url).href)});
      const worker = startWorker(${JSON.stringify(fakeWorker({ silent: 'memory' }))});
      await worker.ask({ kind: 'time', steps: 1 });
      const { execSync } = await import('node:child_process');
      console.log(execSync('ps -o pid= --ppid ' + process.pid + ' | head -1').toString().trim());
      await worker.ask({ kind: 'memory' });`;
    const bench = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) => { bench.stdout.once('data', (data: Buffer) => { resolve(Number(String(data))); }); });
    assert.ok(isAlive(pid));
    bench.kill('SIGKILL');
    for (let i = 0; i < 50 && isAlive(pid); i++) await sleep(100);
    assert.ok(!isAlive(pid));
  });
});
