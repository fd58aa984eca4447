// @ts-check
// Runs checks and mocha suites one after the other, all of them even when one fails, and sums what they found.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPORTER = fileURLToPath(new URL('./reporter.cjs', import.meta.url));

/**
 * A check is one test: it passes when its command exits with 0.
 * @param {string} name
 * @param {string[]} args  for node
 * @returns {Promise<Counts>}
 */
export async function check(name, args) {
  const status = await node(args);
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${name}`);
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 };
}

/**
 * @param {string[]} args  for mocha: none for the fast suite of .mocharc.json
 * @returns {Promise<Counts>}
 */
export async function mocha(args) {
  const folder = mkdtempSync(join(tmpdir(), 'workbook-test-'));
  const file = join(folder, 'counts.json');
  try {
    const status = await node(['node_modules/mocha/bin/mocha.js', '--reporter', REPORTER, ...args], { WORKBOOK_COUNTS: file });
    const counts = readCounts(file);
    // mocha itself broke: no test was counted
    return status !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} file
 * @returns {Counts}
 */
function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/**
 * Prints the line that ends every test command, and sets the exit code.
 * @param {readonly Counts[]} all
 */
export function finish(all) {
  /** @param {keyof Counts} key */
  const sum = (key) => all.reduce((total, counts) => total + counts[key], 0);
  console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0;
}

/**
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<number>}
 */
function node(args, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
