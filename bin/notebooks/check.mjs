// @ts-check
// Cells, types and outputs of notebooks. For the types, one module per notebook of all its code cells in order goes
// through the project's own TypeScript. A notebook must be linear for that: no name is declared in two cells.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findHome } from '../setup/home.mjs';
import { codeCellsOf, notebookFiles, readNotebook, sourceOf } from './list.mjs';
import { checkOutputs } from './outputs.mjs';

const MOST_LINES = 20;

/** @typedef {{ file: string, module: string, starts: number[] }} Made  `starts`: line of the module before each cell's first */

/**
 * @param {readonly string[]} names
 * @returns {string[]} one line a problem
 */
export function checkNotebooks(names) {
  const { root } = findHome();
  const files = notebookFiles(names);
  if (files.length === 0) return [];
  const made = files.map((file) => makeModule(root, file));
  try {
    return [...files.flatMap((file) => checkStyle(root, file)), ...checkTypes(root, made), ...checkOutputs(root, files)];
  } finally {
    for (const { module } of made) rmSync(module, { force: true });
  }
}

/** @param {string} root @param {string} file */
const codeCells = (root, file) => codeCellsOf(readNotebook(join(root, file))).map(sourceOf);

/** @param {string} root @param {string} file */
function checkStyle(root, file) {
  return codeCells(root, file).flatMap((source, i) => {
    const lines = source.split('\n').length;
    return [
      ...lines > MOST_LINES ? [`${lines} lines, expected at most ${MOST_LINES}; move it to src`] : [],
      ...(/^\s*(export\s+)?(abstract\s+)?class\s/m.test(source) ? ['defines a class; move it to src'] : []),
      ...UNTYPED.test(source) ? ['is not typed: it has an any or a @ts- comment'] : [],
    ].map((problem) => `${file}, code cell ${i + 1}: ${problem}`);
  });
}

const UNTYPED = /@ts-(?:ignore|nocheck|expect-error)|(?::|\bas|<|,)\s*any\b(?!['"\s]*[a-z])/;

/**
 * @param {string} root
 * @param {string} file
 * @returns {Made}
 */
function makeModule(root, file) {
  // in notebooks/, so that '../src/x.ts' is what it is for the cells
  const module = join(root, 'notebooks', `__${basename(file, '.ipynb').replace(/\W/g, '_')}.ts`);
  const lines = ['export {};'];
  const starts = codeCells(root, file).map((source) => {
    const start = lines.length;
    lines.push(...source.split('\n'), ';');               // a cell's last expression must not run into the next cell
    return start;
  });
  writeFileSync(module, `${lines.join('\n')}\n`);
  return { file, module, starts };
}

/**
 * @param {string} root
 * @param {Made[]} made
 */
function checkTypes(root, made) {
  const folder = mkdtempSync(join(tmpdir(), 'check-notebooks-'));
  try {
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { types: ['node'], typeRoots: [join(root, 'node_modules', '@types')], noUnusedLocals: false, noUnusedParameters: false, verbatimModuleSyntax: false, allowJs: false },
      include: [], files: made.map(({ module }) => module),
    }));
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', config, '--pretty', 'false'], { cwd: root, encoding: 'utf8' });
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '').map((line) => asCell(line, made));
    return status === 0 ? [] : lines.length > 0 ? lines : ['tsc failed without a message'];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * "notebooks/__x.ts(12,3): error ..." with the notebook's cell and its line.
 * @param {string} line
 * @param {Made[]} made
 */
function asCell(line, made) {
  const [, path = '', row = '', column = '', message = ''] = /^(.*?)\((\d+),(\d+)\): (.*)$/.exec(line) ?? [];
  const found = made.find(({ module }) => path !== '' && basename(module) === basename(path));
  if (!found) return line;
  const cell = found.starts.findLastIndex((start) => start < Number(row));
  return `${found.file}, code cell ${cell + 1}, line ${Number(row) - (found.starts[cell] ?? 0)}, column ${column}: ${message}`;
}
