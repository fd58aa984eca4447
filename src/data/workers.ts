// Starts a worker thread from one of this project's own modules, wherever the code runs:
// - as sources under tsx (the command line, mocha): Node 20 cannot read TypeScript, so the worker loads tsx first;
// - in a notebook: the kernel compiles modules in memory and reports `import.meta.url` as a .js file that does not exist;
// - as the built package: only the .js file exists.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** The module file that exists for `url`, whichever of .ts and .js it names. */
export function moduleFile(url: URL): string {
  const named = fileURLToPath(url);
  const other = named.endsWith('.ts') ? named.replace(/\.ts$/, '.js') : named.replace(/\.js$/, '.ts');
  for (const file of [named, other]) if (existsSync(file)) return file;
  throw new Error(`worker module: neither ${named} nor ${other} exists`);
}

/** A worker thread that runs the module at `url`, e.g. `new URL('./decodeWorker.ts', import.meta.url)`. */
export function spawnWorker(url: URL, workerData: unknown): Worker {
  const file = moduleFile(url);
  if (file.endsWith('.js')) return new Worker(file, { workerData, execArgv: [] });
  // registered by a first line of code, because a worker's `--import tsx` has no effect on its entry in Node 20;
  // tsx is resolved from the module, not from the working directory: a notebook runs elsewhere
  const tsx = new URL('esm/api/index.mjs', pathToFileURL(createRequire(file).resolve('tsx'))).href;
  const start = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(pathToFileURL(file).href)}); })`;
  return new Worker(start, { eval: true, workerData, execArgv: [] });
}
