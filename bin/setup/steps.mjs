// @ts-check
// The whole set-up. Every step looks first whether it is done, so that all of it together costs little the second time.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installAddon } from './addon.mjs';
import { shareEngine } from './alias.mjs';
import { prepareChromium } from './chromium.mjs';
import { SetupError } from './errors.mjs';
import { readText, sweepScratch, writeWhole } from './files.mjs';
import { enginePackage, findHome } from './home.mjs';
import { installJupyter } from './jupyter.mjs';
import { alone } from './lock.mjs';
import { installPackages, npm } from './npm.mjs';
import { findPlatform } from './platform.mjs';
import { say } from './progress.mjs';
import { installTensorflow } from './tensorflow.mjs';

/**
 * @typedef {import('./home.mjs').Home} Home
 * @typedef {import('./tensorflow.mjs').Device} Device
 */

/** @param {readonly string[]} args */
export async function setUp(args = []) {
  const platform = findPlatform();
  const home = findHome();
  const asked = parse(args);
  const began = Date.now();
  await alone(home.native, async () => {
    sweepScratch(home.native);
    const device = asked ?? chosenDevice(home);
    if (device === 'gpu' && platform.mac) throw new SetupError('--device gpu needs an NVIDIA GPU under Linux');
    await (home.checkout ? installPackages(home) : installEnginePackage(home));
    await installTensorflow(home, platform, device);
    await installAddon(home, platform, device);
    writeWhole(join(home.native, 'device'), device);
    if (home.checkout) await setUpWorkbook(home);
  });
  say(`ready (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}

/**
 * What only a clone of the repository has.
 * @param {Home} home
 */
async function setUpWorkbook(home) {
  shareEngine(home);
  await installJupyter(home);
  await prepareChromium(home);
}

/**
 * @param {readonly string[]} args
 * @returns {Device | undefined}
 */
function parse(args) {
  if (args.length === 0) return undefined;
  const [, joined] = /^--device=(.*)$/.exec(args[0] ?? '') ?? [];
  const device = joined ?? (args[0] === '--device' ? args[1] : undefined);
  const rest = args.slice(joined === undefined ? 2 : 1);
  if ((device === 'cpu' || device === 'gpu') && rest.length === 0) return device;
  throw new SetupError(`expected --device cpu or --device gpu, found ${args.join(' ')}`);
}

/**
 * The device of the last set-up, so that a plain `npm start` does not undo a GPU.
 * @param {Home} home
 * @returns {Device}
 */
function chosenDevice(home) {
  return readText(join(home.native, 'device')) === 'gpu' ? 'gpu' : 'cpu';
}

/**
 * An installed package brings the engine's npm package into the cache, without its install script.
 * @param {Home} home
 */
async function installEnginePackage(home) {
  const { devDependencies } = JSON.parse(readFileSync(join(home.root, 'package.json'), 'utf8'));
  const wanted = ['@tensorflow/tfjs-node-gpu', 'node-api-headers'];
  if (wanted.every((name) => versionOf(join(home.modules, name)) === devDependencies[name]) && existsSync(enginePackage(home))) return;
  say('installing the engine package from npm');
  writeWhole(join(home.native, 'package.json'), '{ "private": true }\n');
  await npm(['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund', ...wanted.map((name) => `${name}@${devDependencies[name]}`)], home.native);
}

/** @param {string} folder */
function versionOf(folder) {
  const text = readText(join(folder, 'package.json'));
  return text === undefined ? undefined : JSON.parse(text).version;
}
