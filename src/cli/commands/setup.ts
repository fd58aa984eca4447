// ial setup: listed here, run by bin, because set-up comes before there is anything to import.
import { type Command, Option } from 'commander';
import { UserError } from '../../errors.ts';
import { examples } from '../options.ts';

export function addSetup(program: Command): void {
  examples(program.command('setup')
    .summary('install the native engine, the kernel and Jupyter')
    .description('Makes everything that the workbook needs and is not there yet; safe to repeat, also after an interruption.')
    .addOption(new Option('--device <name>', 'which build of TensorFlow').choices(['cpu', 'gpu']))
    .action(() => { throw new UserError('set-up is run by the command line\'s launcher: npm run setup'); }),
  'setup', 'setup --device gpu');
}
