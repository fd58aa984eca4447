// @ts-check
// Starts the command line in this process: src under tsx in a clone, dist in an installed package.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SetupError } from './setup/errors.mjs';
import { findHome } from './setup/home.mjs';

/** @param {readonly string[]} args */
export async function runCommandLine(args) {
  const { root, checkout } = findHome();
  // set-up must run before there is anything to import
  if (args[0] === 'setup') {
    const { setUp } = await import('./setup/steps.mjs');
    await setUp(args.slice(1));
    return;
  }
  process.argv = [process.execPath, join(root, 'bin', 'ial.mjs'), ...args];
  if (checkout) await registerTypeScript(root);
  const main = join(root, checkout ? join('src', 'cli', 'main.ts') : join('dist', 'cli', 'main.js'));
  const cli = await import(pathToFileURL(main).href);
  process.exitCode = await cli.main(process.argv);
}

/**
 * tsx is found from here, whatever the working folder; its CommonJS half serves require() of TypeScript.
 * @param {string} root
 */
async function registerTypeScript(root) {
  if (!existsSync(join(root, 'node_modules', 'tsx'))) throw new SetupError('not set up yet: run npm run setup');
  const [esm, cjs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
  cjs.register();
  esm.register();
}
