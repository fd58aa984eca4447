import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { addSetup } from '../../src/cli/commands/setup.ts';
import { addSynth } from '../../src/cli/commands/synth.ts';
import { inProcess, outcome, start } from './process.ts';


/** Every module that `file` imports before it runs, with what it names outside this project. */
function staticImports(file: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(file.href)) return seen;
  seen.add(file.href);
  for (const [, clause, name] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) ([^;]*?)(?: from )?'([^']+)';/gm)) {
    if (clause!.startsWith('type ')) continue;
    if (name!.startsWith('.')) staticImports(new URL(name!, file), seen);
    else seen.add(name!);
  }
  return seen;
}

describe('ial', () => {
  it('--help lists the commands and is no error', async () => {
    const { code, stdout, stderr } = await outcome(start('../../bin/ial.mjs', ['--help']));
    assert.deepEqual([code, stderr], [0, '']);
    for (const command of ['setup', 'synth', 'train', 'evaluate', 'parity']) assert.match(stdout, new RegExp(`^  ${command} `, 'm'));
    assert.match(stdout, /`ial COMMAND --help` explains one command, with an example\./);
  });

  it('loads no engine, no image library and no table of numbers before a command runs', () => {
    const loaded = [...staticImports(new URL('../../src/cli/main.ts', import.meta.url))];
    const heavy = loaded.filter((name) => /tensorflow|engine\/|model\/|train\/|sharp|resvg|umap|danfo|experiments\//.test(name));
    assert.deepEqual(heavy, []);
    assert.ok(loaded.some((name) => name.endsWith('/cli/commands/synth.ts')));
  });

  it('every listed command has a help text with an example of itself', async () => {
    const names = [...(await inProcess(['--help'])).stdout.split('Commands:')[1]!.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name!);
    for (const name of names) {
      const { code, stdout } = await inProcess([name, '--help']);
      assert.equal(code, 0, name);
      assert.match(stdout, new RegExp(`Examples?:\\n  \\$ ial ${name}`), name);
    }
  });

  it('--version is the package\'s, and no command at all prints the help and fails', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    assert.deepEqual(await inProcess(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' });
    const { code, stdout, stderr } = await inProcess([]);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^Usage: ial/);
  });

  it('synth refuses what cannot be combined, before it writes anything', async () => {
    const dir = fileURLToPath(new URL('never-written', import.meta.url));
    const { code, stderr } = await inProcess(['synth', dir, '--clips', '100', '--train', '50']);
    assert.deepEqual([code, stderr], [1, 'ial: option \'--clips <number>\' cannot be used with option \'--train <number>\'\n']);
    assert.ok(!existsSync(dir));
  });

  it('the commands describe themselves without being run', () => {
    const program = new Command('ial');
    for (const add of [addSetup, addSynth]) add(program);
    assert.deepEqual(program.commands.map((command) => command.name()), ['setup', 'synth']);
    for (const command of program.commands) assert.ok(command.description().length > 40 && command.summary().length < 60);
  });
});
