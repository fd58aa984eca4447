// @ts-check
// Which notebooks there are, and their code.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { SetupError } from '../setup/errors.mjs';
import { findHome } from '../setup/home.mjs';

/**
 * @typedef {object} Output
 * @property {string} output_type
 * @property {Record<string, any>} [data]
 *
 * @typedef {object} NotebookCell
 * @property {string} cell_type
 * @property {string | string[]} source
 * @property {Record<string, unknown>} metadata
 * @property {Output[]} [outputs]
 *
 * @typedef {object} Notebook
 * @property {NotebookCell[]} cells
 * @property {Record<string, unknown>} metadata
 */

/**
 * The named notebooks, all of notebooks/ when none is named. @returns paths below the repository's root, sorted
 * @param {readonly string[]} [names]
 */
export function notebookFiles(names = []) {
  const { root } = findHome();
  const folder = join(root, 'notebooks');
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ipynb')).sort().map((name) => join(folder, name)) : [];
  const files = names.length > 0 ? names.map((name) => resolve(name)) : found;
  for (const file of files) if (!existsSync(file)) throw new SetupError(`there is no notebook ${file}`);
  return files.map((file) => relative(root, file));
}

/**
 * @param {string} file
 * @returns {Notebook}
 */
export const readNotebook = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** @param {NotebookCell} cell */
export const sourceOf = ({ source }) => (Array.isArray(source) ? source.join('') : source);
