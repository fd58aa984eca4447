// ial verify
import type { Command } from 'commander';
import { UserError } from '../../errors.ts';
import type { Repetition } from '../../experiments/verify.ts';
import { examples, jsonOption, listOption } from '../options.ts';
import { percent, table } from '../report.ts';
import { shellOf } from '../shell.ts';

interface Options { readonly runs: readonly string[]; readonly archive: string; readonly against: readonly string[]; readonly write: boolean }

export function addVerify(program: Command): void {
  examples(program.command('verify')
    .summary('compare runs made anew with those that were archived')
    .description('Compares every archived run with the run of the same experiment on the same clips that today\'s sources made here ("ial reproduce --no-archive" makes them): training losses, the class and the logits of every clip. Exits with 1 when a run came out otherwise. With --write, runs that came out the same are noted beside the archive, and from then on tables and "ial reproduce" take archived runs of those sources for today\'s.')
    .addOption(listOption('--runs <dir...>', 'where the runs made anew are', 'runs'))
    .option('--archive <dir>', 'where the archived ones are', 'figures/runs')
    .addOption(listOption('--against <dir...>', 'compare with these runs instead of the archived ones: made here, where another processor made those, by the sources that the archive counts as today\'s', 'the archive'))
    .option('--write', 'note in ARCHIVE/alike.json what was shown', false)
    .addOption(jsonOption())
    .action(run), 'verify', 'verify --runs runs --archive figures/runs --write');
}

async function run(options: Options, command: Command): Promise<void> {
  const shell = shellOf(command), runs = options.runs.length > 0 ? options.runs : ['runs'];
  const [{ finishedRuns }, { isSameResult, repetitions, shown, TOLERANCE }, { ALIKE_FILE, readNoted, writeAlike }] = await Promise.all([
    import('../../experiments/finished.ts'), import('../../experiments/verify.ts'), import('../../experiments/alike.ts')]);
  const before = options.against.length > 0 ? options.against : [options.archive];
  const all = await repetitions(await finishedRuns(before), await finishedRuns(runs));
  if (all.length === 0) throw new UserError(`${runs.join(', ')}: found no run that today's sources made of an experiment in ${before.join(', ')}; "ial reproduce --profile smoke --no-archive" makes some`);
  const same = all.filter(isSameResult);
  if (shell.isJson) shell.json({ runs: all, same: same.length });
  else shell.print(table(['run', 'clips', 'predicted otherwise', 'logits off by', 'losses off by', 'UAR', 'now'], all.map(row)));
  shell.print(`${same.length} of ${all.length} runs came out the same (no clip predicted otherwise, logits within ${TOLERANCE.logits}, training losses within ${TOLERANCE.losses} of themselves)`);
  const elsewhere = all.filter((one) => !isSameResult(one) && one.device.before !== one.device.now);
  if (elsewhere.length > 0) shell.note(`${elsewhere.length} of them were made by ${[...new Set(elsewhere.map(({ device }) => device.before))].join(' and ')}, not by ${elsewhere[0]!.device.now}: another number of threads, or another processor, ends in other weights by itself (TF_NUM_INTRAOP_THREADS sets the threads)`);
  if (same.length < all.length) { shell.exitCode = 1; return; }
  if (!options.write) return;
  const alike = shown(all, new Date().toISOString(), await readNoted(options.archive));
  if (!alike) { shell.print('nothing to note: they are of today\'s sources already'); return; }
  if (options.against.length > 0 && !alike.earlier) throw new UserError(`${options.archive}/${ALIKE_FILE}: expected a note that its runs count as those of the sources that made ${before.join(', ')}; there is none, so nothing follows for them`);
  await writeAlike(options.archive, alike);
  shell.print(`${options.archive}/${ALIKE_FILE}: runs of sources ${alike.as.map((one) => one.slice(0, 8)).join(', ')} count as today's`);
}

const apart = (value: number): string => (value === 0 ? 'nothing' : value.toExponential(1));

const row = ({ name, clips, changed, logits, losses, uar }: Repetition): string[] => [name, String(clips), String(changed), apart(logits), apart(losses), percent(uar.before), percent(uar.now)];
