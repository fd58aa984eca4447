// @ts-check
// Headless execution: nbclient of the project's environment runs the cells, then every Plotly figure gets a PNG beside
// it (for code hosts and exports), and what differs from run to run without meaning is dropped.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { writeWhole } from '../setup/files.mjs';
import { SetupError } from '../setup/errors.mjs';
import { findHome } from '../setup/home.mjs';
import { pythonOf } from '../setup/venv.mjs';
import { addPictures } from './pictures.mjs';
import { notebookFiles, readNotebook } from './list.mjs';

/** @typedef {import('./list.mjs').Notebook} Notebook */
/** @typedef {{ files: string[], check: boolean, params: Record<string, unknown> }} Request */

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
    else if (arg.startsWith('-')) throw new SetupError(`expected --check, --set NAME=VALUE and notebooks, found ${arg}`);
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

/**
 * @param {Request} request
 * @returns {Promise<number>} how many failed
 */
export async function runNotebooks({ files, check, params }) {
  const home = findHome();
  if (!existsSync(pythonOf(home.venv))) throw new SetupError('JupyterLab is not set up: run npm run setup');
  const folder = mkdtempSync(join(tmpdir(), 'notebooks-'));
  const failed = [];
  try {
    for (const file of notebookFiles(files)) {
      const executed = join(folder, basename(file));
      const isOk = await execute(home, join(home.root, file), executed, params);
      if (!isOk) failed.push(file);
      if (!check && existsSync(executed)) await finish(executed, join(home.root, file));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  for (const file of failed) console.error(`failed: ${file}`);
  return failed.length;
}

/**
 * @param {import('../setup/home.mjs').Home} home
 * @param {string} file
 * @param {string} executed where the executed notebook is written
 * @param {Record<string, unknown>} params
 * @returns {Promise<boolean>}
 */
function execute({ root, venv }, file, executed, params) {
  const given = Object.keys(params).length > 0 ? { IAL_PARAMS: JSON.stringify(params) } : {};
  const python = spawn(pythonOf(venv), [join(root, 'bin', 'notebooks', 'execute.py'), file, executed], { cwd: root, stdio: 'inherit', env: { ...process.env, ...given } });
  const pass = () => {};                                  // Ctrl-C reaches Python too, which saves and ends
  process.on('SIGINT', pass);
  return new Promise((resolve, reject) => {
    python.on('error', reject);
    python.on('exit', (code) => {
      process.off('SIGINT', pass);
      resolve(code === 0);
    });
  });
}

/**
 * @param {string} executed
 * @param {string} file
 */
async function finish(executed, file) {
  const notebook = readNotebook(executed);
  await addPictures(notebook);
  for (const cell of notebook.cells) delete cell.metadata['execution'];   // times
  delete notebook.metadata['language_info'];              // with the version of whatever TypeScript ran it
  writeWhole(file, `${JSON.stringify(notebook, null, 1)}\n`);
}
