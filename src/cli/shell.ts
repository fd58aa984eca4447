// What every command has around it: where output goes, Ctrl-C, and how a failure is said.
import type { Command } from 'commander';
import { Interrupted, UserError } from '../errors.ts';
import { codeOf } from '../files/failure.ts';
import { encodeJson } from '../files/json.ts';

export interface Shell {
  /** Aborted by Ctrl-C or SIGTERM; hand it to everything that takes long. */
  readonly signal: AbortSignal;
  /** True under --json: stdout then carries one JSON document and nothing else. */
  readonly isJson: boolean;
  /** Result text for a reader: stdout, or stderr under --json. */
  print(text: string): void;
  /** The one JSON document of --json. @throws UserError for NaN or infinity in it. */
  json(value: unknown): void;
  /** Diagnostics: stderr. */
  note(line: string): void;
  /** For a command that worked but found something (doctor, parity): ends with this code, 0 unless set. */
  exitCode: number;
}

const shells = new WeakMap<Command, Shell>();

/** The shell that a command runs in; `command` is the last argument of commander's actions. */
export function shellOf(command: Command): Shell {
  let root = command;
  while (root.parent) root = root.parent;
  const shell = shells.get(root);
  if (!shell) throw new Error('this command was not started by main()');
  return shell;
}

export interface OpenShell {
  readonly shell: Shell;
  /** 130 after SIGINT, 143 after SIGTERM. */
  readonly interruptCode: () => number;
  /** Waits for stdout to be written, then takes the handlers off. @throws UserError when stdout could not be written. */
  close(): Promise<void>;
}

const LINES = { SIGINT: 'stopping after this step; press Ctrl-C again to stop at once', SIGTERM: 'asked to stop; stopping after this step' };

let outputError: unknown;
const onOutputError = (error: unknown): void => { if (codeOf(error) !== 'EPIPE') outputError = error; }; // EPIPE: the reader (head, less) has seen enough

/** Once a process, and for good: an error of the last write may come after the command has ended. */
function listenToOutput(): void {
  outputError = undefined;
  for (const stream of [process.stdout, process.stderr]) if (!stream.listeners('error').includes(onOutputError)) stream.on('error', onOutputError);
}

/** Installs the handlers for Ctrl-C, SIGTERM and closed pipes. */
export function openShell(program: Command): OpenShell {
  const controller = new AbortController();
  let code = 130;
  const stop = (name: 'SIGINT' | 'SIGTERM'): void => {
    code = name === 'SIGINT' ? 130 : 143;
    if (controller.signal.aborted) process.exit(code);
    process.stderr.write(`\nial: ${LINES[name]}\n`);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  listenToOutput();
  const { log } = console;
  const shell = makeShell(controller.signal);
  shells.set(program, shell);
  program.hook('preAction', (_, command) => {
    shell.isJson = command.opts()['json'] === true;
    if (shell.isJson) console.log = console.error; // libraries may print; stdout belongs to the document
  });
  return {
    shell,
    interruptCode: () => code,
    async close() {
      await new Promise<void>((resolve) => { process.stdout.write('', () => { resolve(); }); });
      console.log = log;
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (outputError !== undefined) throw new UserError(`standard output: cannot write: ${(outputError as Error).message}`);
    },
  };
}

function makeShell(signal: AbortSignal): Shell & { isJson: boolean } {
  return {
    signal,
    isJson: false,
    exitCode: 0,
    print(text) { (this.isJson ? process.stderr : process.stdout).write(`${text}\n`); },
    json(value) { process.stdout.write(`${encodeJson(value, '--json', 2)}\n`); },
    note(line) { process.stderr.write(`${line}\n`); },
  };
}

/** Says a failure on stderr and returns the exit code: 1, or `interruptCode` where the user stopped it. The stack only when asked. */
export function sayError(error: unknown, { isDebug, interruptCode, isAborted }: { isDebug: boolean; interruptCode: number; isAborted: boolean }): number {
  const stack = isDebug && error instanceof Error ? `${error.stack}\n` : '';
  if (error instanceof Interrupted || (isAborted && error instanceof Error && error.name === 'AbortError')) {
    process.stderr.write(`${stack}ial: ${oneLine(error.message)}\n`);
    return interruptCode;
  }
  if (error instanceof UserError) {
    process.stderr.write(`${stack}ial: ${oneLine(error.message)}\n`);
    return 1;
  }
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  process.stderr.write(`${stack}ial: ${oneLine(what)} (this is a bug${isDebug ? '' : '; IAL_DEBUG=1 shows where'})\n`);
  return 1;
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s*\n\s*/g, ' ');
