// @ts-check
// What a committed notebook must not hold: cells that did not run, errors, faces of a licensed set, paths of a machine,
// outputs too large to read, numbers in the prose that nothing shows.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PLOTLY, codeCellsOf, joined, readNotebook, sourceOf } from './list.mjs';

/** @typedef {import('./list.mjs').Notebook} Notebook @typedef {import('./list.mjs').Output} Output */

const MEGABYTE = 1e6;
const MOST_OUTPUT = 2 * MEGABYTE;
const MOST_TOGETHER = 12 * MEGABYTE;

/**
 * @param {string} root
 * @param {readonly string[]} files
 * @returns {string[]} one line a problem
 */
export function checkOutputs(root, files) {
  const notebooks = files.map((file) => ({ file, notebook: readNotebook(join(root, file)) }));
  const published = publishedNumbers(root);
  const together = notebooks.reduce((sum, { notebook }) => sum + codeCellsOf(notebook).reduce((size, { outputs }) => size + sizeOf(outputs), 0), 0);
  return [
    ...notebooks.flatMap(({ file, notebook }) => [...checkExecution(notebook), ...checkCells(notebook), ...checkProse(notebook, published)].map((problem) => `${file}${problem}`)),
    ...together > MOST_TOGETHER ? [`the notebooks' outputs have ${megabytes(together)}, expected at most ${megabytes(MOST_TOGETHER)}`] : [],
  ];
}

/** @param {unknown} value */
const sizeOf = (value) => JSON.stringify(value ?? []).length;
/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / MEGABYTE).toFixed(1)} MB`;

/** @param {Notebook} notebook */
function checkExecution(notebook) {
  const { name } = /** @type {{ name?: string }} */ (notebook.metadata['kernelspec'] ?? {});
  const counts = codeCellsOf(notebook).map(({ execution_count }) => execution_count);
  const at = counts.findIndex((count, i) => count !== i + 1);
  return [
    ...name === 'workbook' ? [] : [`: expected the kernel workbook, found ${name ?? 'none'}`],
    ...at < 0 ? [] : [`, code cell ${at + 1}: ${counts[at] ? 'not executed in order' : 'not executed'}; run npm run notebooks`],
  ];
}

/** @param {Notebook} notebook */
function checkCells(notebook) {
  const code = codeCellsOf(notebook).flatMap(({ outputs = [] }, i) => outputs.flatMap((output) => checkOutput(output).map((problem) => `, code cell ${i + 1}: ${problem}`)));
  const words = notebook.cells.flatMap((cell, i) => (cell.cell_type !== 'code' && (cell.attachments || PICTURE.test(sourceOf(cell))) ? [`, cell ${i + 1}: a picture in a text cell; nothing tells whose face it shows`] : []));
  return [...code, ...words];
}

/** Folders that only one machine has. */
const MACHINE = /(?:^|[\s"'(=:[])\/(?:home|Users|root|tmp|work|mnt|data)\/[\w.-]+/;

/** @param {Output} output */
function checkOutput(output) {
  const size = sizeOf(output), text = JSON.stringify({ ...output, data: { ...output.data, 'image/png': undefined, 'image/jpeg': undefined } });
  const [path] = MACHINE.exec(text) ?? [];
  return [
    ...output.output_type === 'error' ? ['an error is committed'] : [],
    ...size > MOST_OUTPUT ? [`an output of ${megabytes(size)}, expected at most ${megabytes(MOST_OUTPUT)}`] : [],
    ...output.data?.[PLOTLY] && !output.data['image/png'] ? ['a figure without a PNG beside it; run npm run notebooks'] : [],
    ...path === undefined ? [] : [`a path of one machine: ${path.trim()}`],
    ...checkFaces(output),
  ];
}

const PICTURE = /data:(?:image|video)\/|<video\b/;

/** Frames of the synthetic benchmark carry a mark (src/workbook/licence.ts); anything else that can hold a face is refused. @param {Output} output */
function checkFaces({ data = {}, metadata }) {
  const frames = metadata?.['workbook']?.frames;
  if (frames === 'synthetic') return [];
  if (frames !== undefined) return [`frames of a licensed set (marked ${frames}): they must not be committed; run it with embedFrames=false`];
  const figure = data[PLOTLY];
  const isPicture = Object.entries(data).some(([type, value]) => (/^(?:image|video)\//.test(type) ? !(figure && type === 'image/png') : PICTURE.test(typeof value === 'string' || Array.isArray(value) ? joined(value) : JSON.stringify(value))));
  const hasPixels = figure?.data?.some((/** @type {{ type?: string }} */ trace) => trace.type === 'image');
  return isPicture || hasPixels ? ['a picture that is not marked as frames of the synthetic benchmark; show it by strip() or figure(..., { frames })'] : [];
}

/** @param {string} root */
function publishedNumbers(root) {
  const folder = join(root, 'src', 'experiments');
  return decimals(readdirSync(folder).filter((name) => /^published.*\.ts$/.test(name)).map((name) => readFileSync(join(folder, name), 'utf8')).join('\n'));
}

/** 0.1 and the like are settings, 2208.10335 is an article, 1.2.3 a version. @param {string} text */
const decimals = (text) => new Set([...text.matchAll(/(?<![\w.])(?!0\.\d(?!\d))\d{1,3}\.\d+(?![\w.]*\.\d)/g)].map(([number]) => number));

/**
 * A decimal in a text cell is a published number, or an output of this notebook shows it.
 * @param {Notebook} notebook
 * @param {Set<string>} published
 */
function checkProse(notebook, published) {
  const texts = codeCellsOf(notebook).flatMap((cell) => [sourceOf(cell), ...(cell.outputs ?? []).flatMap(textsOf)]);
  const known = new Set([...published, ...decimals(texts.join('\n'))]);
  return notebook.cells.flatMap((cell, i) => {
    if (cell.cell_type !== 'markdown') return [];
    const prose = sourceOf(cell).replace(/```[\s\S]*?```|`[^`]*`|\$\$[\s\S]*?\$\$|\$[^$\n]*\$|\]\([^)]*\)|https?:\S+/g, ' ');
    const unknown = [...decimals(prose)].filter((number) => !known.has(number));
    return unknown.length > 0 ? [`, cell ${i + 1}: ${unknown.join(', ')} in the text, which no output shows and published*.ts does not hold; write it by note()`] : [];
  });
}

/** @param {Output} output */
const textsOf = ({ text, data = {} }) => [joined(text), ...Object.entries(data).filter(([type]) => type.startsWith('text/')).map(([, value]) => joined(value))];
