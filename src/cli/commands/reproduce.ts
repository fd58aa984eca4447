// ial reproduce
import { dirname, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { PlannedClips } from '../../experiments/allTables.ts';
import type { Outcome } from '../../experiments/local.ts';
import type { Task } from '../../experiments/tasks.ts';
import { formatDuration, terminalProgress } from '../../progress.ts';
import { badClipOption, cacheOption, cacheSizeOption, diskCacheOf, examples, jsonOption, listOption, numberList, precisionOption, presetOption, setOption, wholeNumber } from '../options.ts';
import { table } from '../report.ts';
import { shellOf, type Shell } from '../shell.ts';
import { archivesOf, type ReproduceOptions } from './reproduceOptions.ts';
import { planned, type Planned } from './reproducePlan.ts';
import { makeTables } from './table.ts';

export function addReproduce(program: Command): void {
  examples(program.command('reproduce')
    .summary('make the runs that the paper\'s tables lack, and the tables')
    .description('Plans the runs of the tables named (all without a name), reuses those that are there with the same experiment, clips and sources, makes the rest, and writes the tables. Without --data on the synthetic benchmark, which is rendered first: its numbers are never shown as those of DFEW or FERV39k.')
    .argument('[table...]', 'main-dfew, main-ferv39k, components, lambda, auxiliary, placement, reduction, fusion, temporal, sampling, leak')
    .addOption(new Option('--profile <name>', 'smoke: fold 1, one seed, at most 12 runs of 5 epochs; full: five folds, three seeds, every row').choices(['smoke', 'full']).default('smoke'))
    .addOption(presetOption().default(undefined, 'paper on --data, tiny on the synthetic benchmark'))
    .option('--folds <list>', 'folds of DFEW such as 1-5 or 1,3', numberList(1, 999))
    .option('--seeds <number>', 'seeds from 1', wholeNumber(1, 100))
    .addOption(listOption('--only <row...>', 'only rows with these labels', 'all'))
    .addOption(setOption())
    .addOption(precisionOption())
    .addOption(listOption('--data <dir>', 'folder of DFEW; ferv39k=DIR names that of FERV39k; may be given twice; csv=LIST: clips of one\'s own, tables main, components, ...', 'the synthetic benchmark'))
    .addOption(badClipOption())
    .option('--runs <dir>', 'where the run folders are', 'runs')
    .option('--archive <dir>', 'further finished runs ("ial archive" writes them), reused where they fit', 'figures/runs')
    .option('--no-archive', 'make every run here, archived or not')
    .option('--tables <dir>', 'where the tables go (default: RUNS/tables)')
    .addOption(new Option('--engine <name>', 'local: processes of this machine; slurm: a job array of the cluster that this machine submits to').choices(['local', 'slurm']).default('local'))
    .option('--jobs <number>', 'runs at a time; on this machine they share its cores, and runs of other numbers of threads end in slightly other weights', wholeNumber(1, 10_000), 1)
    .option('--memory-gb <number>', 'memory that one run may use (default: here three quarters of the machine, shared by the jobs; slurm 16)', wholeNumber(1))
    .addOption(listOption('--sbatch <argument...>', 'handed to sbatch, e.g. --sbatch=--partition=gpu'))
    .option('--retries <number>', 'how often slurm tries a failed run again', wholeNumber(0, 20), 2)
    .option('--dry-run', 'only say what would be done, how long it takes, how much disk it needs')
    .option('--status', 'only say where the runs stand')
    .addOption(cacheOption())
    .addOption(cacheSizeOption())
    .addOption(jsonOption())
    .action(run),
  'reproduce --dry-run', 'reproduce components lambda --profile full --preset tiny', 'reproduce main-dfew --profile full --data /data/DFEW', 'reproduce --profile full --data /data/DFEW --data ferv39k=/data/FERV39k --engine slurm --jobs 16');
}

async function run(names: readonly string[], options: ReproduceOptions, command: Command): Promise<void> {
  const shell = shellOf(command), start = performance.now();
  const plan = await planned(shell, names, options);
  if (options.status) { await showStatus(shell, plan, options.runs); return; }
  sayPlan(shell, plan, options);
  if (options.dryRun) {
    if (shell.isJson) shell.json({ done: plan.done.map(({ task }) => brief(task)), missing: plan.missing.map(brief), leftOut: plan.leftOut.map(({ name }) => name), seconds: plan.seconds ?? null, bytes: plan.bytes });
    return;
  }
  const outcomes = plan.missing.length === 0 ? [] : await make(shell, plan, options);
  const failed = outcomes.filter(({ failure }) => failure !== undefined);
  const made = await makeTables(shell, plan.tables.map(({ name }) => name), {
    ...plan.query, ...plan.tables.some(({ dataset }) => dataset === 'csv') && { dataset: 'csv' as const }, runs: [options.runs, ...archivesOf(options)], folder: options.tables ?? `${options.runs}/tables`, plan: [...plan.done.map(({ task }) => task), ...plan.missing], clips: clipsOf(plan),
  });
  if (shell.isJson) shell.json({ runs: [...plan.done.map(({ task }) => ({ ...brief(task), state: 'reused' })), ...outcomes.map(({ task, failure }) => ({ ...brief(task), state: failure === undefined ? 'made' : 'failed', ...failure !== undefined && { failure } }))], tables: made });
  for (const { task, failure } of failed) shell.note(`FAILED    ${task.name}: ${failure}`);
  shell.print(`runs      ${plan.done.length} reused, ${outcomes.length - failed.length} made, ${failed.length} failed; took ${formatDuration((performance.now() - start) / 1000)}`);
  if (failed.length > 0) shell.exitCode = 1;
}

/** The clips that were planned with: nothing else that lies about stands in the tables. */
const clipsOf = ({ done, missing }: Planned): PlannedClips[] => [...done.map(({ task }) => task), ...missing].map(({ dataset, fingerprint, isSynthetic }) => ({ dataset, fingerprint, isSynthetic }));

const brief = ({ name, dir, rows }: Task): { name: string; dir: string; rows: readonly string[] } => ({ name, dir, rows });

/** "12 finished, 12 of them in figures/runs (--no-archive makes them here)": whoever wants runs of their own must see that these are not. */
function finishedText(done: Planned['done'], archive: string | false): string {
  const archived = archive === false ? 0 : done.filter(({ finished }) => dirname(resolve(finished.run.dir)) === resolve(archive)).length;
  return `${done.length} finished${archived > 0 ? `, ${archived} of them in ${String(archive)} (--no-archive makes them here)` : ''}`;
}

/** "components/+IAL, placement/none", shortened. */
const purpose = ({ rows }: Task): string => `${rows.slice(0, 2).join(', ')}${rows.length > 2 ? ` and ${rows.length - 2} more` : ''}`;

function sayPlan(shell: Shell, { done, missing, outdated, outdatedBy, leftOut, seconds, bytes, time }: Planned, { dryRun, jobs, archive }: ReproduceOptions): void {
  const old = new Set(outdated.map(({ task }) => task.key));
  if (dryRun && (done.length > 0 || missing.length > 0)) {
    shell.print(table(['run', 'state', 'for'], [...done.map(({ task }) => [task.name, 'finished', purpose(task)]), ...missing.map((task) => [task.name, old.has(task.key) ? 'other sources' : 'missing', purpose(task)])]));
  }
  const line = [`${missing.length} runs to make, ${finishedText(done, archive)}`];
  if (missing.length > 0) line.push(seconds === undefined ? 'time unknown until the first run is done' : `about ${formatDuration(seconds / Math.max(1, jobs))}${jobs > 1 ? ` with ${jobs} at a time, if each had a machine like the measured one` : ''} (from ${time!.source})`, `${(bytes / 1e9).toFixed(1)} GB of disk`);
  shell.print(line.join('; '));
  if (outdated.length > 0) shell.print(`${outdated.length} of them are finished, but were made by other sources than today's (${outdatedBy}): they are made anew; "ial table" shows them as they are`);
  if (leftOut.length > 0) shell.note(`${leftOut.length} runs are left out: no folder is known for ${[...new Set(leftOut.map(({ dataset }) => dataset))].join(', ')} (--data ferv39k=DIR)`);
}

async function make(shell: Shell, plan: Planned, options: ReproduceOptions): Promise<readonly Outcome[]> {
  const { logsFolder, writeTasks } = await import('../../experiments/campaign.ts');
  const cache = diskCacheOf(options);
  const file = await writeTasks(options.runs, plan.missing, { onBadClip: options.onBadClip, ...cache && { cache } });
  const view = overallView(plan.missing);
  const events = { onProgress: view.onProgress, onEnd: ({ task, failure }: Outcome) => { view.onEnd(task); if (failure !== undefined) { view.pause(); shell.note(`failed: ${task.name}: ${failure}`); } } };
  const common = { ...events, jobs: options.jobs, logs: logsFolder(options.runs), signal: shell.signal, ...options.memoryGb !== undefined && { memoryBytes: options.memoryGb * 1e9 } };
  try {
    if (options.engine === 'slurm') {
      const { runOnSlurm } = await import('../../experiments/slurm.ts');
      return await runOnSlurm(file, plan.missing, { ...common, retries: options.retries, arguments: options.sbatch, onNote: (line) => { view.pause(); shell.note(line); } });
    }
    const { runLocally, workerCommand } = await import('../../experiments/local.ts');
    return await runLocally(plan.missing, { ...common, command: (index) => workerCommand(file, index) });
  } finally { view.stop(); }
}

type Steps = Pick<Task, 'key' | 'name' | 'config' | 'trainClips'>;

/** One bar over the steps of all runs. */
function overallView(tasks: readonly Steps[]): { onProgress: (task: Steps, progress: { done: number; note?: string }) => void; onEnd: (task: Steps) => void; pause: () => void; stop: () => void } {
  const steps = ({ config, trainClips }: Steps): number => config.epochs * Math.floor(trainClips / config.batchSize);
  const total = tasks.reduce((sum, task) => sum + steps(task), 0);
  const done = new Map<string, number>(), ended = new Set<string>();
  let bar = terminalProgress('reproduce', { unit: 'steps' });
  const show = (note: string): void => { bar.update({ done: [...done.values()].reduce((sum, n) => sum + n, 0), total, note }); };
  return {
    onProgress(task, { done: own, note }) {
      done.set(task.key, own);
      show(`run ${Math.min(ended.size + 1, tasks.length)} of ${tasks.length}: ${task.name}${note ? `, ${note}` : ''}`);
    },
    onEnd(task) {
      ended.add(task.key);
      done.set(task.key, steps(task));
      show(`${ended.size} of ${tasks.length} runs`);
    },
    pause() { bar.stop(); bar = terminalProgress('reproduce', { unit: 'steps' }); },
    stop() { bar.stop(); },
  };
}

async function showStatus(shell: Shell, plan: Planned, runs: string): Promise<void> {
  const { standing } = await import('../../experiments/campaign.ts');
  const standings = await Promise.all([...plan.done.map(({ task }) => task), ...plan.missing].map((task) => standing(task, runs)));
  if (shell.isJson) { shell.json(standings.map(({ task, state, epochs, log }) => ({ ...brief(task), state, epochs, ofEpochs: task.config.epochs, log: log ?? null }))); return; }
  shell.print(table(['run', 'state', 'epochs', 'log'], standings.map(({ task, state, epochs, log }) => [task.name, state, `${epochs}/${task.config.epochs}`, state === 'stopped' ? log ?? '' : ''])));
  const count = (wanted: string): number => standings.filter(({ state }) => state === wanted).length;
  shell.print(`${count('finished')} finished, ${count('running')} running, ${count('stopped')} stopped, ${count('waiting')} waiting`);
}

