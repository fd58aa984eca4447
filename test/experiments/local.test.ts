import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { preset } from '../../src/config.ts';
import { runLocally, threadSettings, type LocalOptions, type Outcome } from '../../src/experiments/local.ts';
import type { Task } from '../../src/experiments/tasks.ts';
import { temporaryFolder } from '../runs/support.ts';

const FAKE = fileURLToPath(new URL('fakeWorker.mjs', import.meta.url));

describe('the local engine', function local() {
  this.timeout(30_000);
  const folder = temporaryFolder();

  const task = (name: string): Task => ({ name, key: `${name}0000000`, dir: join(folder(), name), dataset: 'dfew', fold: 1, config: preset('tiny'), rows: [], root: '', fingerprint: '', isSynthetic: true, trainClips: 8, testClips: 4 });

  async function runNamed(names: readonly string[], options: Partial<LocalOptions> = {}): Promise<readonly Outcome[]> {
    const tasks = names.map(task), file = join(folder(), 'tasks.json');
    writeFileSync(file, JSON.stringify({ tasks }));
    return runLocally(tasks, { jobs: 1, logs: join(folder(), 'logs'), command: (index) => [FAKE, file, String(index)], ...options });
  }

  it('a failed run is told with the worker\'s own line and its log, and the rest go on', async () => {
    const outcomes = await runNamed(['works1', 'fails', 'crashes', 'throws', 'works2']);
    assert.deepEqual(outcomes.map(({ failure }) => failure === undefined), [true, false, false, false, true]);
    assert.match(outcomes[1]!.failure!, /^the disk is full \(log: .*fails-fails000\.log\)$/);
    assert.match(outcomes[2]!.failure!, /^killed by SIGSEGV \(log: /);
    assert.match(outcomes[3]!.failure!, /^exit code 1: TypeError: a bug/);
    assert.equal(readFileSync(join(folder(), 'logs', 'fails-fails000.log'), 'utf8'), 'ial: the disk is full\n');
  });

  it('a worker that takes more memory than allowed is stopped, with both numbers', async () => {
    const [eats, works] = await runNamed(['eats', 'works'], { memoryBytes: 300e6 });
    assert.match(eats!.failure!, /^stopped: it used \d\.\d+ GB of memory, at most 0\.30 GB are allowed \(--memory-gb, --jobs, or a smaller batchSize\)/);
    assert.equal(works!.failure, undefined);
  });

  it('progress comes from every worker, as many at a time as jobs', async () => {
    const seen: string[] = [];
    const started = performance.now();
    await runNamed(['works1', 'works2', 'works3', 'works4'], { jobs: 4, onProgress: ({ name }, { done, total }) => seen.push(`${name} ${done}/${total}`) });
    assert.deepEqual(seen.sort(), ['works1 2/2', 'works2 2/2', 'works3 2/2', 'works4 2/2']);
    assert.ok(performance.now() - started < 10_000);
  });

  it('jobs share the cores, unless the environment says how many threads a run has', async () => {
    assert.deepEqual(threadSettings(1, {}, 8), {});
    assert.deepEqual(threadSettings(3, {}, 8), { TF_NUM_INTRAOP_THREADS: '2' });
    assert.equal(threadSettings(4, {}, 2)['TF_NUM_INTRAOP_THREADS'], '1');
    assert.deepEqual(threadSettings(4, { TF_NUM_INTRAOP_THREADS: '8' }, 2), {});
    await runNamed(['threads'], { jobs: 1000 });
    assert.equal(readFileSync(join(folder(), 'logs', 'threads-threads0.log'), 'utf8'), `${process.env['TF_NUM_INTRAOP_THREADS'] ?? '1'}\n`);
  });

  it('an abort asks the running worker to stop once, starts no other, and is an interrupt', async () => {
    const controller = new AbortController();
    const running = runNamed(['hangs', 'works'], { signal: controller.signal, onProgress: () => { controller.abort(); } });
    await assert.rejects(running, { name: 'Interrupted' });
    await pause(100);
    assert.equal(readFileSync(join(folder(), 'logs', 'hangs-hangs000.log'), 'utf8'), 'saved\n');
    assert.throws(() => readFileSync(join(folder(), 'logs', 'works-works000.log')), /ENOENT/);
  });
});
