// ial reproduce-task FILE INDEX: what `ial reproduce` starts for each run, here or on a node of a cluster.
import { Argument, type Command } from 'commander';
import { wholeNumber } from '../options.ts';
import { attachToParent } from '../parent.ts';
import { stepsDone, terminalProgress } from '../../progress.ts';
import { shellOf } from '../shell.ts';

export function addReproduceTask(program: Command): void {
  program.command('reproduce-task', { hidden: true })
    .description('Makes one run of a plan that "ial reproduce" wrote; it goes on where it was stopped.')
    .argument('<file>', 'tasks-*.json')
    .addArgument(new Argument('<index>', 'from 0').argParser(wholeNumber(0)))
    .action(run);
}

async function run(file: string, index: number, _options: object, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { runTask } = await import('../../experiments/worker.ts');
  const parent = attachToParent();
  const bar = terminalProgress('train', { unit: 'steps' }); // into the log
  try {
    await runTask(file, index, {
      signal: shell.signal, onWarning: shell.note,
      onStep(event) {
        const progress = stepsDone(event);
        bar.update(progress);
        parent.tell(progress);
      },
    });
  } finally {
    bar.stop();
    parent.leave();
  }
}
