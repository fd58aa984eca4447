// @ts-check
// Writing so that an interruption leaves the old or the new, never half of it.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @param {...(string | Buffer)} parts */
export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\0');
  return hash.digest('hex');
}

/**
 * @param {string} file
 * @returns {string | undefined}
 */
export function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Writes a file by one rename, and only when it differs.
 * @param {string} file
 * @param {string | Buffer} content
 * @returns {boolean} whether it differed
 */
export function writeWhole(file, content) {
  const wanted = Buffer.from(content);
  if (existsSync(file) && readFileSync(file).equals(wanted)) return false;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, wanted);
  renameSync(temporary, file);
  return true;
}

/**
 * Puts a finished folder in the place of an old one.
 * @param {string} finished
 * @param {string} place
 */
export function replaceFolder(finished, place) {
  const old = `${place}.${process.pid}.old`;
  if (existsSync(place)) renameSync(place, old);
  renameSync(finished, place);
  rmSync(old, { recursive: true, force: true });
}

const SCRATCH = 'tmp-';

/**
 * @param {string} folder
 * @returns {string} a new empty folder in it, on the same disk, so that a rename publishes what is made there
 */
export function makeScratch(folder) {
  mkdirSync(folder, { recursive: true });
  return mkdtempSync(join(folder, SCRATCH));
}

/**
 * Removes what an interrupted set-up left.
 * @param {string} folder
 */
export function sweepScratch(folder) {
  if (!existsSync(folder)) return;
  const left = readdirSync(folder).filter((name) => name.startsWith(SCRATCH) || /\.\d+\.(tmp|old)$/.test(name));
  for (const name of left) rmSync(join(folder, name), { recursive: true, force: true });
}
