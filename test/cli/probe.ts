// One command that does what a test asks of it.
import type { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { examples, foldOption, jsonOption, numberList, seedOption, setOption } from '../../src/cli/options.ts';
import { shellOf, type Shell } from '../../src/cli/shell.ts';
import { throwIfInterrupted, UserError } from '../../src/errors.ts';

const DOES: Readonly<Record<string, (shell: Shell) => unknown>> = {
  user() { throw new UserError('x.json:\n  expected a number,\n  found "a"'); },
  bug() { throw new TypeError('undefined is not a function\nat all'); },
  thrown() { throw 'a bare string'; },
  find(shell) { shell.exitCode = 1; },
  print(shell) { shell.print('for readers'); shell.note('for logs'); console.log('from a library'); },
  json(shell) { console.log('from a library'); shell.print('for readers'); shell.json({ uar: 0.5 }); },
  nan(shell) { shell.json({ uar: NaN }); },
  many(shell) { for (let i = 0; i < 200_000; i++) shell.print(`line ${i}`); },
  async wait(shell) {
    shell.print('waiting');
    for (;;) { throwIfInterrupted(shell.signal); await sleep(10); }
  },
  async sleep(shell) { shell.print('waiting'); await sleep(60_000, undefined, { signal: shell.signal }); },
  async deaf(shell) { shell.print('waiting'); await sleep(60_000); },
};

export function addTry(program: Command): void {
  examples(program.command('try').description('does what it is told')
    .argument('<what>')
    .addOption(jsonOption()).addOption(foldOption()).addOption(seedOption()).addOption(setOption())
    .option('--folds <list>', 'folds', numberList(1, 5))
    .action(async (what: string, options: object, command: Command) => {
      if (what === 'options') shellOf(command).json(options);
      else await DOES[what]!(shellOf(command));
    }), 'try user');
}
