// ial doctor DIR
import { type Command, Option } from 'commander';
import type { DatasetName } from '../../data/clip.ts';
import type { DoctorReport } from '../../data/doctor/doctor.ts';
import { terminalProgress } from '../../progress.ts';
import { doctorText } from '../doctorView.ts';
import { DATASETS, examples, jsonOption, numberList, sceneOption, wholeNumber } from '../options.ts';
import { shellOf } from '../shell.ts';

interface DoctorCommandOptions { readonly dataset?: DatasetName; readonly fold?: readonly number[]; readonly scene?: string; readonly fast?: boolean; readonly workers?: number }

export function addDoctor(program: Command): void {
  examples(program.command('doctor')
    .summary('check a dataset folder before training on it')
    .description('Looks at lists, folders and every frame of a dataset and says what is wrong, how often, and what training will do about it. Exit code 1 when there is an error or a warning, 0 when there are at most notes.')
    .argument('<dir>', 'folder of the dataset, or a list of one\'s own')
    .addOption(new Option('--dataset <name>', 'layout of the folder').choices(DATASETS).default(undefined, 'told by its lists'))
    .option('--fold <list>', 'only these folds, such as 1 or 1-3', numberList(1, 999))
    .addOption(sceneOption())
    .option('--fast', 'names only: no image is opened')
    .option('--workers <number>', 'threads that decode (default: one a core)', wholeNumber(1, 256))
    .addOption(jsonOption())
    .action(run), 'doctor /data/DFEW', 'doctor /data/FERV39k --fast --json', 'doctor my/clips.csv');
}

async function run(dir: string, { dataset, fold, scene, fast, workers }: DoctorCommandOptions, command: Command): Promise<void> {
  const shell = shellOf(command);
  const { examine } = await import('../../data/doctor/doctor.ts');
  const progress = terminalProgress('frames', { unit: 'clips' }), counting = terminalProgress('counting frames', { unit: 'videos' });
  const report: DoctorReport = await examine({ root: dir, name: dataset, folds: fold, scene, isFast: fast === true, workers, signal: shell.signal, onProgress: progress.update, onCount: counting.update }).finally(() => { counting.stop(); progress.stop(); });
  if (shell.isJson) shell.json(report);
  shell.print(doctorText(report, { isColoured: process.stdout.isTTY && !process.env['NO_COLOR'] }));
  if (report.findings.some(({ severity }) => severity !== 'note')) shell.exitCode = 1;
}
