// The bench's peer, where `ial bench ... --peer` has set it up: the same numbers as the authors' code, the same work as ours.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { findHome } from '../../bin/setup/home.mjs';
import { findPytorch } from '../../bin/setup/pytorch.mjs';
import { compareSides, type Side } from '../../src/bench/compare.ts';
import { ourCommand, peerCommand } from '../../src/bench/launch.ts';
import { disagreement } from '../../src/bench/statistics.ts';
import { preset } from '../../src/config.ts';
import { ROOT } from '../setup/sandbox.ts';

describe('PyTorch\'s side of the bench', () => {
  const python = findPytorch(findHome());
  before(function () {
    if (python !== undefined) return;
    console.log('      PyTorch is not set up: node bin/pytorch.mjs (downloads 3 GB)');
    this.skip();
  });

  it('computes the numbers of the parity file within the bounds of ours', () => {
    const output = execFileSync(python!, ['-B', '-s', '-E', 'bench/pytorch/parity.py', 'test/fixtures/parity.json'], { cwd: ROOT, encoding: 'utf8' });
    assert.match(output, /^gradientSample +\d\.\d\de-\d\d +3e-02 /m);
    assert.match(output, /PyTorch 2\.15\.\S+ computes these 4581 numbers within tolerance\n$/);
  });

  it('parity.py fails where a number is another', () => {
    const program = 'import sys, json, parity; f = json.load(open(sys.argv[1])); f["steps"][2]["loss"] *= 1.01; sys.exit(0 if parity.print_report("f", parity.check(f)) else 1)';
    assert.throws(() => execFileSync(python!, ['-B', '-c', program, 'test/fixtures/parity.json'], { cwd: ROOT, encoding: 'utf8', env: { ...process.env, PYTHONPATH: 'bench/pytorch' } }),
      (error: { stdout: string; status: number }) => error.status === 1 && /steps\.2\.loss: relative error 9\.\d\de-03, at most 0\.001 allowed/.test(error.stdout));
  });

  for (const task of ['step', 'infer'] as const) {
    it(`${task}: every mode does the work of ours, from the same weights on the same batch`, async () => {
      const config = { ...preset('tiny'), optimizer: 'sgd' as const };
      const modes = ['eager', 'channels_last+malloc', 'compile+channels_last'];
      const sides: Side[] = [{ side: 'ours', mode: '', command: ourCommand(2) }, ...modes.map((mode): Side => ({ side: 'PyTorch', mode, command: peerCommand(python!, mode, 2) }))];
      for (const precision of ['f32', 'bf16'] as const) {
        const { sides: [ours, ...peers] } = await compareSides({ job: { task, config, clips: 2, precision, threads: 2 }, sides, rounds: 1 });
        for (const peer of peers) {
          assert.equal(peer.failed, undefined, `${peer.mode}: ${peer.failed}`);
          assert.ok(disagreement(ours!.check, peer.check)! <= (precision === 'f32' ? 1e-4 : 5e-2), `${peer.mode}, ${precision}: ${String(ours!.check)} and ${String(peer.check)}`);
        }
      }
    });
  }

  it('refuses an ablation in one line', async () => {
    const config = { ...preset('tiny'), fusion: false };
    const { sides: [peer] } = await compareSides({ job: { task: 'infer', config, clips: 1, precision: 'f32', threads: 2 }, sides: [{ side: 'PyTorch', mode: 'eager', command: peerCommand(python!, 'eager', 2) }], rounds: 1 });
    assert.deepEqual([peer!.failed, peer!.isDead], ['expected the whole network (gca.layer2, gca.layer3, fusion, temporal=transformer), found an ablation', undefined]);
  });
});
