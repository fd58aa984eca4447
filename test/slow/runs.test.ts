// Runs that survive: `ial train` killed over and over, on a full disk, in a folder that cannot be written, beside another process.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { random } from '../../src/random.ts';
import { openRun } from '../../src/runs/run.ts';
import { contentOf, settings, train } from './trainProcess.ts';

const KILLS = 22;
const EPOCHS = 80;

/** Resolves when the run has saved a later epoch than this one, or has ended. */
async function epochBehind(out: string, epoch: number, ended: Promise<unknown>): Promise<void> {
  const file = join(out, 'last');
  const over = new AbortController();
  void ended.then(() => { over.abort(); });
  for (let saved = 0; saved <= epoch && !over.signal.aborted;) {
    await pause(20);
    saved = existsSync(file) ? Number(readFileSync(file, 'utf8').split('/')[1]) : 0;
  }
}

describe('runs that survive', function slow() {
  this.timeout(1_500_000);
  let root = '', data = '';
  /** Of an undisturbed run, milliseconds an epoch. */
  let pace = 0;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'ial-survive-'));
    data = join(root, 'data');
    await renderSynthetic({ root: data, layout: 'dfew', trainClips: 28, testClips: 14, size: 32, seed: 3 });
  });
  after(() => { rmSync(root, { recursive: true, force: true }); });

  const SELECTED = settings(`epochs=${EPOCHS}`, 'selection=best-on-test');

  it('two undisturbed runs agree bit for bit', async () => {
    for (const name of ['whole', 'again']) {
      const { started, ended } = train(data, join(root, name), ...SELECTED);
      await started;
      const start = performance.now(), { code, stderr } = await ended;
      pace = (performance.now() - start) / EPOCHS;
      assert.equal(code, 0, stderr);
    }
    assert.deepEqual(contentOf(join(root, 'again')), contentOf(join(root, 'whole')));
  });

  it(`a run killed ${KILLS} times at random moments ends bit for bit as the undisturbed one`, async () => {
    const out = join(root, 'killed'), rng = random(20, 'kills');
    const epochs: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, started, ended } = train(data, out, ...SELECTED, '--resume');
      // one in six while it still starts: the lock, the record and the clean-up of what the last one left are under way then; of the
      // others, every second one after it saved an epoch (without these no run would get behind its first, which takes longest)
      if (kill % 6 === 5) await pause(1500 * rng.next());
      else {
        await started;
        if (kill % 2 === 1) await epochBehind(out, epochs.at(-1) ?? 0, ended);
        await pause((kill % 2 === 1 ? 3 : 10) * pace * rng.next());
      }
      child.kill('SIGKILL');
      const { signal, stderr } = await ended;
      assert.equal(signal, 'SIGKILL', `run ${kill} had ended by itself: ${stderr}`);
      assert.doesNotMatch(stderr, /falling back|missing, though/, 'a kill never breaks a checkpoint');
      epochs.push(existsSync(join(out, 'config.json')) ? (await (await openRun(out)).listCheckpoints()).at(-1) ?? 0 : 0);
    }
    assert.deepEqual(epochs, [...epochs].sort((a, b) => a - b), 'no kill loses a saved epoch');
    assert.ok(new Set(epochs).size > KILLS / 4, `killed in many epochs: ${epochs.join()}`);
    const { code, stderr } = await train(data, out, ...SELECTED, '--resume').ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual(contentOf(out), contentOf(join(root, 'whole')));
    console.log(`      killed after epochs ${epochs.join(', ')} of ${EPOCHS}`);
  });

  it('another configuration is refused with the keys that differ, and --resume starts what is not there', async () => {
    const out = join(root, 'changed');
    assert.equal((await train(data, out, ...settings('epochs=1'), '--resume').ended).code, 0);
    const { code, stderr } = await train(data, out, ...settings('epochs=2', 'lambda=0.7'), '--resume').ended;
    assert.equal(code, 1);
    assert.match(stderr, /^ial: .*cannot resume with another configuration: lambda: 0\.1 -> 0\.7; epochs: 1 -> 2$/m);
  });

  it('a truncated newest checkpoint is passed over with a line, and the run ends as if nothing had happened', async () => {
    const out = join(root, 'truncated');
    const { child, started, ended } = train(data, out, ...SELECTED);
    await started;
    await epochBehind(out, 2, ended);
    child.kill('SIGKILL');
    await ended;
    const newest = readFileSync(join(out, 'last'), 'utf8').trim();
    truncateSync(join(out, newest, 'weights.safetensors'), 100);
    const { code, stderr } = await train(data, out, ...SELECTED, '--resume').ended;
    assert.equal(code, 0, `${newest}: ${stderr}`);
    assert.match(stderr, /weights\.safetensors: not the file that was written \(checksum differs; 100 bytes\); falling back to the checkpoint before/);
    assert.deepEqual(contentOf(out), contentOf(join(root, 'whole')));
  });

  it('a second process on the folder is refused by number, and the first one does not notice', async () => {
    const out = join(root, 'shared');
    const first = train(data, out, ...SELECTED);
    await first.started;
    const second = await train(data, out, ...SELECTED, '--resume').ended;
    assert.equal(second.code, 1);
    assert.match(second.stderr, new RegExp(`^ial: .*shared: another process \\(${first.child.pid} on .*\\) is writing to this run folder; wait for it or stop it$`, 'm'));
    assert.equal((await first.ended).code, 0);
    assert.deepEqual(contentOf(out), contentOf(join(root, 'whole')));
  });

  describe('on a disk of its own', () => {
    let disk = '';
    const mount = (...args: string[]): void => { execFileSync('mount', args, { stdio: 'pipe' }); };

    before(function ready() {
      disk = join(root, 'disk');
      mkdirSync(disk);
      try {
        if (process.platform !== 'linux') throw new Error('not Linux');
        mount('-t', 'tmpfs', '-o', 'size=400k', 'tmpfs', disk);
      } catch {
        console.log('      skipped: a small memory disk can be mounted by root on Linux only');
        disk = '';
        this.skip();
      }
    });
    after(() => { if (disk) execFileSync('umount', ['--lazy', disk]); });

    it('a full disk stops the run in one line; with room again it ends as the undisturbed one', async () => {
      const out = join(disk, 'run');
      const full = await train(data, out, ...SELECTED).ended;
      assert.equal(full.code, 1, full.stderr);
      assert.match(full.stderr, /^ial: \/.*disk\/run\/.*: cannot write: the disk is full; free some space and start again$/m);
      mount('-o', 'remount,size=64m', disk);
      const { code, stderr } = await train(data, out, ...SELECTED, '--resume').ended;
      assert.equal(code, 0, stderr);
      assert.deepEqual(contentOf(out), contentOf(join(root, 'whole')));
    });

    it('a folder that cannot be written is said before anything is computed', async () => {
      mount('-o', 'remount,ro', disk);
      for (const [name, ...args] of [['run', '--resume'], ['new']] as const) {
        const { code, stderr } = await train(data, join(disk, name), ...SELECTED, ...args).ended;
        assert.equal(code, 1);
        assert.match(stderr, /^ial: \/.*disk\/.*: cannot write: .*read-only.*$/m);
        assert.doesNotMatch(stderr, /^train:/m);
      }
    });
  });
});
