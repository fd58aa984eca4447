// @ts-check
// The project's own Python environment. It cannot be moved, so it is made in place and marked when complete.

import { existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { say } from './progress.mjs';
import { findPython, noVenv } from './python.mjs';
import { explain, run } from './run.mjs';
import { SetupError } from './errors.mjs';

/** @param {string} venv */
const markOf = (venv) => join(venv, '.workbook-venv');

/** Written around an installation: where one was cut off, the environment is made anew. @param {string} venv */
export const busyMarkOf = (venv) => join(venv, '.workbook-busy');

/** @param {string} venv */
export const pythonOf = (venv) => join(venv, 'bin', 'python');

/**
 * Complete, not cut off, at the place it was made for, and its Python still there.
 * @param {string} venv
 */
export function isReady(venv) {
  if (!existsSync(markOf(venv)) || existsSync(busyMarkOf(venv)) || !existsSync(pythonOf(venv))) return false;
  return readFileSync(markOf(venv), 'utf8') === realpathSync(venv);
}

/** @param {string} venv */
export async function makeVenv(venv) {
  if (isReady(venv)) return;
  const python = await findPython();
  say(`making a Python environment (Python ${python.version})`);
  rmSync(venv, { recursive: true, force: true });
  const { status, output } = await run(python.command, ['-m', 'venv', venv], { env: cleanEnvironment() });
  // Debian's python3 without python3-venv has the module but not what it needs
  if (/ensurepip/.test(output) && !/No space left/.test(output)) throw new SetupError(noVenv(python));
  if (status !== 0) throw explain('python -m venv', output);
  writeFileSync(markOf(venv), realpathSync(venv));
}

/** Settings for the user's other environments must not reach this one. */
export function cleanEnvironment() {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, PIP_USER: '0', PIP_DISABLE_PIP_VERSION_CHECK: '1', PYTHONNOUSERSITE: '1' };
  for (const name of ['PYTHONHOME', 'PYTHONPATH', 'PIP_TARGET', 'PIP_PREFIX', 'VIRTUAL_ENV', '__PYVENV_LAUNCHER__']) delete env[name];
  return env;
}

/**
 * Runs this environment's pip.
 * @param {string} venv
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, onOutput?: (text: string) => void }} [options]
 */
export async function pip(venv, args, { env = {}, onOutput } = {}) {
  const options = { env: { ...cleanEnvironment(), ...env }, ...(onOutput && { onOutput }) };
  const { status, output } = await run(pythonOf(venv), ['-m', 'pip', ...args], options);
  if (status !== 0) throw explain(`pip ${args[0]}`, output);
}
