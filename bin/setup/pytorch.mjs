// @ts-check
// PyTorch for `ial bench --peer`, in an environment of its own: nothing else needs it, and it is larger than all the rest.

import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { hashOf, makeScratch, readText, writeWhole } from './files.mjs';
import { alone } from './lock.mjs';
import { requireSpace } from './platform.mjs';
import { say, watchGrowth } from './progress.mjs';
import { findPython } from './python.mjs';
import { busyMarkOf, isReady, makeVenv, pip, pythonOf } from './venv.mjs';

/** @typedef {import('./home.mjs').Home} Home */

const PREFIX = 'pytorch-';
const FIRST_MINOR = 11;
/** Of the wheels for Linux x86_64, which bring NVIDIA's libraries; other platforms' are smaller. */
const DOWNLOAD_GB = 3;
const DISK_GB = 10;

/**
 * Makes the environment unless it is there.
 * @param {Home} home
 * @returns {Promise<string>} its Python
 */
export async function installPytorch(home) {
  const { requirements, stamp, venv } = placeOf(home);
  if (!isInstalled(venv, stamp)) await alone(home.native, () => install(home, venv, requirements, stamp));
  return pythonOf(venv);
}

/**
 * @param {Home} home
 * @returns {string | undefined} its Python where it has been made
 */
export function findPytorch(home) {
  const { stamp, venv } = placeOf(home);
  return isInstalled(venv, stamp) ? pythonOf(venv) : undefined;
}

/** @param {Home} home */
function placeOf(home) {
  const requirements = join(home.root, 'bench', 'pytorch', 'requirements.txt');
  const stamp = hashOf(readFileSync(requirements));
  return { requirements, stamp, venv: join(home.native, `${PREFIX}${stamp.slice(0, 12)}`) };
}

/** @param {string} venv */
const markOf = (venv) => join(venv, '.workbook-pytorch');

/**
 * @param {string} venv
 * @param {string} stamp
 */
const isInstalled = (venv, stamp) => isReady(venv) && readText(markOf(venv)) === stamp;

/**
 * @param {Home} home
 * @param {string} venv
 * @param {string} requirements
 * @param {string} stamp
 */
async function install(home, venv, requirements, stamp) {
  if (isInstalled(venv, stamp)) return; // another process has made it while this one waited
  await requirePython();
  requireSpace(home.native, DISK_GB * 1e9);
  say(`PyTorch, only for this comparison: ${DOWNLOAD_GB} GB to download once, 5.5 GB in ${venv}`);
  await makeVenv(venv);
  writeFileSync(busyMarkOf(venv), '');
  await fill(home, venv, requirements);
  writeWhole(markOf(venv), stamp);
  rmSync(busyMarkOf(venv));
  removeOthers(home, venv);
}

async function requirePython() {
  const { command, version } = await findPython();
  if (Number(version.split('.')[1]) >= FIRST_MINOR) return;
  throw new SetupError(`PyTorch needs Python 3.${FIRST_MINOR} or later, ${command} is ${version}: install one and set PYTHON to it`);
}

/**
 * @param {Home} home
 * @param {string} venv
 * @param {string} requirements
 */
async function fill(home, venv, requirements) {
  const scratch = makeScratch(home.native);
  const stop = watchGrowth('PyTorch', [scratch, venv]);
  try {
    // pip's cache would hold the same gigabytes again
    await pip(venv, ['install', '--quiet', '--require-hashes', '--only-binary=:all:', '--no-deps', '--no-cache-dir', '-r', requirements], { env: { TMPDIR: scratch } });
  } finally {
    stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Environments of other versions: gigabytes that nothing uses any more.
 * @param {Home} home
 * @param {string} venv
 */
function removeOthers(home, venv) {
  const old = readdirSync(home.native).map((name) => join(home.native, name)).filter((path) => path.startsWith(join(home.native, PREFIX)) && path !== venv);
  for (const path of old) rmSync(path, { recursive: true, force: true });
}
