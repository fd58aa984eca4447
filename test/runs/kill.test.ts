// Processes killed at random moments: what they leave is always a whole run, and the next process takes it over at once.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openRun, resumeRun } from '../../src/runs/run.ts';
import { checkpoint, line } from './record.ts';
import { temporaryFolder } from './support.ts';

const WRITER = fileURLToPath(new URL('writer.ts', import.meta.url));

async function startWriter(dir: string, ...args: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, dir, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('killed writers', () => {
  const folder = temporaryFolder();

  it('SIGKILL at any moment leaves a sound newest checkpoint and a history up to it', async () => {
    const dir = join(folder(), 'run');
    let before = 0;
    for (let round = 0; round < 8; round++) {
      const child = await startWriter(dir);
      await new Promise((resolve) => { setTimeout(resolve, 20 + 80 * Math.random()); });
      await kill(child);
      const run = await openRun(dir);
      const warnings: string[] = [];
      const isAny = (await run.listCheckpoints()).length > 0;
      const newest = isAny ? await run.readCheckpoint('last', (warning) => warnings.push(warning)) : checkpoint(0);
      assert.deepEqual(warnings, []);
      assert.deepEqual(newest, checkpoint(newest.state.epoch));
      assert.ok(newest.state.epoch >= before, `epoch ${newest.state.epoch} after ${before}`);
      const lastBest = 5 * Math.floor(newest.state.epoch / 5);
      if (lastBest > 0) assert.ok((await run.readCheckpoint('best')).state.epoch >= lastBest);
      const history = await run.readMetrics();
      assert.deepEqual(history.slice(0, newest.state.epoch), Array.from({ length: newest.state.epoch }, (_, i) => line(i + 1)));
      before = newest.state.epoch;
    }
    assert.ok(before > 0);
  });

  it('a second process is refused while the first lives, and takes over at once when it was killed', async () => {
    const dir = join(folder(), 'run');
    const child = await startWriter(dir, 'hold');
    await assert.rejects(resumeRun(dir), new RegExp(`another process \\(${child.pid} on .*\\) is writing to this run folder`));
    await kill(child);
    const start = Date.now();
    const run = await resumeRun(dir);
    await run.appendMetrics(line(1));
    await run.close();
    assert.ok(Date.now() - start < 2000);
  });
});
