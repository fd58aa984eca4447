// ial reproduce-task FILE INDEX: what `ial reproduce` starts for each run, here or on a node of a cluster.
import { Argument, type Command } from 'commander';
import { wholeNumber } from '../options.ts';
import { terminalProgress } from '../../progress.ts';
import { shellOf } from '../shell.ts';

/** Milliseconds between two messages to the parent. */
const PAUSE = 500;

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
  // without a parent there is nobody to make the table: stop as if asked to
  process.on('disconnect', () => { process.kill(process.pid, 'SIGTERM'); });
  const bar = terminalProgress('train', { unit: 'steps' }); // into the log
  let last = 0;
  try {
    await runTask(file, index, {
      signal: shell.signal, onWarning: shell.note,
      onProgress(progress) {
        bar.update(progress);
        const { done, total } = progress, now = performance.now();
        if (now - last < PAUSE && done < total!) return;
        last = now;
        process.send?.(progress);
      },
    });
  } finally {
    bar.stop();
    process.removeAllListeners('disconnect');
    if (process.connected) process.disconnect();
  }
}
