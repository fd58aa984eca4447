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
 * @property {Record<string, any>} [metadata]
 * @property {string} [name]                    of a stream
 * @property {string | string[]} [text]         of a stream
 *
 * @typedef {object} NotebookCell
 * @property {string} cell_type
 * @property {string | string[]} source
 * @property {Record<string, unknown>} metadata
 * @property {Output[]} [outputs]
 * @property {number | null} [execution_count]
 * @property {object} [attachments]
 *
 * @typedef {object} Notebook
 * @property {NotebookCell[]} cells
 * @property {Record<string, unknown>} metadata
 */

/** The notebook that `npm run lab` opens. */
export const INDEX = join('notebooks', 'index.ipynb');

/**
 * The named notebooks, all of notebooks/ when none is named. @returns paths below the repository's root, sorted
 * @param {readonly string[]} [names] paths, or how names in notebooks/ begin: "02"
 */
export function notebookFiles(names = []) {
  const { root } = findHome();
  const folder = join(root, 'notebooks');
  const all = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.ipynb')).sort() : [];
  const files = names.flatMap((name) => {
    if (existsSync(name)) return [resolve(name)];
    const meant = all.filter((one) => !name.includes('/') && one.startsWith(name));
    if (meant.length === 0) throw new SetupError(`there is no notebook ${name}; expected a path or the beginning of ${all.join(', ')}`);
    return meant.map((one) => join(folder, one));
  });
  return (names.length > 0 ? files : all.map((name) => join(folder, name))).map((file) => relative(root, file));
}

/**
 * @param {string} file
 * @returns {Notebook}
 */
export const readNotebook = (file) => JSON.parse(readFileSync(file, 'utf8'));

export const PLOTLY = 'application/vnd.plotly.v1+json';

/** A text of the notebook format, which may be a list of lines. @param {unknown} text */
export const joined = (text) => (Array.isArray(text) ? text.join('') : typeof text === 'string' ? text : '');

/** @param {NotebookCell} cell */
export const sourceOf = ({ source }) => joined(source);

/** @param {Notebook} notebook */
export const codeCellsOf = ({ cells }) => cells.filter((cell) => cell.cell_type === 'code');
