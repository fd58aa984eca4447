// @ts-check
// The native modules between Node and TensorFlow: the npm package's own addon, compiled against the wheel's library,
// and quiet.cc, which loads that library without its greeting. Both are kept with TensorFlow and copied into the package.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile, compileCommand, modules } from './compile.mjs';
import { SetupError } from './errors.mjs';
import { hashOf, readText, writeWhole } from './files.mjs';
import { enginePackage } from './home.mjs';
import { say } from './progress.mjs';
import { findCompiler } from './compiler.mjs';
import { run } from './run.mjs';
import { deviceFolder, tensorflowStamp } from './tensorflow.mjs';

/**
 * @typedef {import('./home.mjs').Home} Home
 * @typedef {import('./platform.mjs').Platform} Platform
 * @typedef {import('./tensorflow.mjs').Device} Device
 */

/**
 * Compiles when the sources or TensorFlow changed, and copies what is not in the package.
 * @param {Home} home
 * @param {Platform} platform
 * @param {Device} device
 */
export async function installAddon(home, platform, device) {
  const folder = deviceFolder(home, device);
  const stampFile = join(folder, 'addon-stamp');
  const stamp = addonStamp(home, platform, device);
  const all = modules(home, platform, device);
  if (readText(stampFile) !== stamp || !all.every(({ name }) => existsSync(join(folder, name)))) {
    const compiler = await findCompiler();
    say(`compiling the engine's addon (${compiler[0]})`);
    await Promise.all(all.map((module) => compile(home, module, compiler, join(folder, module.name))));
    writeWhole(stampFile, stamp);
  }
  if (copyInto(home, all.map(({ name }) => join(folder, name)))) await tryLoading(home);
}

/**
 * @param {Home} home
 * @param {Platform} platform
 * @param {Device} device
 */
function addonStamp(home, platform, device) {
  const parts = modules(home, platform, device).flatMap((module) => [
    JSON.stringify(compileCommand(home, module)), ...[...module.sources, ...(module.watched ?? [])].map((file) => readFileSync(file)),
  ]);
  return hashOf(tensorflowStamp(home, platform, device), ...parts);
}

/** @param {Home} home */
const place = (home) => join(enginePackage(home), 'lib', 'napi-v8');

/**
 * @param {Home} home
 * @param {string[]} built
 * @returns {boolean} whether anything was not there yet
 */
function copyInto(home, built) {
  const changed = built.map((file) => writeWhole(join(place(home), basename(file)), readFileSync(file)));
  return changed.includes(true);
}

/**
 * Once after each build, so that a machine that cannot run TensorFlow hears of it here.
 * @param {Home} home
 */
async function tryLoading(home) {
  const program = 'const tf = require(process.argv[1]); console.log(`backend ${tf.getBackend()}`)';
  const { output } = await run(process.execPath, ['-e', program, enginePackage(home)], { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  if (/^backend tensorflow$/m.test(output)) return;
  rmSync(place(home), { recursive: true, force: true });
  if (/SIGILL/.test(output)) throw new SetupError('this processor cannot run TensorFlow 2.21: its wheels need AVX');
  const lines = output.trim().split('\n');
  throw new SetupError(`the engine was built but does not load: ${lines.find((line) => /^\w*Error/.test(line)) ?? lines.at(-1)}`);
}
