// Runs the GPU's self-test in a process of its own, because a TensorFlow that crashes, hangs or is out of memory on its
// GPU cannot be unloaded again: the engine must know before it loads.
import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isCheckout, packageRoot } from './home.ts';

/** What the process says on standard output. */
export type SelfTestAnswer =
  | { readonly failure: string }
  | { readonly device: 'cpu' }
  | { readonly device: 'gpu'; readonly difference: { readonly what: string; readonly error: number | null; readonly allowed: number } };

export interface SelfTestProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly seconds: number;
}

/**
 * The arguments with which node runs the self-test: under tsx in a checkout, the built file in a package. Not an import:
 * the step belongs to src/train, which stands above the engine and is loaded by the other process only.
 */
export function selfTestArguments(root = packageRoot()): string[] {
  if (!isCheckout(root)) return [join(root, 'dist', 'train', 'selfTestProcess.js')];
  const file = join(root, 'src', 'train', 'selfTestProcess.ts');
  return ['--import', pathToFileURL(createRequire(file).resolve('tsx')).href, file];
}

/** Takes the test. @returns why the GPU cannot be used, in part of a line, or undefined where it can */
export async function runSelfTest({ command, args, environment, seconds }: SelfTestProcess): Promise<string | undefined> {
  const child = spawn(command, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = (): void => { child.kill('SIGKILL'); };
  process.once('exit', kill);
  try {
    const { answer, words, end } = await listen(child, seconds);
    return answer ? judge(answer, words) : `${end}${reasonIn(words)}`;
  } finally {
    process.off('exit', kill);
    kill();
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref(); // one that is stuck in the driver outlives SIGKILL and must not keep this process
  }
}

interface Heard { readonly answer?: SelfTestAnswer; readonly words: string; readonly end: string }

/** Waits for an answer, the process's end or the time limit. */
function listen(child: ChildProcess, seconds: number): Promise<Heard> {
  let output = '', words = '';
  return new Promise((resolve) => {
    const done = (end: string): void => { clearTimeout(timer); resolve({ ...answerIn(output), words, end }); };
    const timer = setTimeout(() => { done(`it took more than ${seconds} s`); }, seconds * 1000);
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (answerIn(output).answer) setImmediate(done, 'it answered'); // its last words may be on their way
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => { words = (words + text).slice(-20_000); });
    child.on('error', (error) => { done(`it does not start (${error.message})`); });
    child.on('close', (code, signal) => { done(signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`); });
  });
}

function answerIn(output: string): { answer?: SelfTestAnswer } {
  for (const line of output.split('\n').slice(0, -1)) {
    try {
      const value = JSON.parse(line) as unknown;
      if (typeof value === 'object' && value !== null && ('failure' in value || 'device' in value)) return { answer: value as SelfTestAnswer };
    } catch { /* what a library printed */ }
  }
  return {};
}

function judge(answer: SelfTestAnswer, words: string): string | undefined {
  if ('failure' in answer) return `it says "${shorten(answer.failure)}"${reasonIn(words)}`;
  if (answer.device === 'cpu') return `TensorFlow finds no GPU that it can use${reasonIn(words)}`;
  const { what, error, allowed } = answer.difference;
  if (error !== null && error <= allowed) return undefined; // null: infinity, which JSON does not have
  return `wrong numbers: ${what} is off by ${error?.toPrecision(2) ?? 'any measure'}, ${allowed} is allowed`;
}

/** What TensorFlow and CUDA write when something is missing, the most telling first. */
const TELLING = [/could not (?:load|open) (?:dynamic )?library|cannot open shared object/i, /insufficient|driver|CUDA_ERROR|cuInit/i, /out of memory|RESOURCE_EXHAUSTED/i, /cudnn|cublas|cannot dlopen/i, /error|fatal/i];

/** The most telling line of what a process wrote, without the logger's prefix, as " (...)"; empty where there is none. */
function reasonIn(words: string): string {
  const lines = words.split('\n').map((line) => line.replace(/^\S* ?\S*: [IWEF] \S+\] /, '').trim()).filter((line) => line !== '' && !/^at |Skipping registering/.test(line));
  const telling = TELLING.map((pattern) => lines.find((line) => pattern.test(line))).find((line) => line !== undefined);
  return telling === undefined ? '' : ` (${shorten(telling)})`;
}

const shorten = (text: string, length = 160): string => (text.length <= length ? text : `${text.slice(0, length - 3)}...`);
