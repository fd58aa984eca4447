import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRun, createRun, hasRun, resumeRun, type RunWriter } from '../../src/runs/run.ts';
import { checkpoint, line, RECORD, vector } from './record.ts';
import { temporaryFolder } from './support.ts';

describe('run folder', () => {
  const folder = temporaryFolder();
  const dir = (): string => join(folder(), 'a', 'run');

  async function withRun(write: (run: RunWriter) => Promise<void>): Promise<void> {
    const run = (await hasRun(dir())) ? await resumeRun(dir()) : await createRun(dir(), RECORD);
    try {
      await write(run);
    } finally {
      await run.close();
    }
  }
  const epochs = (count: number) => async (run: RunWriter): Promise<void> => {
    for (let epoch = 1; epoch <= count; epoch++) {
      await run.appendMetrics(line(epoch));
      await run.saveCheckpoint(checkpoint(epoch), { isBest: epoch === 2 });
    }
  };

  it('gives back the record, the metrics and the checkpoints that were written', async () => {
    await withRun(epochs(3));
    const run = await openRun(dir());
    assert.deepEqual(run.record, RECORD);
    assert.deepEqual(await run.readMetrics(), [line(1), line(2), line(3)]);
    assert.deepEqual(await run.readCheckpoint('last'), checkpoint(3));
    assert.deepEqual(await run.readCheckpoint('best'), checkpoint(2));
    assert.deepEqual(readdirSync(dir()).sort(), ['best', 'checkpoints', 'config.json', 'last', 'metrics.jsonl']);
  });

  it('keeps the last two checkpoints and the best, or as many as asked', async () => {
    await withRun(epochs(6));
    assert.deepEqual(await (await openRun(dir())).listCheckpoints(), [2, 5, 6]);
    await withRun(async (run) => {
      for (let epoch = 7; epoch <= 10; epoch++) await run.saveCheckpoint(checkpoint(epoch), { keepEpochs: Infinity });
      assert.deepEqual(await run.listCheckpoints(), [2, 5, 6, 7, 8, 9, 10]);
      await run.saveCheckpoint(checkpoint(11), { keepEpochs: 3, isBest: true });
      assert.deepEqual(await run.listCheckpoints(), [9, 10, 11]);
    });
  });

  it('a run cannot be made over another, and a second writer is refused while the first is open', async () => {
    await withRun(async () => {
      await assert.rejects(resumeRun(dir()), new RegExp(`run: another process \\(${process.pid} on .*\\) is writing to this run folder; wait for it or stop it$`));
    });
    await assert.rejects(createRun(dir(), RECORD), /run: holds a run already; go on with --resume or choose another --out/);
    await withRun(async () => {});
  });

  it('a second open does not disturb the lock of the first', async () => {
    await withRun(async (run) => {
      await assert.rejects(resumeRun(dir()), /is writing/);
      await run.appendMetrics(line(1));
    });
    assert.ok(!readdirSync(dir()).some((name) => name.startsWith('.')));
  });

  it('says in one line what is wrong with a folder that is no run', async () => {
    await assert.rejects(openRun(join(folder(), 'none')), /none: no such run folder$/);
    await assert.rejects(resumeRun(join(folder(), 'none')), /none: no such run folder$/);
    mkdirSync(join(folder(), 'empty'));
    await assert.rejects(openRun(join(folder(), 'empty')), /empty: not a run folder: it has no config\.json$/);
    writeFileSync(join(folder(), 'file'), '');
    await assert.rejects(createRun(join(folder(), 'file'), RECORD), /file: cannot write: exists already/);
    await assert.rejects(createRun(join(folder(), 'file', 'run'), RECORD), /cannot write: expected a folder, found a file/);
  });

  it('says in one line what is wrong with a config.json', async () => {
    await withRun(async () => {});
    const broken = async (text: string, expected: RegExp): Promise<void> => {
      writeFileSync(join(dir(), 'config.json'), text);
      await assert.rejects(openRun(dir()), expected);
    };
    const changed = (change: (record: typeof RECORD & Record<string, unknown>) => unknown): string => JSON.stringify(change(structuredClone(RECORD) as typeof RECORD & Record<string, unknown>));
    await broken('{"experiment":', /config\.json: not valid JSON/);
    await broken('[]', /config\.json: the top: expected an object, found \[\]/);
    await broken('{}', /config\.json: experiment: expected an object, found nothing/);
    await broken(changed((r) => ({ ...r, experiment: { ...r.experiment, lambda: '0.1' } })), /experiment\.lambda: expected a number, found "0\.1"/);
    await broken(changed((r) => ({ ...r, experiment: { ...r.experiment, epochs: 0 } })), /config\.json: setting epochs: expected a whole number of at least 1, found 0/);
    await broken(changed((r) => ({ ...r, dataset: { ...r.dataset, labelNames: ['happiness'] } })), /dataset\.labelNames: expected 7 names/);
    await broken(changed((r) => ({ ...r, dataset: { ...r.dataset, root: 3 } })), /dataset\.root: expected a text, found 3/);
  });

  it('falls back to the checkpoint before when the newest is truncated, changed or gone, and says so', async () => {
    const damages: [string, (newest: string) => void, RegExp][] = [
      ['truncated', (d) => { truncateSync(join(d, 'weights.safetensors'), 20); }, /weights\.safetensors: not the file that was written \(checksum differs; 20 bytes\); falling back/],
      ['a changed byte', (d) => { const f = join(d, 'optimizer.safetensors'); const b = readFileSync(f); b[b.length - 1]! ^= 1; writeFileSync(f, b); }, /optimizer\.safetensors: not the file/],
      ['a changed state', (d) => { const f = join(d, 'state.json'); writeFileSync(f, readFileSync(f, 'utf8').replace('"step": 30', '"step": 31')); }, /state\.json: not the state that was written/],
      ['half a state', (d) => { truncateSync(join(d, 'state.json'), 30); }, /state\.json: not valid JSON/],
      ['a missing file', (d) => { rmSync(join(d, 'weights.safetensors')); }, /weights\.safetensors: cannot read: no such file/],
      ['a missing folder', (d) => { rmSync(d, { recursive: true }); }, /0003: missing, though "last" names it/],
    ];
    for (const [name, damage, expected] of damages) {
      rmSync(dir(), { recursive: true, force: true });
      await withRun(epochs(3));
      damage(join(dir(), 'checkpoints', '0003'));
      const warnings: string[] = [];
      const read = await (await openRun(dir())).readCheckpoint('last', (warning) => warnings.push(warning));
      assert.deepEqual(read, checkpoint(2), name);
      assert.equal(warnings.length, 1, name);
      assert.match(warnings[0]!, expected, name);
    }
  });

  it('a broken "last" file costs nothing: the newest sound checkpoint is taken', async () => {
    await withRun(epochs(3));
    writeFileSync(join(dir(), 'last'), 'checkpoi');
    assert.deepEqual(await (await openRun(dir())).readCheckpoint('last'), checkpoint(3));
  });

  it('a checkpoint that "last" does not name yet is written again over', async () => {
    await withRun(epochs(3));
    writeFileSync(join(dir(), 'last'), 'checkpoints/0002\n');
    await withRun(async (run) => {
      assert.equal((await run.readCheckpoint('last')).state.epoch, 2);
      await run.saveCheckpoint(checkpoint(3));
      assert.deepEqual(await run.readCheckpoint('last'), checkpoint(3));
    });
  });

  it('says so when there is no checkpoint, no best one, or no sound one', async () => {
    await withRun(async (run) => {
      await assert.rejects(run.readCheckpoint('last'), /run: has no checkpoint; train it first/);
      await assert.rejects(run.readCheckpoint('best'), /best: names no checkpoint/);
      await assert.rejects(run.readCheckpoint(4), /0004.state\.json: cannot read: no such file/);
      await run.saveCheckpoint(checkpoint(1), { isBest: true });
      rmSync(join(dir(), 'checkpoints', '0001', 'state.json'));
      await assert.rejects(run.readCheckpoint('best'), /no such file or folder; it is the epoch that the run chose, and no other can stand in for it: delete the run folder and train again$/);
      await assert.rejects(run.readCheckpoint('last'), /checkpoints: no checkpoint is sound; start the run again in another folder/);
    });
  });

  it('refuses to save weights that are not finite, and leaves the checkpoint before in place', async () => {
    await withRun(async (run) => {
      await run.saveCheckpoint(checkpoint(1));
      const diverged = { ...checkpoint(2), weights: new Map([['fc.weight', vector(NaN)]]) };
      await assert.rejects(run.saveCheckpoint(diverged), /0002.weights\.safetensors: tensor "fc\.weight" holds NaN at index 0/);
      assert.deepEqual(await run.readCheckpoint('last'), checkpoint(1));
    });
    assert.deepEqual(readdirSync(join(dir(), 'checkpoints')), ['0001']);
  });

  it('metrics never hold a silent null: a NaN is refused and nothing is written', async () => {
    await withRun(async (run) => {
      await run.appendMetrics(line(1));
      await assert.rejects(run.appendMetrics({ ...line(2), losses: { total: NaN } }), /metrics\.jsonl: refused to write NaN at losses\.total/);
      assert.deepEqual(await run.readMetrics(), [line(1)]);
    });
  });

  it('truncateMetrics cuts back to the checkpoint and drops a torn last line', async () => {
    await withRun(async (run) => {
      for (const epoch of [1, 2, 3]) await run.appendMetrics(line(epoch));
      const file = join(dir(), 'metrics.jsonl');
      truncateSync(file, readFileSync(file).length - 5);
      assert.deepEqual(await run.readMetrics(), [line(1), line(2)]);
      await run.truncateMetrics(1);
      await run.appendMetrics(line(2));
      assert.deepEqual(await run.readMetrics(), [line(1), line(2)]);
      writeFileSync(file, `${JSON.stringify(line(1))}\n{"epoch":\n`);
      await assert.rejects(run.readMetrics(), /metrics\.jsonl:2: not valid JSON/);
      writeFileSync(file, 'null\n');
      await assert.rejects(run.readMetrics(), /metrics\.jsonl:1: expected an epoch's metrics, found null/);
    });
    assert.deepEqual(await (await openRun(dir())).listCheckpoints(), []);
  });
});
