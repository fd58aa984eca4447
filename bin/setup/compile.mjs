// @ts-check
// How each native module is compiled: one command each, no make and no Node headers.

import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { INSTALL_COMPILER } from './compiler.mjs';
import { DISK_FULL, SetupError } from './errors.mjs';
import { makeScratch, writeWhole } from './files.mjs';
import { enginePackage } from './home.mjs';
import { run } from './run.mjs';
import { deviceFolder } from './tensorflow.mjs';

const QUIET = fileURLToPath(new URL('./quiet.cc', import.meta.url));

const AVX512 = ['-mavx512f', '-mavx512bw', '-mavx512dq', '-mavx512vl', '-mfma'];
const BFLOAT16 = ['-mavx512bf16'];
const TILES = ['-mamx-tile', '-mamx-bf16'];
/** Known to GCC 11, Clang 11 and later; left out for older compilers. */
const RECENT = [...BFLOAT16, ...TILES];

/** Builds of the project's own kernels by the vectors they use; src/engine/tensorflow.ts takes the first that the processor has. */
const VECTORS = {
  x64: { 'cpu-amx': ['-DFOR_TILES', ...AVX512, ...BFLOAT16, ...TILES], 'cpu-avx512bf16': [...AVX512, ...BFLOAT16], 'cpu-avx512': AVX512, 'cpu-avx2': ['-mavx2', '-mfma'] },
  arm64: { 'cpu-plain': [] },
};

/**
 * @typedef {import('./home.mjs').Home} Home
 * @typedef {import('./platform.mjs').Platform} Platform
 * @typedef {import('./tensorflow.mjs').Device} Device
 * @typedef {{ name: string, sources: string[], options: string[], watched?: string[] }} Module  watched: headers, which are compiled in too
 */

/**
 * @param {Home} home
 * @param {Platform} platform
 * @param {Device} device
 * @returns {Module[]}
 */
export function modules(home, platform, device) {
  const libraries = join(deviceFolder(home, device), 'tensorflow');
  const [core = '', framework = ''] = ['cc', 'framework'].map((name) => (platform.mac ? `libtensorflow_${name}.2.dylib` : `libtensorflow_${name}.so.2`));
  const shared = [...runPath(home, platform, libraries), ...(platform.mac ? ['-undefined', 'dynamic_lookup'] : ['-ldl'])];
  return [
    {
      name: 'tfjs_binding.node',
      sources: bindingSources(home),
      options: ['-I', join(libraries, 'include'), join(libraries, core), join(libraries, framework), ...shared],
    },
    {
      name: 'quiet.node',
      sources: [QUIET],
      options: [`-DTENSORFLOW_FRAMEWORK="${platform.mac ? '@rpath/' : ''}${framework}"`, ...shared],
    },
    {
      name: 'jpeg.node',
      sources: [join(home.root, 'src', 'engine', 'jpeg', 'jpeg.cc')],
      options: [`-DTENSORFLOW_CORE="${platform.mac ? '@rpath/' : ''}${core}"`, ...shared],
    },
    ...(device === 'cpu' ? kernelModules(home, platform, ['-I', join(libraries, 'include'), join(libraries, framework), ...shared]) : []),
  ];
}

/**
 * @param {Home} home
 * @param {Platform} platform
 * @param {string[]} options
 * @returns {Module[]}
 */
function kernelModules(home, platform, options) {
  const folder = join(home.root, 'src', 'engine', 'cpu');
  const sources = readdirSync(folder).filter((name) => name.endsWith('.cc')).sort().map((name) => join(folder, name));
  const watched = readdirSync(folder).filter((name) => name.endsWith('.h')).sort().map((name) => join(folder, name));
  const vectors = platform.name.endsWith('-x64') ? VECTORS.x64 : VECTORS.arm64;
  return Object.entries(vectors).map(([name, flags]) =>
    ({ name: `${name}.node`, sources, watched, options: ['-O3', '-ffp-contract=fast', '-Wno-psabi', ...flags, ...options] }));
}

/** @param {Home} home */
function bindingSources(home) {
  const folder = join(enginePackage(home), 'binding');
  return readdirSync(folder).filter((name) => name.endsWith('.cc')).sort().map((name) => join(folder, name));
}

/**
 * Relative first: the folder as a whole may move; absolute too: node_modules may be a link.
 * @param {Home} home
 * @param {Platform} platform
 * @param {string} libraries
 */
function runPath(home, platform, libraries) {
  const from = join(enginePackage(home), 'lib', 'napi-v8');
  const origin = platform.mac ? '@loader_path' : '$ORIGIN';
  return [`-Wl,-rpath,${origin}/${relative(from, libraries)}`, `-Wl,-rpath,${libraries}`];
}

/**
 * @param {Home} home
 * @param {Module} module
 */
export function compileCommand(home, { sources, options }) {
  return [
    '-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8', '-DNODE_GYP_MODULE_NAME=tfjs_binding', '-DBUILDING_NODE_EXTENSION',
    '-I', join(home.modules, 'node-api-headers', 'include'), '-I', enginePackage(home), ...sources, ...options,
  ];
}

/**
 * @param {Home} home
 * @param {Module} module
 * @param {string[]} compiler
 * @param {string} built
 */
export async function compile(home, module, [command = '', ...args], built) {
  const scratch = makeScratch(home.native);
  try {
    const made = join(scratch, module.name);
    /** @param {Module} wanted */
    const attempt = (wanted) => run(command, [...args, ...compileCommand(home, wanted), '-o', made], { env: { ...process.env, TMPDIR: scratch } });
    let { status, output } = await attempt(module);
    if (status !== 0 && module.options.some((option) => RECENT.includes(option))) ({ status, output } = await attempt({ ...module, options: module.options.filter((option) => !RECENT.includes(option)) }));
    if (status !== 0) throw compileError(command, output);
    mkdirSync(dirname(built), { recursive: true });
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
  if (/No space left on device/.test(output)) return new SetupError(DISK_FULL);
  const line = output.split('\n').find((text) => /error/i.test(text)) ?? output.trim().split('\n').at(-1) ?? '';
  return new SetupError(`${command} could not compile the engine's addon (${line.trim() || 'it said nothing'}): it must support C++17; ${INSTALL_COMPILER}`);
}
