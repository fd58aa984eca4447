// @ts-check
// One line a step on stderr; while a step runs, a line that is rewritten on a terminal and repeated elsewhere.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} text */
export function say(text) {
  console.error(`set-up: ${text}`);
}

/**
 * Watches a folder grow while a download runs into it.
 * @param {string} what
 * @param {readonly string[]} folders  small trees may be looked at often, see `every`
 * @param {{ total?: () => number | undefined, every?: number }} [options]  total in megabytes once known; milliseconds
 * @returns {() => void} stops it
 */
export function watchGrowth(what, folders, { total = () => undefined, every = 5000 } = {}) {
  const size = () => folders.reduce((sum, folder) => sum + folderSize(folder), 0);
  const before = size();
  // never beyond the total: a file that is being copied is there twice
  const grown = () => Math.min((size() - before) / 1e6, total() ?? Infinity);
  const began = Date.now();
  const rewrite = process.stderr.isTTY;
  const timer = setInterval(() => {
    const seconds = (Date.now() - began) / 1000;
    const text = `set-up: ${what}: ${describe(grown(), total(), seconds)}`;
    process.stderr.write(rewrite ? `\r${text}\x1b[K` : `${text}\n`);
  }, rewrite ? every : 5000);
  return () => {
    clearInterval(timer);
    if (rewrite) process.stderr.write('\r\x1b[K');
    const done = grown();
    if (done >= 1) say(`${what}: ${describe(done, undefined, (Date.now() - began) / 1000)}`);
  };
}

/**
 * @param {number} done  megabytes
 * @param {number | undefined} total
 * @param {number} seconds
 */
export function describe(done, total, seconds) {
  const rate = done / Math.max(seconds, 0.001);
  const rest = total !== undefined && total > done && rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : '';
  return `${done.toFixed(0)}${total === undefined ? '' : ` of ${total.toFixed(0)}`} MB, ${rate.toFixed(1)} MB/s${rest}`;
}

/**
 * @param {string} folder
 * @returns {number} bytes; files come and go while it looks
 */
export function folderSize(folder) {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory() ? folderSize(path) : statSync(path).size;
    }
  } catch {
    // gone since it was listed
  }
  return bytes;
}
