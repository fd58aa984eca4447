// The Slurm engine against made-up sbatch and squeue; test/slow/slurm.test.ts has a real cluster.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { preset } from '../../src/config.ts';
import { runOnSlurm, type SlurmOptions } from '../../src/experiments/slurm.ts';
import { quoted, script } from '../../src/experiments/slurmScript.ts';
import type { Task } from '../../src/experiments/tasks.ts';
import { createRun } from '../../src/runs/run.ts';
import { line, RECORD } from '../runs/record.ts';
import { temporaryFolder } from '../runs/support.ts';

describe('the Slurm engine, its cluster made up', function suite() {
  const folder = temporaryFolder();
  const path = process.env['PATH'];
  before(function posix() { if (process.platform === 'win32') this.skip(); });
  afterEach(() => { process.env['PATH'] = path; });

  /** Programs in front of PATH; each call is counted in $COUNT. */
  function programs(lines: Readonly<Record<string, string>>): void {
    const bin = join(folder(), 'bin');
    mkdirSync(bin);
    for (const [name, line] of Object.entries(lines)) {
      writeFileSync(join(bin, name), `#!/bin/sh\necho "$@" >>${join(folder(), name)}\nCOUNT=$(grep -c '' ${join(folder(), name)})\n${line}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    process.env['PATH'] = `${bin}${delimiter}${path}`;
  }
  const calls = (name: string): string[] => readFileSync(join(folder(), name), 'utf8').trim().split('\n');
  const task: Task = { name: 'one', key: 'f00d0000', dir: '', dataset: 'dfew', fold: 1, config: preset('tiny'), rows: [], root: '', fingerprint: '', isSynthetic: true, trainClips: 8, testClips: 4 };
  const run = (options: Partial<SlurmOptions> = {}): ReturnType<typeof runOnSlurm> =>
    runOnSlurm(join(folder(), 'tasks.json'), [{ ...task, dir: join(folder(), 'one') }], { jobs: 3, logs: join(folder(), 'logs'), pollMs: 1, retries: 0, ...options });

  it('submits an array with its limits, and the user\'s own arguments last', async () => {
    programs({ sbatch: 'echo "7;cluster"', squeue: 'true' });
    const notes: string[] = [];
    const [outcome] = await run({ arguments: ['--partition=gpu'], onNote: (line) => { notes.push(line); } });
    assert.match(outcome!.failure!, /^ended: nothing said \(tried 1 times; log: .*one-f00d0000\.log\)$/);
    assert.match(calls('sbatch')[0]!, /^--parsable --array=0%3 --requeue .* --mem=16000M --partition=gpu .*tasks\.sh$/);
    assert.match(notes.join('\n'), /^submitted 1 runs as job 7, 3 at a time; logs in /);
  });

  it('tells of the epochs that a running task has finished, so that the time left can be told', async () => {
    programs({ sbatch: 'echo 7', squeue: '[ $COUNT -gt 1 ] || echo 7_0' });
    const writer = await createRun(join(folder(), 'one'), RECORD);
    await writer.appendMetrics(line(1));
    await writer.close();
    const told: unknown[] = [];
    await run({ retries: 1, onProgress: (_, progress) => { told.push(progress); } });
    assert.deepEqual(told, [{ done: line(1).step, note: 'epoch 1/15' }]);
  });

  it('a queue that does not answer for a while is asked again', async () => {
    programs({ sbatch: 'echo 7', squeue: '[ $COUNT -gt 3 ] || { echo "slurm_load_jobs error: Unable to contact slurm controller" >&2; exit 1; }' });
    const notes: string[] = [];
    assert.equal((await run({ onNote: (line) => { notes.push(line); } })).length, 1);
    assert.deepEqual(notes.slice(1), ['squeue: slurm_load_jobs error: Unable to contact slurm controller; the jobs go on, asking again']);
    assert.equal(calls('squeue').length, 4);
  });

  it('a queue that has forgotten the job is one where it has ended', async () => {
    programs({ sbatch: 'echo 7', squeue: 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1' });
    assert.match((await run())[0]!.failure!, /nothing said/);
    assert.equal(calls('squeue').length, 1);
  });

  it('says in one line that there is no Slurm, or what sbatch said', async () => {
    process.env['PATH'] = join(folder(), 'nothing');
    await assert.rejects(run(), /UserError: --engine slurm: expected the program sbatch of a Slurm cluster, found none in PATH/);
    programs({ sbatch: 'echo gibberish' });
    await assert.rejects(run(), /UserError: sbatch: expected the number of a job, found "gibberish"/);
  });

  it('the batch script runs each element\'s own command, whatever is in its paths', () => {
    const log = join(folder(), 'a log\'s "name".txt');
    const text = script([{ index: 2, log, command: ['/bin/echo', 'two words', '$HOME', '`id`'] }]);
    writeFileSync(join(folder(), 'job.sh'), text);
    execFileSync('/bin/bash', [join(folder(), 'job.sh')], { env: { SLURM_ARRAY_TASK_ID: '2' } });
    assert.equal(readFileSync(log, 'utf8'), 'two words $HOME `id`\n');
    assert.throws(() => execFileSync('/bin/bash', [join(folder(), 'job.sh')], { env: { SLURM_ARRAY_TASK_ID: '3' }, stdio: 'pipe' }), /no task 3/);
    assert.equal(quoted('it\'s'), '\'it\'\\\'\'s\'');
  });
});
