// @ts-check
// Starts the project's own JupyterLab; its settings and the kernel are written by set-up (bin/setup/jupyter.mjs).

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findHome } from '../setup/home.mjs';
import { INDEX } from './list.mjs';

/**
 * Runs until the server is ended. It takes the next free port by itself and prints its address.
 * @param {readonly string[]} args for JupyterLab
 * @returns {Promise<number>} its exit status
 */
export function openLab(args) {
  const { root, venv } = findHome();
  const asRoot = process.getuid?.() === 0 ? ['--allow-root'] : [];
  const options = [`--ServerApp.root_dir=${root}`, `--LabApp.default_url=/lab/tree/${INDEX}`, ...asRoot, ...args];
  const server = spawn(join(venv, 'bin', 'jupyter-lab'), options, { cwd: root, stdio: 'inherit' });
  process.on('SIGINT', () => {});                         // Jupyter asks; it hears the terminal's Ctrl-C itself
  process.on('SIGTERM', () => server.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.on('exit', (code) => resolve(code ?? 0));
  });
}
