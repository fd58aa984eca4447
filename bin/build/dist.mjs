// @ts-check
// TypeScript's output, every other file of src beside it, and the pages' scripts as one each.

import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError } from '../setup/errors.mjs';
import { makeScratch, replaceFolder } from '../setup/files.mjs';
import { findHome } from '../setup/home.mjs';
import { run } from '../setup/run.mjs';

export async function build() {
  const { root, native } = findHome();
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(tsc)) throw new SetupError('not set up yet: run npm run setup');
  const scratch = makeScratch(native);
  try {
    const made = join(scratch, 'dist');
    const { status, output } = await run(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', made], { cwd: root });
    if (status !== 0) throw new SetupError(`the build failed:\n${output.trim()}`);
    cpSync(join(root, 'src'), made, { recursive: true, filter: (file) => !file.endsWith('.ts') });
    const { bundlePages } = await import(pathToFileURL(join(made, 'explorer', 'pageScript.js')).href);
    await bundlePages(made);
    for (const name of ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']) cpSync(join(root, 'node_modules', '@tensorflow', 'tfjs-backend-wasm', 'dist', name), join(made, 'demo', 'page', name));
    replaceFolder(made, join(root, 'dist'));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
