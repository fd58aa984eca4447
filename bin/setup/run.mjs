// @ts-check
// Child processes: their output is kept, and shown only when something fails that we cannot name in one line.

import { spawn } from 'node:child_process';
import { DISK_FULL, SetupError } from './errors.mjs';

/**
 * @typedef {object} Result
 * @property {number} status  127 when there is no such command
 * @property {string} output  stdout and stderr together
 */

/**
 * @typedef {object} Options
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {(text: string) => void} [onOutput]
 */

/**
 * Runs a command to its end; never throws for the command's own failure.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Options} [options]
 * @returns {Promise<Result>}
 */
export function run(command, args, { cwd, env, onOutput } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = passSignals(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        onOutput?.(text);
      });
    }
    child.on('error', (error) => { stop(); resolve({ status: 127, output: error.message }); });
    child.on('close', (code, signal) => {
      stop();
      resolve({ status: code ?? 1, output: signal ? `${output}\nkilled by ${signal}` : output });
    });
  });
}

const PATIENCE = 5000;

/**
 * A stopped set-up must not leave a download running behind it: the child is stopped first, then we are.
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  /** @type {(signal: NodeJS.Signals) => void} */
  const forward = (signal) => {
    // exits before anybody can read the child's end as a failure
    child.once('close', () => process.exit(signal === 'SIGINT' ? 130 : 143));
    child.kill(signal);
    setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  };
  process.once('SIGINT', forward).once('SIGTERM', forward);
  return () => process.removeListener('SIGINT', forward).removeListener('SIGTERM', forward);
}

const CAUSES = [
  [/no space left on device|ENOSPC|disk quota exceeded/i, DISK_FULL],
  [/do not match the hashes|EINTEGRITY|hash(es)? mismatch/i, 'a downloaded file has a wrong hash: it is damaged or not the pinned one; run this again, and if it stays so clear the cache (pip cache purge, npm cache clean --force) and check your mirror or proxy'],
  [/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|Network is unreachable|Name or service not known|name resolution|NewConnectionError|ProxyError|ConnectTimeout|ReadTimeout|Connection refused|Max retries exceeded|Connection broken/i, 'no network: the package registry cannot be reached; check the connection and the proxy settings, then run this again'],
  [/No matching distribution found|Could not find a version|E404|ETARGET/, 'the package registry lacks a pinned package; check which registry or mirror is configured for pip and npm'],
];

/**
 * The error for a failed command: a known cause in one line, else what failed and its last line.
 * @param {string} what
 * @param {string} output
 */
export function explain(what, output) {
  const known = CAUSES.find(([pattern]) => /** @type {RegExp} */ (pattern).test(output));
  if (known) return new SetupError(`${what}: ${known[1]}`);
  const lines = output.trim().split('\n').filter((line) => line.trim());
  return new SetupError(`${what} failed: ${(lines.find((line) => /error/i.test(line)) ?? lines.at(-1) ?? 'no message').trim()}`);
}
