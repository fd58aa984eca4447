// `ial reproduce` as its user types it, on networks so small that a run takes seconds: planned, made, reused, failed, looked at.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';
import { packageRoot } from '../../src/engine/home.ts';
import { outcome, type Outcome } from '../cli/process.ts';
import { settings } from './trainProcess.ts';

interface Brief { readonly name: string; readonly dir: string; readonly rows: readonly string[] }

const ial = (...args: readonly string[]): Promise<Outcome> =>
  outcome(spawn(process.execPath, [join(packageRoot(), 'bin', 'ial.mjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] }));

describe('ial reproduce', function slow() {
  this.timeout(900_000);
  let root = '', data = '', runs = '';

  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'ial-reproduce-'));
    [data, runs] = [join(root, 'data'), join(root, 'runs')];
    await renderSynthetic({ root: data, layout: 'dfew', trainClips: 28, testClips: 14, size: 32, seed: 3 });
  });
  after(() => { rmSync(root, { recursive: true, force: true }); });

  const reproduce = (...args: readonly string[]): Promise<Outcome> =>
    ial('reproduce', ...args, '--data', data, '--preset', 'tiny', ...settings('epochs=2'), '--runs', runs, '--archive', join(root, 'none'), '--jobs', '2');
  const missing = async (...args: readonly string[]): Promise<readonly Brief[]> => {
    const { code, stdout, stderr } = await reproduce(...args, '--dry-run', '--json');
    assert.equal(code, 0, stderr);
    return (JSON.parse(stdout) as { missing: readonly Brief[] }).missing;
  };

  it('--dry-run plans without writing anything, with time and disk', async () => {
    const { code, stdout, stderr } = await reproduce('fusion', 'leak', '--dry-run');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /tiny-dfew1-\S*fusionfalse-\S*seed1 *│ *missing │ *fusion\/off/);
    assert.match(stdout, /^3 runs to make, 0 finished; about .* \(from .*\); 0\.\d GB of disk$/m);
    assert.equal(existsSync(runs), false);
  });

  it('a run that fails is told with its reason and its log, the others and the tables are made, and the exit is 1', async () => {
    const plan = await missing('fusion', 'leak'), broken = plan.find(({ rows }) => rows.includes('fusion/off'))!;
    mkdirSync(dirname(broken.dir), { recursive: true });
    writeFileSync(broken.dir, 'a file where the run should go');
    const { code, stdout, stderr } = await reproduce('fusion', 'leak');
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`^FAILED +${broken.name}: .*cannot write: .*\\(log: .*\\.log\\)$`, 'm'));
    assert.match(stdout, /^runs +0 reused, 2 made, 1 failed; took /m);
    assert.match(readFileSync(join(runs, 'tables', 'leak.md'), 'utf8'), /\| best epoch on the test clips<br>synthetic, 1 run, LEAKY \| \d/);
    assert.match(readFileSync(join(runs, 'tables', 'fusion.md'), 'utf8'), /\| off<br>not run \|/);
    for (const name of ['confusion', 'separation', 'intensity']) for (const end of ['md', 'csv', 'json']) assert.ok(existsSync(join(runs, 'tables', `${name}.${end}`)), `${name}.${end}`);
    const status = await reproduce('fusion', 'leak', '--status');
    assert.match(status.stdout, /^2 finished, 0 running, 1 stopped, 0 waiting$/m);
    assert.match(status.stdout, new RegExp(`${broken.name} *│ *stopped │ *0/2 │ *\\S*\\.log`));
    rmSync(broken.dir);
  });

  it('what is finished is reused, what is missing is made', async () => {
    const before = (JSON.parse((await reproduce('fusion', 'leak', '--status', '--json')).stdout) as (Brief & { state: string })[]).filter(({ state }) => state === 'finished');
    const times = before.map(({ dir }) => statSync(join(dir, 'evaluation.json')).mtimeMs);
    const { code, stdout, stderr } = await reproduce('fusion', 'leak');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^runs +2 reused, 1 made, 0 failed; took /m);
    assert.match(stdout, /^Dynamic-static fusion$/m);
    assert.deepEqual(before.map(({ dir }) => statSync(join(dir, 'evaluation.json')).mtimeMs), times);
    assert.deepEqual(await missing('fusion', 'leak'), []);
    const changed = await reproduce('fusion', '--set', 'lambda=0.3', '--dry-run');
    assert.match(changed.stdout, /^2 runs to make, 0 finished/m, 'another experiment is another run');
  });

  it('runs made by other sources are told, shown by ial table, and planned anew', async () => {
    const { dir } = (JSON.parse((await reproduce('leak', '--status', '--json')).stdout) as Brief[])[0]!, file = join(dir, 'config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"sources": "[0-9a-f]+"/, `"sources": "${'0'.repeat(64)}"`));
    const { stdout } = await reproduce('leak', '--dry-run');
    assert.match(stdout, /│ *other sources │/);
    assert.match(stdout, /^1 of them are finished, but were made by other sources than today's \(.*sources 00000000\): they are made anew; "ial table" shows them as they are$/m);
    const shown = await ial('table', 'leak', '--runs', runs, '--preset', 'tiny', ...settings('epochs=2'));
    assert.match(shown.stdout, /^1 of 2 runs were made by other sources than today's/m);
  });
});
