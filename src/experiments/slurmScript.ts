// The batch script of a job array: one line a task. No option stands in it: those go to sbatch, which forgets comments in a copied file.

export interface ArrayTask {
  readonly index: number;
  /** Appended to, so that a requeued task's log keeps what went before. */
  readonly log: string;
  readonly command: readonly string[];
}

/** `exec` makes the task the job's own process: the SIGTERM of a preemption reaches it, and it saves. */
export const script = (tasks: readonly ArrayTask[]): string => [
  '#!/bin/bash',
  '# Written by "ial reproduce --engine slurm"; each element of the array makes one run, or goes on with it.',
  'case "$SLURM_ARRAY_TASK_ID" in',
  ...tasks.map(({ index, log, command }) => `  ${index}) exec ${command.map(quoted).join(' ')} >>${quoted(log)} 2>&1 ;;`),
  '  *) echo "no task $SLURM_ARRAY_TASK_ID" >&2; exit 2 ;;',
  'esac',
  '',
].join('\n');

/** One word of a shell, whatever is in it. */
export const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
