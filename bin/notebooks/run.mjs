// @ts-check
// Headless execution: nbclient of the project's environment runs the cells, and what differs from run to run without
// meaning is dropped. Or a check: nothing is written, and what differs from what is there is told.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve as absolute } from 'node:path';
import { writeWhole } from '../setup/files.mjs';
import { SetupError } from '../setup/errors.mjs';
import { findHome } from '../setup/home.mjs';
import { pythonOf } from '../setup/venv.mjs';
import { compareNotebooks } from './compare.mjs';
import { notebookFiles, readNotebook } from './list.mjs';
import { divideSettings } from './parameters.mjs';

/**
 * @typedef {object} Request
 * @property {string[]} files                   all when empty
 * @property {boolean} check                    write nothing; compare with what is there, unless params are set
 * @property {Record<string, unknown>} params   in place of the notebooks' own, of those that have such a parameter
 * @property {string} [out]                     folder for the executed notebooks; without it they are written in place
 */

/**
 * @param {readonly string[]} args
 * @returns {Request}
 */
export function parseArguments(args) {
  /** @type {Request} */
  const request = { files: [], check: false, params: {} };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--check') request.check = true;
    else if (arg === '--set') Object.assign(request.params, parseSetting(args[++i] ?? ''));
    else if (arg === '--out') request.out = args[++i] ?? '';
    else if (arg.startsWith('-')) throw new SetupError(`expected --check, --set NAME=VALUE, --out FOLDER and notebooks, found ${arg}`);
    else request.files.push(arg);
  }
  return request;
}

/** A value is JSON where it can be, else text: epochs=1, augment=false, data=/data/DFEW. @param {string} setting */
function parseSetting(setting) {
  const at = setting.indexOf('=');
  if (at < 1) throw new SetupError(`--set: expected NAME=VALUE, found "${setting}"`);
  const text = setting.slice(at + 1);
  try {
    return { [setting.slice(0, at)]: JSON.parse(text) };
  } catch {
    return { [setting.slice(0, at)]: text };
  }
}

/** Notebooks at a time: each spends most of its time in one thread, and takes half a gigabyte. */
const JOBS = 2;

/**
 * @param {Request} request
 * @returns {Promise<number>} how many failed
 */
export async function runNotebooks(request) {
  const home = findHome();
  if (!existsSync(pythonOf(home.venv))) throw new SetupError('JupyterLab is not set up: run npm run setup');
  const files = notebookFiles(request.files), queue = [...files];
  const paramsOf = divideSettings(files.map((file) => ({ file, notebook: readNotebook(join(home.root, file)) })), request.params);
  const folder = mkdtempSync(join(tmpdir(), 'notebooks-'));
  /** @type {string[]} */
  const failed = [];
  try {
    const stop = () => { failed.push(...queue.splice(0)); };   // Ctrl-C: Python hears it too, saves and ends
    process.on('SIGINT', stop);
    const jobs = Math.min(JOBS, availableParallelism(), files.length);
    await Promise.all(Array.from({ length: jobs }, async () => {
      for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
        if (!await runNotebook(home, file, join(folder, basename(file)), { ...request, params: paramsOf.get(file) ?? {}, isAlone: jobs === 1 })) failed.push(file);
      }
    }));
    process.off('SIGINT', stop);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const file of failed) console.error(`failed: ${file}`);
  return failed.length;
}

/**
 * @param {import('../setup/home.mjs').Home} home
 * @param {string} file
 * @param {string} executed where it is executed to
 * @param {Request & { isAlone: boolean }} request
 * @returns {Promise<boolean>}
 */
async function runNotebook(home, file, executed, { check, params, out, isAlone }) {
  const source = join(home.root, file);
  const isOk = await execute(home, source, executed, { ...paramsAsEnv(params), ...check && { IAL_PNG: 'off' } }, isAlone);
  if (!existsSync(executed)) return false;
  if (!check) {
    if (out !== undefined) mkdirSync(out, { recursive: true });
    tidy(executed, out === undefined ? source : absolute(out, basename(file)));
    return isOk;
  }
  const differences = isOk && Object.keys(params).length === 0 ? compareNotebooks(file, readNotebook(source), readNotebook(executed)) : [];
  for (const line of differences) console.error(line);
  if (differences.length > 0) console.error(`run npm run notebooks -- ${basename(file, '.ipynb')} and look at what has changed`);
  return isOk && differences.length === 0;
}

/** @param {Record<string, unknown>} params */
const paramsAsEnv = (params) => (Object.keys(params).length > 0 ? { IAL_PARAMS: JSON.stringify(params) } : {});

/**
 * @param {import('../setup/home.mjs').Home} home
 * @param {string} file
 * @param {string} executed where the executed notebook is written
 * @param {Record<string, string>} env
 * @param {boolean} isAlone output as it comes, else together at the end
 * @returns {Promise<boolean>}
 */
function execute({ root, venv }, file, executed, env, isAlone) {
  /** @type {import('node:child_process').StdioOptions} */
  const stdio = isAlone ? 'inherit' : 'pipe';
  const python = spawn(pythonOf(venv), [join(root, 'bin', 'notebooks', 'execute.py'), file, executed], { cwd: root, stdio, env: { ...process.env, ...env } });
  /** @type {Buffer[]} */
  const output = [];
  for (const stream of [python.stdout, python.stderr]) stream?.on('data', (/** @type {Buffer} */ chunk) => { output.push(chunk); });
  return new Promise((resolve, reject) => {
    python.on('error', reject);
    python.on('close', (code) => {
      process.stdout.write(Buffer.concat(output));
      resolve(code === 0);
    });
  });
}

/**
 * @param {string} executed
 * @param {string} file
 */
function tidy(executed, file) {
  const notebook = readNotebook(executed);
  for (const cell of notebook.cells) delete cell.metadata['execution'];   // times
  delete notebook.metadata['language_info'];              // with the version of whatever TypeScript ran it
  writeWhole(file, `${JSON.stringify(notebook, null, 1)}\n`);
}
