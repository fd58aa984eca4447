// The command line. Commands are light files that import what they run only when they run, so that --help is instant.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addArchive } from './commands/archive.ts';
import { addAttention } from './commands/attention.ts';
import { addBench } from './commands/bench.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExplore } from './commands/explore.ts';
import { addExport } from './commands/export.ts';
import { addFeatures } from './commands/features.ts';
import { addImport } from './commands/import.ts';
import { addInstrument } from './commands/instrument.ts';
import { addParity } from './commands/parity.ts';
import { addPredict } from './commands/predict.ts';
import { addQuick } from './commands/quick.ts';
import { addReproduce } from './commands/reproduce.ts';
import { addReproduceTask } from './commands/reproduceTask.ts';
import { addSeparation } from './commands/separation.ts';
import { addSetup } from './commands/setup.ts';
import { addSynth } from './commands/synth.ts';
import { addTable } from './commands/table.ts';
import { addTrain } from './commands/train.ts';
import { addVerify } from './commands/verify.ts';
import { openShell, sayError } from './shell.ts';

export type AddCommand = (program: Command) => void;

/** In the order of the work: data, training, results. */
const COMMANDS: readonly AddCommand[] = [addSetup, addSynth, addDoctor, addTrain, addEvaluate, addPredict, addDemo, addFeatures, addSeparation, addAttention, addExplore, addImport, addExport, addQuick, addReproduce, addReproduceTask, addTable, addArchive, addVerify, addInstrument, addParity, addBench];

/** @param argv process.argv, node and the script included. @returns the exit code; never exits by itself, except on the second Ctrl-C. */
export async function main(argv: readonly string[], commands: readonly AddCommand[] = COMMANDS): Promise<number> {
  const program = makeProgram(commands);
  const open = openShell(program);
  const say = (error: unknown): number => sayError(error, {
    isDebug: argv.includes('--debug') || Boolean(process.env['IAL_DEBUG']),
    interruptCode: open.interruptCode(),
    isAborted: open.shell.signal.aborted,
  });
  const words = argv.filter((word) => word !== '--debug'); // may stand anywhere, not only before the command
  let code = await program.parseAsync(words).then(() => open.shell.exitCode, (error: unknown) => (error instanceof CommanderError ? error.exitCode : say(error)));
  await open.close().catch((error: unknown) => { code = say(error); });
  return code;
}

function makeProgram(commands: readonly AddCommand[]): Command {
  const program = new Command('ial')
    .description('Dynamic facial expression recognition: the global convolution-attention block and the intensity-aware loss, trained, measured and shown.')
    .version(version(), '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .option('--debug', 'show where an error comes from (also IAL_DEBUG=1)')
    .showHelpAfterError(false)
    .showSuggestionAfterError(true)
    .configureOutput({ outputError: (text, write) => { write(text.trim().replace(/^error: /, 'ial: ').replaceAll('\n', ' ') + '\n'); } })
    .addHelpText('after', '\n`ial COMMAND --help` explains one command, with an example.')
    .exitOverride();
  for (const add of commands) add(program);
  return program;
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;
}
