// @ts-check
// A Python from 3.10 to 3.14 with its venv module; $PYTHON names one.

import { SetupError } from './errors.mjs';
import { run } from './run.mjs';

const MINORS = [14, 13, 12, 11, 10];
const HELP = 'install Python 3.10 to 3.14 with venv (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python) or set PYTHON to one';
const PROBE = 'import sys; print("%d.%d.%d" % sys.version_info[:3]); import venv, ensurepip';

/** @typedef {{ command: string, version: string, hasVenv: boolean }} Python */

/** @returns {Promise<{ command: string, version: string }>} */
export async function findPython() {
  const named = process.env['PYTHON'];
  const candidates = named ? [named] : ['python3', ...MINORS.map((minor) => `python3.${minor}`), 'python'];
  const found = [];
  for (const command of candidates) {
    const python = await probe(command);
    if (python && isSupported(python.version) && python.hasVenv) return python;
    if (python) found.push(python);
  }
  throw new SetupError(complain(found, named));
}

/**
 * @param {string} command
 * @returns {Promise<Python | undefined>}
 */
async function probe(command) {
  const { status, output } = await run(command, ['-c', PROBE]);
  const version = /^(\d+\.\d+\.\d+)$/m.exec(output)?.[1];
  return version === undefined ? undefined : { command, version, hasVenv: status === 0 };
}

/** @param {string} version */
function isSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return major === 3 && MINORS.includes(minor ?? 0);
}

/**
 * @param {Python[]} found
 * @param {string | undefined} named
 */
function complain(found, named) {
  const close = found.find(({ version }) => isSupported(version));
  if (close) return noVenv(close);
  const [first] = found;
  if (first === undefined) return named ? `PYTHON=${named} does not run: ${HELP}` : `no Python found: ${HELP}`;
  const old = Number(first.version.split('.')[0]) < 3 || Number(first.version.split('.')[1]) < 10;
  return `${first.command} is Python ${first.version}, too ${old ? 'old' : 'new'}: ${HELP}`;
}

/** @param {{ command: string, version: string }} python */
export function noVenv({ command, version }) {
  const series = version.split('.').slice(0, 2).join('.');
  return `${command} (${version}) has no venv module: install it (Debian, Ubuntu: apt install python${series}-venv), or set PYTHON to a complete Python`;
}
