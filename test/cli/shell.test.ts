import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { addTry } from './probe.ts';
import { inProcess, outcome, start, type Outcome } from './process.ts';

const probe = (args: readonly string[]): Promise<Outcome> => inProcess(args, [addTry]);
const NOTHING = { code: 0, stdout: '', stderr: '' };

describe('command-line shell', () => {
  it('says a user\'s mistake in one line and exits with 1', async () => {
    assert.deepEqual(await probe(['try', 'user']), { ...NOTHING, code: 1, stderr: 'ial: x.json: expected a number, found "a"\n' });
  });

  it('says a bug in one line, with the stack only when asked', async () => {
    const expected = { ...NOTHING, code: 1, stderr: 'ial: TypeError: undefined is not a function at all (this is a bug; IAL_DEBUG=1 shows where)\n' };
    assert.deepEqual(await probe(['try', 'bug']), expected);
    process.env['IAL_DEBUG'] = '1';
    const byVariable = await probe(['try', 'bug']);
    delete process.env['IAL_DEBUG'];
    for (const { code, stderr } of [await probe(['try', 'bug', '--debug']), await probe(['--debug', 'try', 'bug']), byVariable]) {
      assert.equal(code, 1);
      assert.match(stderr, /^TypeError: undefined is not a function\nat all\n +at .*probe\.ts/);
      assert.match(stderr, /\nial: TypeError: undefined is not a function at all \(this is a bug\)\n$/);
    }
    assert.match((await probe(['try', 'thrown'])).stderr, /^ial: a bare string \(this is a bug;/);
  });

  it('a command that found something exits with its code and no message', async () => {
    assert.deepEqual(await probe(['try', 'find']), { ...NOTHING, code: 1 });
  });

  it('results go to stdout, notes to stderr', async () => {
    assert.deepEqual(await probe(['try', 'print']), { ...NOTHING, stdout: 'for readers\nfrom a library\n', stderr: 'for logs\n' });
  });

  it('--json leaves stdout to one JSON document, whatever libraries print', async () => {
    const { code, stdout, stderr } = await probe(['try', 'json', '--json']);
    assert.deepEqual([code, JSON.parse(stdout)], [0, { uar: 0.5 }]);
    assert.deepEqual(stderr.trim().split('\n').sort(), ['for readers', 'from a library']);
  });

  it('--json refuses a NaN instead of writing null', async () => {
    assert.deepEqual(await probe(['try', 'nan', '--json']), { ...NOTHING, code: 1, stderr: 'ial: --json: refused to write NaN at uar: JSON has no such number\n' });
  });

  it('unknown commands and options are answered with a suggestion, wrong values with what was expected', async () => {
    const says = async (args: string[], stderr: string): Promise<void> => { assert.deepEqual(await probe(args), { ...NOTHING, code: 1, stderr }); };
    await says(['tri'], 'ial: unknown command \'tri\' (Did you mean try?)\n');
    await says(['try', 'find', '--flod', '2'], 'ial: unknown option \'--flod\' (Did you mean --fold?)\n');
    await says(['try', 'find', '--fold', '0'], 'ial: option \'--fold <number>\' argument \'0\' is invalid. Expected a whole number of at least 1.\n');
    await says(['try', 'find', '--seed', '1.5'], 'ial: option \'--seed <number>\' argument \'1.5\' is invalid. Expected a whole number of at least 0.\n');
    await says(['try', 'find', '--folds', '4-9'], 'ial: option \'--folds <list>\' argument \'4-9\' is invalid. Expected numbers from 1 to 5 such as 1-5 or 1,5.\n');
    await says(['try'], 'ial: missing required argument \'what\'\n');
    await says(['try', 'find', 'more'], 'ial: too many arguments for \'try\'. Expected 1 argument but got 2.\n');
  });

  it('shared options parse lists, ranges and repeated settings', async () => {
    const { stdout } = await probe(['try', 'options', '--folds', '5,1-3,2', '--set', 'a=1', 'b=2', '--set', 'c=3', '--seed', '0']);
    assert.deepEqual(JSON.parse(stdout), { folds: [1, 2, 3, 5], set: ['a=1', 'b=2', 'c=3'], seed: 0, fold: 1 });
  });

  async function interrupted(what: string, signals: NodeJS.Signals[]): Promise<Outcome> {
    const child = start('probeProcess.ts', ['try', what]);
    const done = outcome(child);
    await once(child.stdout!, 'data');
    for (const signal of signals) {
      child.kill(signal);
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    return done;
  }

  it('Ctrl-C lets the command stop by itself and exits with 130, SIGTERM with 143', async () => {
    const [first, second, third] = await Promise.all([interrupted('wait', ['SIGINT']), interrupted('sleep', ['SIGINT']), interrupted('wait', ['SIGTERM'])]);
    assert.equal(first.stderr, '\nial: stopping after this step; press Ctrl-C again to stop at once\nial: interrupted\n');
    assert.deepEqual([first.code, second.code, third.code], [130, 130, 143]);
  });

  it('a second Ctrl-C stops a command that does not listen', async () => {
    assert.equal((await interrupted('deaf', ['SIGINT', 'SIGINT'])).code, 130);
  });

  const shell = (script: string): Promise<{ stdout: string; stderr: string }> => new Promise((resolve) => {
    const line = `${process.execPath} --import tsx ${fileURLToPath(new URL('probeProcess.ts', import.meta.url))}`;
    execFile('bash', ['-c', `set -o pipefail; ${script.replaceAll('IAL', line)}`], (_, stdout, stderr) => { resolve({ stdout, stderr }); });
  });

  it('a reader that has seen enough (head) ends nothing with an error', async () => {
    assert.deepEqual(await shell('IAL try many | head -1; echo "${PIPESTATUS[0]}"'), { stdout: 'line 0\n0\n', stderr: '' });
  });

  it('output that cannot be written is said', async function () {
    if (!existsSync('/dev/full')) this.skip();
    const { stdout, stderr } = await shell('IAL try print > /dev/full; echo "$?"');
    assert.equal(stdout, '1\n');
    assert.match(stderr, /ial: standard output: cannot write: ENOSPC/);
  });
});
