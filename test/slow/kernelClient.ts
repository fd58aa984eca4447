// A Jupyter client for tests: kernel.py with promises.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/engine/home.ts';

export interface Output {
  readonly seconds: number;
  readonly type: string;
  readonly content: Readonly<Record<string, unknown>>;
  /** False for what an earlier cell sent meanwhile. */
  readonly isMine: boolean;
}

export interface Executed {
  readonly reply: { readonly status: string; readonly execution_count?: number; readonly ename?: string; readonly evalue?: string; readonly traceback?: readonly string[] };
  readonly outputs: readonly Output[];
  readonly seconds: number;
}

export interface KernelClient {
  /** @param options interrupt after so many seconds, or when this text is printed */
  run(code: string, options?: { readonly interrupts?: readonly number[]; readonly interruptAt?: string }): Promise<Executed>;
  /** The value of the last expression, as text. */
  value(code: string): Promise<string>;
  complete(code: string, at?: number): Promise<readonly string[]>;
  inspect(code: string, at: number): Promise<string>;
  info(): Promise<Readonly<Record<string, unknown>>>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export const PYTHON = join(packageRoot(), '.venv', 'bin', 'python');

/** @param folder of the notebook */
export async function startKernel(folder: string): Promise<KernelClient> {
  const driver = spawn(PYTHON, [fileURLToPath(new URL('kernel.py', import.meta.url)), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => { driver.on('exit', () => resolve()); });
  const lines = createInterface({ input: driver.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done) throw new Error('the kernel\'s driver ended');
    return JSON.parse(line.value) as unknown;
  };
  const ask = async (request: object): Promise<unknown> => {
    driver.stdin.write(`${JSON.stringify(request)}\n`);
    return next();
  };
  await next();
  const run: KernelClient['run'] = async (code, options = {}) => await ask({ code, ...options }) as Executed;
  return {
    run,
    async value(code) {
      const { reply, outputs } = await run(code);
      if (reply.status !== 'ok') throw new Error(`${code}\n${reply.status} ${reply.traceback?.join('\n')}`);
      return (outputs.find(({ type }) => type === 'execute_result')?.content['data'] as Record<string, string> | undefined)?.['text/plain'] ?? '';
    },
    complete: async (code, at = code.length) => (await ask({ complete: code, at }) as { matches: string[] }).matches,
    inspect: async (code, at) => (await ask({ inspect: code, at }) as { data: Record<string, string> }).data['text/plain'] ?? '',
    info: async () => await ask({ info: true }) as Record<string, unknown>,
    async restart() { await ask({ restart: true }); },
    async stop() { driver.stdin.end(); await ended; },
  };
}

/** What a cell printed on stdout. */
export const printedBy = ({ outputs }: Executed): string => outputs.filter(({ type, isMine }) => type === 'stream' && isMine).map(({ content }) => String(content['text'])).join('');
