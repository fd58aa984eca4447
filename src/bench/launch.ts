// How each side's worker process is started. Both get the same number of threads and nothing else on the machine to do.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { moduleFile } from '../data/workers.ts';
import { packageRoot } from '../engine/home.ts';
import { UserError } from '../errors.ts';
import { threadEnvironment } from '../experiments/local.ts';
import type { WorkerCommand } from './child.ts';

/** Our worker: worker.ts under tsx in a checkout, worker.js in an installed package. */
export function ourCommand(threads: number, url = new URL('./worker.ts', import.meta.url)): WorkerCommand {
  const file = moduleFile(url);
  const loader = file.endsWith('.ts') ? ['--import', pathToFileURL(createRequire(file).resolve('tsx')).href] : [];
  return { command: process.execPath, args: [...loader, file], env: { ...process.env, ...threadEnvironment(threads) } };
}

/**
 * glibc's allocator told to keep what it has (no mmap for each large tensor, huge pages): PyTorch's eager mode is up to a
 * third faster with it. A mode of its own, because it costs memory and nobody gets it without asking.
 */
const MALLOC = 'glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8589934592:glibc.malloc.trim_threshold=17179869184';

/** PyTorch's worker. @param python of the peer's environment */
export function peerCommand(python: string, mode: string, threads: number): WorkerCommand {
  const env: NodeJS.ProcessEnv = { ...process.env, OMP_NUM_THREADS: String(threads), TORCHINDUCTOR_CACHE_DIR: join(python, '..', '..', 'compiled') };
  // -B -s -E: writes nothing beside the sources, sees no packages of the user's
  return { command: python, args: ['-B', '-s', '-E', join(packageRoot(), 'bench', 'pytorch', 'serve.py')], env: mode.split('+').includes('malloc') ? { ...env, GLIBC_TUNABLES: MALLOC } : env };
}

/** Python with PyTorch, set up on the first call. What set-up says goes to stderr. @throws UserError when it fails. */
export async function preparePeer(signal?: AbortSignal): Promise<string> {
  const script = join(packageRoot(), 'bin', 'pytorch.mjs');
  if (!existsSync(script)) throw new UserError('--peer: PyTorch\'s side is part of the repository and not of this installation; run the bench in a clone');
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'], ...signal && { signal } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text; });
  const code = await new Promise<number | null>((resolve, reject) => { child.on('error', reject).on('close', resolve); });
  if (code !== 0) throw new UserError('--peer: PyTorch\'s environment could not be made; the lines above say why');
  return output.trim();
}
