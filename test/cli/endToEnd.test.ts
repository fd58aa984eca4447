// The whole way through the command line as its user goes it: render, train, stop, resume, evaluate.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Evaluation } from '../../src/runs/types.ts';

const bin = fileURLToPath(new URL('../../bin/ial.mjs', import.meta.url));
/** A network that trains in seconds. */
const SMALL = ['imageSize=32', 'numSegments=4', 'width=4/8/16', 'reduction=4', 'staticMlp=8', 'temporalMlp=16', 'batchSize=7', 'epochs=2'].flatMap((setting) => ['--set', setting]);

interface Ended { readonly code: number | null; readonly stdout: string; readonly stderr: string }

/** Runs `ial` and, when `stopAt` shows on stderr, presses Ctrl-C. */
function ial(args: readonly string[], stopAt?: RegExp): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '', stderr = '', isStopped = false;
    child.stdout.on('data', (data: Buffer) => { stdout += data.toString(); });
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString();
      if (stopAt?.test(stderr) && !isStopped) { isStopped = true; child.kill('SIGINT'); }
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('the command line, end to end', function () {
  this.timeout(180_000);
  let root: string, data: string, out: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'ial-cli-'));
    [data, out] = [join(root, 'data'), join(root, 'run')];
  });
  after(() => rm(root, { recursive: true, force: true }));

  it('renders clips, trains, is stopped by Ctrl-C with 130, resumes, evaluates, and prints JSON when asked', async () => {
    const rendered = await ial(['synth', data, '--train', '28', '--test', '14', '--size', '32', '--json']);
    assert.equal(rendered.code, 0, rendered.stderr);
    assert.ok((JSON.parse(rendered.stdout) as { counts: { clips: number } }).counts.clips >= 42);

    const train = ['train', '--data', data, '--preset', 'tiny', '--out', out, ...SMALL];
    const stopped = await ial([...train, '--set', 'epochs=200'], /train: \d+\/\d+ steps/);
    assert.equal(stopped.code, 130, stopped.stderr);
    assert.match(stopped.stderr, /ial: interrupted; (?:no epoch was finished yet|saved up to epoch \d+ of \d+); the same command with --resume goes on from there\n/);
    assert.equal(existsSync(join(out, 'evaluation.json')), false);

    const refused = await ial([...train, '--resume']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^ial: .*cannot resume with another configuration: epochs: 200 -> 2$/m);
    await rm(out, { recursive: true });

    const trained = await ial([...train, '--resume']);
    assert.equal(trained.code, 0, trained.stderr);
    assert.match(trained.stdout, /UAR .* WAR .* happiness/);
    assert.match(trained.stdout, /synthetic benchmark \(not comparable with real faces\)/);
    assert.match(trained.stderr, /train: 8\/8 steps.*epoch 2\/2, loss \d\.\d+/);

    const evaluated = await ial(['evaluate', out, '--json']);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    const evaluation = JSON.parse(evaluated.stdout) as Evaluation;
    assert.deepEqual(evaluation, JSON.parse(await readFile(join(out, 'evaluation.json'), 'utf8')));
    assert.equal(evaluation.isSynthetic, true);
    assert.equal(evaluation.metrics.confusion.length, 7);
  });

  it('says what is wrong in one line on stderr and exits with 1', async () => {
    const cases: [string[], RegExp][] = [
      [['train', '--data', join(root, 'nowhere'), '--preset', 'tiny', '--out', join(root, 'x')], /^ial: .*nowhere.*$/],
      [['train', '--data', data, '--preset', 'tiny', '--out', join(root, 'x'), '--set', 'lamda=1'], /^ial: --set: there is no setting "lamda"/],
      [['train', '--data', data, '--preset', 'tiny', '--out', join(root, 'x'), '--variant', 'both'], /^ial: --variant: expected one of baseline/],
      [['train', '--data', data, '--preset', 'paper', '--out', join(root, 'x')], /^ial: .*at least one batch of 40 training clips, found 28/m],
      [['evaluate', join(root, 'none')], /^ial: .*none.*$/],
      [['parity', join(root, 'none.json')], /^ial: .*none\.json: expected a parity file/],
    ];
    for (const [args, expected] of cases) {
      const { code, stdout, stderr } = await ial(args);
      assert.equal(code, 1, args.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr.trim(), expected, args.join(' '));
    }
    assert.equal(existsSync(join(root, 'x', 'checkpoints')), false);
  });
});
