import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRun } from '../../src/runs/run.ts';
import { inProcess } from '../cli/process.ts';

describe('ial quick --jobs', function () {
  this.timeout(180_000);
  let folder = '', data = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quick-'));
    data = join(folder, 'clips');
    assert.equal((await inProcess(['synth', data, '--layout', 'dfew', '--train', '28', '--test', '14', '--size', '56', '--frames', '8-12'])).code, 0);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const quick = async (...more: readonly string[]): ReturnType<typeof inProcess> =>
    await inProcess(['quick', '--jobs', '2', '--data', data, '--runs', join(folder, 'runs'), '--figures', join(folder, 'figures'), ...more]);

  it('makes both runs side by side, each as "ial train" does, and finds them again', async () => {
    const first = await quick('--json');
    assert.equal(first.code, 0, first.stderr);
    const rows = JSON.parse(first.stdout) as { name: string }[];
    assert.deepEqual(rows.map(({ name }) => name), ['baseline', 'gca+ial']);
    for (const [name, gca, lambda] of [['tiny-baseline', false, 0], ['tiny-gca+ial', true, 0.1]] as const) {
      const run = await openRun(join(folder, 'runs', name)), { experiment } = run.record;
      assert.deepEqual([experiment.gca.layer2, experiment.lambda, (await run.readMetrics()).length], [gca, lambda, experiment.epochs]);
    }
    assert.equal((await readdir(join(folder, 'runs', 'logs'))).length, 2);
    assert.match(first.stderr, /train: .*steps.*(baseline|gca\+ial) epoch \d+\/15/);

    const again = await quick();
    assert.equal(again.stdout.match(/\(was there\)/g)?.length, 2, again.stdout);
    assert.equal((await readdir(join(folder, 'runs'))).length, 3);
  });

  it('says in one line why a run failed, and where its log is', async () => {
    const clips = join(data, 'Clip', 'clip_224x224');
    for (const clip of await readdir(clips)) for (const frame of await readdir(join(clips, clip))) await writeFile(join(clips, clip, frame), 'no picture');
    const { code, stderr } = await quick('--seed', '2');
    assert.equal(code, 1);
    assert.match(stderr, /tiny-baseline: .*(jpg|Clip).*\(log: .*tiny-baseline-[0-9a-f]{8}\.log\)/);
  });
});
