// @ts-check
// Where set-up puts things. src/engine/home.ts says the same to the engine (test/setup/home.test.ts compares them).

import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Home
 * @property {string} root      this package: requirement files, package-lock.json
 * @property {boolean} checkout a clone of the repository, where npm's packages and Jupyter are set up too
 * @property {string} native    everything native: TensorFlow, the addon
 * @property {string} venv      the Python environment
 * @property {string} modules   the node_modules folder with @tensorflow/tfjs-node-gpu in it
 */

/**
 * A checkout keeps everything beside its sources; an installed package, whose own folder npm may replace, in the cache.
 * @param {string} [root]
 * @returns {Home}
 */
export function findHome(root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '')) {
  const checkout = existsSync(join(root, 'src', 'engine', 'home.ts'));
  const native = checkout ? join(root, '.native') : cachedHome(root);
  return {
    root, checkout, native,
    venv: checkout ? join(root, '.venv') : join(native, 'venv'),
    modules: join(checkout ? root : native, 'node_modules'),
  };
}

/** @param {string} root */
function cachedHome(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'intensity-aware-workbook', `engine-${version}`);
}

/** @param {Home} home */
export const enginePackage = (home) => join(home.modules, '@tensorflow', 'tfjs-node-gpu');
