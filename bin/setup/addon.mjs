// @ts-check
// The Node addon between tfjs and TensorFlow: the npm package's own C++ files, compiled against the wheel's library.

import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findCompiler, INSTALL_COMPILER } from './compiler.mjs';
import { SetupError } from './errors.mjs';
import { hashOf, makeScratch, readText, writeWhole } from './files.mjs';
import { enginePackage } from './home.mjs';
import { say } from './progress.mjs';
import { run } from './run.mjs';
import { deviceFolder, tensorflowStamp } from './tensorflow.mjs';

const DEFINES = ['-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION'];
const ADDON = 'tfjs_binding.node';

/** @param {import('./home.mjs').Home} home */
export const installedAddon = (home) => join(enginePackage(home), 'lib', 'napi-v8', ADDON);

/**
 * @typedef {import('./home.mjs').Home} Home
 * @typedef {import('./platform.mjs').Platform} Platform
 * @typedef {import('./tensorflow.mjs').Device} Device
 */

/**
 * Compiles when the sources or TensorFlow changed, and puts the addon into its package when it is not there.
 * @param {Home} home
 * @param {Platform} platform
 * @param {Device} device
 */
export async function installAddon(home, platform, device) {
  const built = join(deviceFolder(home, device), ADDON);
  const stamp = addonStamp(home, platform, device);
  if (!existsSync(built) || readText(`${built}.stamp`) !== stamp) {
    await compile(home, platform, device, built);
    writeWhole(`${built}.stamp`, stamp);
  }
  if (isInstalled(home, built)) return;
  writeWhole(installedAddon(home), readFileSync(built));
  await tryLoading(home);
}

/**
 * @param {Home} home
 * @param {string} built
 */
function isInstalled(home, built) {
  const installed = installedAddon(home);
  return existsSync(installed) && readFileSync(installed).equals(readFileSync(built));
}

/** @param {Home} home */
function sources(home) {
  const folder = join(enginePackage(home), 'binding');
  return readdirSync(folder).filter((name) => name.endsWith('.cc')).sort().map((name) => join(folder, name));
}

/**
 * @param {Home} home
 * @param {Platform} platform
 * @param {Device} device
 */
function addonStamp(home, platform, device) {
  return hashOf(tensorflowStamp(home, platform, device), home.native, JSON.stringify(flags(home, platform, device)), ...sources(home).map((file) => readFileSync(file)));
}

/**
 * @param {Home} home
 * @param {Platform} platform
 * @param {Device} device
 */
function flags(home, platform, device) {
  const libraries = join(deviceFolder(home, device), 'tensorflow');
  const names = ['cc', 'framework'].map((name) => (platform.mac ? `libtensorflow_${name}.2.dylib` : `libtensorflow_${name}.so.2`));
  // relative first: the folder as a whole may move; absolute too: node_modules may be a link
  const origin = `${platform.mac ? '@loader_path' : '$ORIGIN'}/${relative(join(installedAddon(home), '..'), libraries)}`;
  return [
    '-std=c++17', '-O2', '-shared', '-fPIC', ...DEFINES,
    '-I', join(home.modules, 'node-api-headers', 'include'), '-I', join(libraries, 'include'), '-I', enginePackage(home),
    ...sources(home), ...names.map((name) => join(libraries, name)),
    `-Wl,-rpath,${origin}`, `-Wl,-rpath,${libraries}`,
    ...(platform.mac ? ['-undefined', 'dynamic_lookup'] : []),
  ];
}

/**
 * @param {Home} home
 * @param {Platform} platform
 * @param {Device} device
 * @param {string} built
 */
async function compile(home, platform, device, built) {
  const [command = '', ...args] = await findCompiler();
  say(`compiling the engine's addon (${command})`);
  const scratch = makeScratch(home.native);
  try {
    const made = join(scratch, ADDON);
    const { status, output } = await run(command, [...args, ...flags(home, platform, device), '-o', made], { env: { ...process.env, TMPDIR: scratch } });
    if (status !== 0) throw compileError(command, output);
    mkdirSync(join(built, '..'), { recursive: true });
    writeWhole(built, readFileSync(made));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} command
 * @param {string} output
 */
function compileError(command, output) {
  if (/No space left on device/.test(output)) return new SetupError('the disk is full: make room, then run this again');
  const line = output.split('\n').find((text) => /error/i.test(text)) ?? output.trim().split('\n').at(-1) ?? '';
  return new SetupError(`${command} could not compile the engine's addon (${line.trim() || 'it said nothing'}): it must support C++17; ${INSTALL_COMPILER}`);
}

/**
 * Once after each build, so that a machine that cannot run TensorFlow hears of it here.
 * @param {Home} home
 */
async function tryLoading(home) {
  const program = 'const tf = require(process.argv[1]); console.log(`backend ${tf.getBackend()}`)';
  const { output } = await run(process.execPath, ['-e', program, enginePackage(home)], { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } });
  if (/^backend tensorflow$/m.test(output)) return;
  rmSync(installedAddon(home), { force: true });
  if (/SIGILL/.test(output)) throw new SetupError('this processor cannot run TensorFlow 2.21: its wheels need AVX');
  const lines = output.trim().split('\n');
  throw new SetupError(`the engine was built but does not load: ${lines.find((line) => /^\w*Error/.test(line)) ?? lines.at(-1)}`);
}
