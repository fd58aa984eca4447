// @ts-check
// One set-up at a time in one place: a second one waits and then finds everything done.

import { existsSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readText } from './files.mjs';
import { say } from './progress.mjs';

// a container's next run may have the process number of the one that was killed, so the holder also shows that it lives
const BEAT = 2000;
const STALE = 30_000;

/**
 * @param {string} folder
 * @param {() => Promise<void>} work
 */
export async function alone(folder, work) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'lock');
  await take(file);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  const beat = setInterval(() => { if (existsSync(file)) utimesSync(file, new Date(), new Date()); }, BEAT).unref();
  try {
    await work();
  } finally {
    clearInterval(beat);
    release();
    process.removeListener('exit', release);
  }
}

/** @param {string} file */
async function take(file) {
  for (let told = false; !tryTake(file); told = true) {
    if (!told) say('waiting for another set-up of this folder to end');
    await sleep(500);
  }
}

/** @param {string} file */
function tryTake(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  // left by a set-up that was killed
  if (!isAlive(Number(readText(file))) || age(file) > STALE) rmSync(file, { force: true });
  return false;
}

/** @param {string} file */
function age(file) {
  return Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

/** @param {number} pid */
function isAlive(pid) {
  // just made, and its number not yet written
  if (!pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
