// @ts-check
// Which parameters a notebook has, read from the call of params() in its cells without executing any.

import ts from '@tslab/typescript-for-tslab';   // `typescript` itself is the native compiler, without this interface
import { SetupError } from '../setup/errors.mjs';
import { codeCellsOf, sourceOf } from './list.mjs';

/** @typedef {import('./list.mjs').Notebook} Notebook @typedef {Record<string, unknown>} Settings */

/**
 * @param {Notebook} notebook
 * @returns {string[]} in the cell's order; none where no cell calls params()
 */
export function parametersOf(notebook) {
  /** @type {string[]} */
  const names = [];
  for (const source of codeCellsOf(notebook).map(sourceOf)) visit(ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest), names);
  return names;
}

/** @param {ts.Node} node @param {string[]} names */
function visit(node, names) {
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'params') {
    const [defaults] = node.arguments;
    if (defaults && ts.isObjectLiteralExpression(defaults)) {
      for (const { name } of defaults.properties) if (name && (ts.isIdentifier(name) || ts.isStringLiteral(name))) names.push(name.text);
    }
  }
  ts.forEachChild(node, (child) => visit(child, names));
}

/**
 * To each notebook those of the settings that it has a parameter for.
 * @param {readonly { file: string, notebook: Notebook }[]} notebooks
 * @param {Settings} settings
 * @returns {Map<string, Settings>} by file
 * @throws {SetupError} for a setting that none of them has
 */
export function divideSettings(notebooks, settings) {
  const known = notebooks.map(({ file, notebook }) => ({ file, names: parametersOf(notebook) }));
  for (const name of Object.keys(settings)) {
    if (known.some(({ names }) => names.includes(name))) continue;
    throw new SetupError(`--set ${name}: no notebook here has this parameter; expected one of\n${known.filter(({ names }) => names.length > 0).map(({ file, names }) => `  ${file}: ${names.join(', ')}`).join('\n')}`);
  }
  return new Map(known.map(({ file, names }) => [file, Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)))]));
}
