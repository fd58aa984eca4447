import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CostRecord } from '../../src/bench/cost.ts';
import type { EmbeddingRecord } from '../../src/bench/embedding.ts';
import type { BenchRecord } from '../../src/bench/record.ts';
import { caseOf, measured, recordOf } from '../bench/support.ts';
import { inProcess, outcome, start } from './process.ts';

describe('ial bench', () => {
  let root: string;
  before(() => { root = mkdtempSync(join(tmpdir(), 'ial-bench-')); });
  after(() => { rmSync(root, { recursive: true }); });

  it('lists its measurements, each with an example of itself', async () => {
    const { stdout } = await inProcess(['bench', '--help']);
    for (const name of ['step', 'infer', 'loader', 'embed', 'cost', 'chart']) {
      assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
      assert.match((await inProcess(['bench', name, '--help'])).stdout, new RegExp(`Examples?:\\n  \\$ ial bench ${name}`));
    }
  });

  for (const [task, shown] of [['step', 'losses of the first steps'], ['infer', 'first logits']] as const) {
    it(`${task}: a table of ours, the machine, how to compare, and a file`, async () => {
      const json = join(root, 'deep', `${task}.json`);
      const { code, stdout, stderr } = await inProcess(['bench', task, '--preset', 'tiny', '--clips', '1', '--precision', 'f32', '--rounds', '2', '--json', json]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`1 clip, f32.*clips/s.*${shown}`));
      assert.match(stdout, /Node \d+.*TensorFlow 2/);
      assert.match(stdout, /--peer/);
      assert.match(stderr, new RegExp(`^${task}, 1 clip, f32: round 2 of 2$`, 'm'));
      const { cases: [found], preset, threads } = JSON.parse(readFileSync(json, 'utf8')) as BenchRecord;
      const [ours] = found!.sides;
      assert.ok(ours!.ms.length >= 2 && ours!.ms.length % 2 === 0 && ours!.ms.every((ms) => ms > 0) && ours!.peakMb! > 50 && ours!.check.every(Number.isFinite));
      assert.deepEqual([preset, found!.sides.length], ['tiny', 1]);
      assert.ok(threads >= 1);
    });
  }

  it('embed: a table with the parts and trustworthiness, and a file', async () => {
    const json = join(root, 'deep', 'embed.json');
    const { code, stdout, stderr } = await inProcess(['bench', 'embed', '--clips', '150', '--width', '60', '--json', json]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /150 x 60.*CPU seconds.*trustworthiness/);
    assert.match(stdout, /ours.*0\.\d{4}.*principal components \d.*neighbours.*layout/);
    assert.match(stdout, /50 principal components, seed 1\. Trustworthiness: k = 15, 150 points/);
    const { sides, clips } = JSON.parse(readFileSync(json, 'utf8')) as EmbeddingRecord;
    assert.deepEqual([clips, sides.length], [150, 1]);
  });

  it('cost: a point a line, and a file', async function () {
    this.timeout(120_000);
    const json = join(root, 'deep', 'cost.json');
    const { code, stdout, stderr } = await inProcess(['bench', 'cost', '--preset', 'tiny', '--frames', '4', '--clips', '1,2', '--image', '56', '--sweeps', '2', '--runs', '1', '--json', json]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /frames a clip .* 4 [\s\S]*clips a batch .* 2 [\s\S]*image side .* 56 /);
    const { points, base } = JSON.parse(readFileSync(json, 'utf8')) as CostRecord;
    assert.deepEqual([points.length, base, points[0]!.ms.length], [4, { frames: 8, image: 56, batch: 1 }, 2]);
    assert.match((await inProcess(['bench', 'cost', '--image', '50'])).stderr, /--image: expected multiples of 8, found 50/);
  });

  it('refuses what it cannot measure, in one line', async () => {
    const refused = async (...args: readonly string[]) => { const { code, stderr } = await inProcess(['bench', 'step', ...args]); assert.equal(code, 1); return stderr; };
    assert.match(await refused('--precision', 'f16'), /^ial: .*--precision.*Expected f32, bf16, separated by commas, found "f16"\.\n$/);
    assert.match(await refused('--modes', 'eager+fast'), /found "fast"/);
    assert.match(await refused('--modes', 'eager'), /^ial: --modes is about PyTorch: add --peer\n$/);
    assert.match(await refused('--at-most', '1'), /^ial: --at-most is about PyTorch: add --peer\n$/);
    assert.match(await refused('--at-most', 'x'), /Expected a number above 0/);
    assert.match(await refused('--clips', '0'), /Expected numbers from 1/);
    const { code, stderr } = await outcome(start('../../bin/ial.mjs', ['bench', 'step', '--set', 'width=0']));
    assert.deepEqual([code, stderr], [1, 'ial: --set width: expected 3 numbers such as 64/128/256, found "0"\n']);
  });

  it('a worker that dies is shown in the table with its end, and the exit code is 1', async () => {
    const { NODE_OPTIONS: before } = process.env;
    process.env['NODE_OPTIONS'] = '--import=file:///nowhere.mjs';
    const { code, stdout, stderr } = await inProcess(['bench', 'step', '--preset', 'tiny', '--clips', '1', '--precision', 'f32', '--rounds', '1']);
    if (before === undefined) delete process.env['NODE_OPTIONS']; else process.env['NODE_OPTIONS'] = before;
    assert.equal(code, 1);
    assert.match(stdout, /ours \(failed: ended with exit code 1: /);
    assert.match(stderr, /^ial: ours: ended with exit code 1: .+$/m);
  });

  it('chart draws records, and beside the picture what Plotly draws', async function () {
    const file = join(root, 'step.json'), out = join(root, 'figures', 'speed.png');
    writeFileSync(file, JSON.stringify(recordOf('step', caseOf(8, 'f32', measured('ours', '', [800]), measured('PyTorch', 'eager', [900])))));
    const { code, stdout, stderr } = await inProcess(['bench', 'chart', file, '--out', out]);
    if (/Chromium/.test(stderr)) { this.skip(); return; }
    assert.deepEqual([code, stdout], [0, `figure    ${out}\n`]);
    assert.ok(existsSync(out) && existsSync(join(root, 'figures', 'speed.json')));
  });
});
