// The plan as a job array on a real Slurm of one node, with tasks killed and requeued while they train.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { preset, withSettings } from '../../src/config.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { logsFolder, writeTasks } from '../../src/experiments/campaign.ts';
import { finishedRun } from '../../src/experiments/finished.ts';
import { logOf } from '../../src/experiments/local.ts';
import { runOnSlurm } from '../../src/experiments/slurm.ts';
import { matchPlan, type Task } from '../../src/experiments/tasks.ts';
import { openRun } from '../../src/runs/run.ts';
import { missingSlurm, startCluster, type Cluster } from './slurmCluster.ts';
import { SMALL } from './trainProcess.ts';

/** Some seconds: long enough to be killed in flight. */
const EPOCHS = 250;

describe('the Slurm engine', function slow() {
  this.timeout(900_000);
  let folder = '', data = '', cluster: Cluster | undefined;
  const environment = { ...process.env };

  before(async function start() {
    const missing = missingSlurm();
    if (missing) { console.log(`    ${missing}`); this.skip(); }
    folder = mkdtempSync(join(tmpdir(), 'ial-slurm-'));
    data = join(folder, 'data');
    await renderSynthetic({ layout: 'dfew', clips: 40, seed: 3, size: 32, root: data });
    cluster = await startCluster(folder);
    Object.assign(process.env, cluster.environment);
  });
  after(async () => {
    await cluster?.stop();
    process.env = environment;
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function plan(runs: string, lambdas: readonly number[], epochs: number): Promise<{ file: string; tasks: readonly Task[] }> {
    const planned = lambdas.map((lambda) => ({ name: `lambda${lambda}`, dataset: 'dfew' as const, fold: 1, config: withSettings(preset('tiny'), [...SMALL, `epochs=${epochs}`, `lambda=${lambda}`]), rows: [] }));
    const { missing } = await matchPlan(planned, { roots: { dfew: data }, runs });
    return { tasks: missing, file: await writeTasks(runs, missing, { onBadClip: 'stop' }) };
  }

  const settings = (runs: string) => ({ jobs: 2, memoryBytes: 2e9, logs: logsFolder(runs), pollMs: 500, arguments: ['--cpus-per-task=1'] });

  /** The element's state, e.g. RUNNING, once the task's run folder has an epoch. */
  async function trains(task: Task): Promise<string> {
    for (let wait = 0; wait < 1500; wait++) {
      const epochs = await openRun(task.dir).then((run) => run.readMetrics()).then((lines) => lines.length, () => 0);
      const line = (await cluster!.run('squeue', '--noheader', '--array', '--format=%i %T')).split('\n').find((text) => text.includes('RUNNING'));
      if (epochs > 0 && line) return line.split(' ')[0]!;
      await pause(200);
    }
    throw new Error(`${task.name} does not train: ${readFileSync(logOf(logsFolder(join(folder, 'runs')), task), 'utf8')}`);
  }

  it('makes every run, going on with one that was killed and one that was requeued in flight', async () => {
    const runs = join(folder, 'runs'), { file, tasks } = await plan(runs, [0, 0.1], EPOCHS);
    const notes: string[] = [];
    const done = runOnSlurm(file, tasks, { ...settings(runs), jobs: 1, onNote: (line) => notes.push(line) });
    const element = await trains(tasks[0]!);
    await cluster!.run('scancel', '--signal=KILL', '--full', element);
    await pause(1500);
    const second = await trains(tasks[1]!);
    await cluster!.run('scontrol', 'requeue', second);
    assert.deepEqual((await done).map(({ failure }) => failure), [undefined, undefined]);
    for (const task of tasks) {
      assert.equal((await finishedRun(task.dir))?.key, task.key);
      const epochs = (await (await openRun(task.dir)).readMetrics()).map(({ epoch }) => epoch);
      assert.deepEqual(epochs, Array.from({ length: EPOCHS }, (_, i) => i + 1), 'every epoch once: the run went on where it was');
    }
    assert.equal(notes.filter((line) => line.startsWith('submitted')).length, 2, notes.join('\n'));
    const again = await runOnSlurm(file, tasks, settings(runs));
    assert.deepEqual(again.map(({ failure }) => failure), [undefined, undefined]);
  });

  it('tries a failing task again, then reports its own last words and where its log is; the others go on', async () => {
    const runs = join(folder, 'failing'), { file, tasks } = await plan(runs, [0.2, 0.3], 2);
    const outcomes = await runOnSlurm(file, tasks, { ...settings(runs), retries: 1, command: (taskFile, index) => (index === 0 ? ['-e', 'console.error("ial: the disk is full"); process.exit(1)'] : [join(process.cwd(), 'bin/ial.mjs'), 'reproduce-task', taskFile, String(index)]) });
    assert.match(outcomes[0]!.failure ?? '', /^the disk is full \(tried 2 times; log: .*lambda0\.2.*\.log\)$/);
    assert.equal(outcomes[1]!.failure, undefined);
  });

  it('waits for jobs that an earlier command submitted instead of doubling them', async () => {
    const runs = join(folder, 'twice'), { file, tasks } = await plan(runs, [0.4], EPOCHS);
    const abort = new AbortController(), notes: string[] = [];
    const first = runOnSlurm(file, tasks, { ...settings(runs), signal: abort.signal, onNote: (line) => notes.push(line) });
    await trains(tasks[0]!);
    abort.abort();
    await assert.rejects(first, { name: 'Interrupted' });
    assert.match(notes.at(-1)!, /^the jobs go on: "ial reproduce --status" shows them, "scancel \d+" ends them$/);
    const later: string[] = [];
    assert.deepEqual((await runOnSlurm(file, tasks, { ...settings(runs), onNote: (line) => later.push(line) })).map(({ failure }) => failure), [undefined]);
    assert.deepEqual(later, []);
  });

  it('says in one line that sbatch refuses the jobs', async () => {
    const runs = join(folder, 'refused'), { file, tasks } = await plan(runs, [0.5], 2);
    await assert.rejects(runOnSlurm(file, tasks, { ...settings(runs), arguments: ['--partition=none'] }), { name: 'UserError', message: /^sbatch: sbatch: error: .*partition/i });
  });
});
