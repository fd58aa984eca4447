// A worker process seen from the bench: a question, an answer, never two at a time; its end is an error with its last words.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import { readAnswer, type Answers, type Kind, type Request } from './protocol.ts';

export interface WorkerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** The process ended, or said something else than an answer. */
export class WorkerDied extends Error { override readonly name = 'WorkerDied'; }

export interface WorkerProcess {
  /** @throws Refusal, WorkerDied. */
  ask<K extends Kind>(request: Extract<Request, { kind: K }>): Promise<Answers[K]>;
  /** Ends it at once; every question still open fails. */
  stop(): Promise<void>;
}

/** torch.compile takes minutes where the machine is slow; what takes longer than this has hung. */
const PATIENCE_MS = 20 * 60_000;

/** What the process wrote on stderr before its end arrives a little after it. */
const LAST_WORDS_MS = 200;

interface Waiting { resolve(line: string): void; reject(error: Error): void }

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export function startWorker({ command, args, env }: WorkerCommand, patience = PATIENCE_MS): WorkerProcess {
  // detached: a process group of its own, which Ctrl-C does not reach and which ends with all that torch.compile started
  const child: Child = spawn(command, [...args], { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const words = lastWords(child.stderr);
  let waiting: Waiting | undefined, ended: WorkerDied | undefined;
  const end = (reason: string): void => {
    ended ??= new WorkerDied(reason);
    waiting?.reject(ended);
    waiting = undefined;
  };
  const gone = new Promise<void>((resolve) => {
    child.on('error', (error) => { end(`cannot start ${command}: ${error.message}`); resolve(); });
    child.on('exit', (code, signal) => {
      killGroup(child);
      setTimeout(() => { end(describeEnd(code, signal, words())); resolve(); }, LAST_WORDS_MS);
    });
  });
  child.stdin.on('error', () => {}); // a worker that has ended says so by its exit
  createInterface({ input: child.stdout }).on('line', (line) => { waiting?.resolve(line); waiting = undefined; });
  const say = (request: Request): Promise<string> => new Promise((resolve, reject) => {
    if (ended) { reject(ended); return; }
    const timer = setTimeout(() => { end(`no answer to "${request.kind}" for ${Math.round(patience / 60_000)} minutes`); killGroup(child); }, patience);
    waiting = { resolve: (line) => { clearTimeout(timer); resolve(line); }, reject: (error) => { clearTimeout(timer); reject(error); } };
    child.stdin.write(`${JSON.stringify(request)}\n`);
  });
  return {
    ask: async (request) => readAnswer(request.kind, await say(request)),
    async stop() { killGroup(child); await gone; },
  };
}

function killGroup({ pid }: Child): void {
  if (pid === undefined) return;
  try { process.kill(-pid, 'SIGKILL'); } catch { /* has ended */ }
}

/** The last line on stderr, which is where a traceback says what happened. */
function lastWords(stream: Readable): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (data: string) => { text = (text + data).slice(-4000); });
  if (process.env['IAL_DEBUG']) stream.pipe(process.stderr, { end: false });
  return () => text.trim().split('\n').at(-1)!.trim();
}

function describeEnd(code: number | null, signal: string | null, words: string): string {
  const how = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}${signal === 'SIGKILL' ? ' (out of memory?)' : ''}`;
  return words === '' ? how : `${how}: ${words.slice(0, 200)}`;
}
