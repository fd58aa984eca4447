// @ts-check
// npm's packages, when node_modules is missing or is not what the lock says.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from './errors.mjs';
import { say, watchGrowth } from './progress.mjs';
import { explain, run } from './run.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} Package
 * @param {import('./home.mjs').Home} home
 */
export async function installPackages(home) {
  if (matchesLock(home.root)) return;
  say('installing npm packages (npm ci)');
  const stop = watchGrowth('npm packages', [home.modules]);
  try {
    await npm(['ci', '--ignore-scripts', '--no-progress'], home.root);
  } finally {
    stop();
  }
}

/**
 * npm writes node_modules/.package-lock.json last, so an interrupted install never matches.
 * @param {string} root
 */
export function matchesLock(root) {
  const wanted = packages(join(root, 'package-lock.json'));
  const found = packages(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === '') return true;
    const there = found[path];
    // npm leaves out optional packages of other platforms
    if (there === undefined) return optional === true;
    return there.version === version && there.integrity === integrity && existsSync(join(root, path));
  });
}

/**
 * @param {string} file
 * @returns {Record<string, Package> | undefined}
 */
function packages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

// npm's own waits add up to 70 s before it says that there is no network, and `npm run -s` would make it say nothing
const OPTIONS = ['--loglevel=error', '--fetch-retries=3', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000'];

/**
 * The npm that runs us, else the one on PATH.
 * @param {string[]} args
 * @param {string} cwd
 */
export async function npm(args, cwd) {
  const script = process.env['npm_execpath'];
  const own = script !== undefined && /npm-cli\.c?js$/.test(script);
  const { status, output } = own
    ? await run(process.execPath, [script, ...args, ...OPTIONS], { cwd })
    : await run('npm', [...args, ...OPTIONS], { cwd });
  if (status === 127) throw new SetupError('no npm found: it comes with Node; install Node with npm (Debian, Ubuntu: apt install npm)');
  if (status !== 0) throw explain('npm', output);
}
