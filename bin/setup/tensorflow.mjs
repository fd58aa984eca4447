// @ts-check
// TensorFlow's C library out of the pinned, hash-checked Python wheel; nothing of Python in it is used.

import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hashOf, makeScratch, readText, replaceFolder } from './files.mjs';
import { requireSpace } from './platform.mjs';
import { say, watchGrowth } from './progress.mjs';
import { explain, run } from './run.mjs';
import { cleanEnvironment, makeVenv, pip, pythonOf } from './venv.mjs';

/** @typedef {'cpu' | 'gpu'} Device */

const UNPACK = fileURLToPath(new URL('./unpack.py', import.meta.url));
const GIGABYTES = { cpu: 2, gpu: 12 };

/**
 * @param {import('./home.mjs').Home} home
 * @param {Device} device
 */
export const deviceFolder = (home, device) => join(home.native, device);

/**
 * What the libraries depend on: when it changes they are fetched again.
 * @param {import('./home.mjs').Home} home
 * @param {import('./platform.mjs').Platform} platform
 * @param {Device} device
 */
export function tensorflowStamp(home, platform, device) {
  return hashOf(readFileSync(requirements(home, device)), readFileSync(UNPACK), platform.name);
}

/**
 * @param {import('./home.mjs').Home} home
 * @param {Device} device
 */
const requirements = (home, device) => join(home.root, 'engine-requirements', `${device}.txt`);

/**
 * @param {import('./home.mjs').Home} home
 * @param {import('./platform.mjs').Platform} platform
 * @param {Device} device
 */
export async function installTensorflow(home, platform, device) {
  const stamp = tensorflowStamp(home, platform, device);
  const place = deviceFolder(home, device);
  if (readText(join(place, 'stamp')) === stamp) return;
  mkdirSync(home.native, { recursive: true });
  requireSpace(home.native, GIGABYTES[device] * 1e9);
  await makeVenv(home.venv);
  const scratch = makeScratch(home.native);
  try {
    const wheels = await download(home, platform, requirements(home, device), scratch);
    await unpack(home, wheels, join(scratch, 'made'));
    writeFileSync(join(scratch, 'made', 'stamp'), stamp);
    replaceFolder(join(scratch, 'made'), place);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {import('./home.mjs').Home} home
 * @param {import('./platform.mjs').Platform} platform
 * @param {string} requirementFile
 * @param {string} scratch
 * @returns {Promise<string[]>} the wheels
 */
async function download(home, platform, requirementFile, scratch) {
  const wheels = join(scratch, 'wheels');
  const partial = join(scratch, 'partial');
  for (const folder of [wheels, partial]) mkdirSync(folder);
  let total = 0;
  say('downloading TensorFlow');
  const stop = watchGrowth('TensorFlow', [wheels, partial], { every: 250, total: () => total || undefined });
  try {
    // pip's cache would hold the same hundreds of megabytes again; one wheel serves every Python, so the interpreter is named and not asked
    const target = ['--implementation', 'cp', '--python-version', '3.11', '--abi', 'cp311', ...platform.tags.flatMap((tag) => ['--platform', tag])];
    await pip(home.venv, ['download', '--no-deps', '--only-binary=:all:', '--require-hashes', '--progress-bar', 'off', '--no-cache-dir', ...target, '-d', wheels, '-r', requirementFile], {
      env: { TMPDIR: partial },
      onOutput: (text) => { total += announced(text); },
    });
  } finally {
    stop();
  }
  return readdirSync(wheels).map((name) => join(wheels, name));
}

/**
 * @param {string} text  pip's "Downloading tensorflow-….whl (274.1 MB)"
 * @returns {number} megabytes
 */
export function announced(text) {
  return [...text.matchAll(/Downloading \S+\.whl(?:\.metadata)? \(([\d.]+) (kB|MB|GB)\)/g)]
    .reduce((sum, [, size, unit]) => sum + Number(size) * ({ kB: 1e-3, MB: 1, GB: 1e3 }[unit ?? 'MB'] ?? 1), 0);
}

/**
 * @param {import('./home.mjs').Home} home
 * @param {string[]} wheels
 * @param {string} target
 */
async function unpack(home, wheels, target) {
  say('unpacking TensorFlow');
  mkdirSync(target);
  const { status, output } = await run(pythonOf(home.venv), [UNPACK, target, ...wheels], { env: cleanEnvironment() });
  if (status !== 0) throw explain('unpacking TensorFlow', output);
}
