// @ts-check
// JupyterLab in the project's own Python environment, and the TypeScript kernel in it.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, readText, writeWhole } from './files.mjs';
import { say, watchGrowth } from './progress.mjs';
import { busyMarkOf, isReady, makeVenv, pip } from './venv.mjs';

/** @typedef {import('./home.mjs').Home} Home */

/** @param {Home} home */
export async function installJupyter(home) {
  const locks = ['requirements.txt', 'requirements-plotly.txt'].map((name) => join(home.root, name));
  const stamp = hashOf(...locks.map((file) => readFileSync(file)));
  const mark = join(home.venv, '.workbook-jupyter');
  if (!isReady(home.venv) || readText(mark) !== stamp) {
    await makeVenv(home.venv);
    await installLocked(home, locks);
    writeWhole(mark, stamp);
  }
  writeSettings(home);
}

/**
 * @param {Home} home
 * @param {string[]} locks
 */
async function installLocked(home, [jupyter = '', plotly = '']) {
  say('installing JupyterLab');
  writeFileSync(busyMarkOf(home.venv), '');
  const stop = watchGrowth('JupyterLab', [home.venv]);
  try {
    const locked = ['install', '--quiet', '--require-hashes', '--only-binary=:all:', '--no-deps', '-r'];
    await pip(home.venv, [...locked, jupyter]);
    // only for its JupyterLab extension, so its Python files stay uncompiled
    await pip(home.venv, [...locked, plotly, '--no-compile']);
  } finally {
    stop();
  }
  rmSync(busyMarkOf(home.venv));
}

/**
 * Written at every start: the paths of Node and of this checkout may have changed.
 * @param {Home} home
 */
function writeSettings(home) {
  for (const [file, content] of Object.entries(settings(home))) {
    writeWhole(join(home.venv, file), `${JSON.stringify(content, null, 2)}\n`);
  }
}

/**
 * @param {Home} home
 * @returns {Record<string, unknown>}
 */
function settings(home) {
  return {
    // else "type": "module" of the project breaks Jupyter's own .js files
    'package.json': { type: 'commonjs' },
    'share/jupyter/kernels/workbook/kernel.json': {
      argv: [process.execPath, '--max-old-space-size=8192', join(home.root, 'kernel', 'kernel.cjs'), '--config-path', '{connection_file}'],
      display_name: 'Workbook (TypeScript)', language: 'typescript', interrupt_mode: 'signal',
    },
    'share/jupyter/lab/settings/overrides.json': {
      '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false },
    },
    'etc/jupyter/jupyter_server_config.json': {
      KernelSpecManager: { allowed_kernelspecs: ['workbook'], ensure_native_kernel: false },
      MultiKernelManager: { default_kernel_name: 'workbook' },
      // figures with their numbers are long messages
      ZMQChannelsWebsocketConnection: { iopub_data_rate_limit: 1e9, iopub_msg_rate_limit: 1e5 },
    },
  };
}
