// Runs a command line: in a process of its own, as a user does, or in this one, which is faster.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { main, type AddCommand } from '../../src/cli/main.ts';

export interface Outcome { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export function start(script: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL(script, import.meta.url)), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

export async function outcome(child: ChildProcess): Promise<Outcome> {
  let [stdout, stderr] = ['', ''];
  child.stdout!.on('data', (data: Buffer) => { stdout += String(data); });
  child.stderr!.on('data', (data: Buffer) => { stderr += String(data); });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

/** The command line in this process, with stdout and stderr caught. */
export async function inProcess(args: readonly string[], commands?: readonly AddCommand[]): Promise<Outcome> {
  const caught = { stdout: '', stderr: '' };
  const restore = (['stdout', 'stderr'] as const).map((name) => {
    const stream = process[name];
    const write = stream.write.bind(stream);
    stream.write = ((text: string, ...rest: unknown[]) => {
      caught[name] += text;
      (rest.find((argument) => typeof argument === 'function') as (() => void) | undefined)?.();
      return true;
    }) as typeof stream.write;
    return () => { stream.write = write; };
  });
  try {
    const code = await main([process.execPath, 'ial', ...args], commands);
    return { code, ...caught };
  } finally {
    for (const undo of restore) undo();
  }
}
