// @ts-check
// Whether a notebook, executed again, still says what is committed. A number that differs from its run folder's shows
// here: the cells compute it from there. Pictures are not compared, nor what a training or a clock decides (`varies`).

import { PLOTLY, codeCellsOf, joined } from './list.mjs';

/** @typedef {import('./list.mjs').Notebook} Notebook @typedef {import('./list.mjs').Output} Output */

/** Relative; figures hold the numbers unrounded. */
const TOLERANCE = 1e-6;

/** Other differences usually follow from the first few. */
const MOST = 5;

/**
 * @param {string} file for messages
 * @param {Notebook} committed
 * @param {Notebook} executed
 * @returns {string[]} one line a difference
 */
export function compareNotebooks(file, committed, executed) {
  const now = codeCellsOf(executed);
  const lines = codeCellsOf(committed).flatMap((cell, i) => {
    if (varies(cell.metadata['tags'])) return [];
    const difference = compareOutputs(shown(cell.outputs), shown(now[i]?.outputs));
    return difference === undefined ? [] : [`${file}, code cell ${i + 1}: ${difference}`];
  });
  return lines.length > MOST ? [...lines.slice(0, MOST), `${file}: ${lines.length - MOST} more cells differ`] : lines;
}

/** @param {unknown} tags */
const varies = (tags) => Array.isArray(tags) && tags.includes('varies');

/** @typedef {Record<string, unknown>} Shown  by MIME type, or 'stdout' */

/**
 * What is compared of a cell's outputs: texts and figures. The same stream in a row is one.
 * @param {Output[]} [outputs]
 */
function shown(outputs = []) {
  /** @type {Shown[]} */
  const all = [];
  for (const { output_type, name, text, data = {}, metadata } of outputs) {
    const last = all.at(-1);
    if (output_type === 'stream') {
      if (name !== 'stdout') continue;
      if (last && 'stdout' in last) last['stdout'] += joined(text);
      else all.push({ stdout: joined(text) });
    } else if (metadata?.['workbook']?.varies !== true) {
      all.push(Object.fromEntries(Object.entries(data).filter(([type]) => type === PLOTLY || type.startsWith('text/')).map(([type, value]) => [type, type === PLOTLY ? value : joined(value)])));
    }
  }
  return all;
}

/**
 * @param {Shown[]} before
 * @param {Shown[]} after
 */
function compareOutputs(before, after) {
  for (const [i, committed] of before.entries()) {
    for (const [type, value] of Object.entries(committed).sort(([a], [b]) => Number(b === 'text/plain') - Number(a === 'text/plain'))) {   // the most readable first
      const now = after[i]?.[type];
      const difference = typeof value === 'string' ? compareTexts(value, now) : compareValues(value, now, 'figure');
      if (difference !== undefined) return difference;
    }
  }
  return before.length === after.length ? undefined : `${before.length} outputs committed, ${after.length} now`;
}

/**
 * @param {string} before
 * @param {unknown} after
 */
function compareTexts(before, after) {
  if (before === after) return undefined;
  const [a, b] = [before, joined(after)].map((text) => text.replace(/<[^>]*>/g, ' ').split('\n'));
  const at = a?.findIndex((line, i) => line !== b?.[i]) ?? 0;
  return at < 0 ? 'the text is longer now' : `committed "${excerpt(a?.[at])}", now "${excerpt(b?.[at])}"`;
}

/** @param {string} [line] */
const excerpt = (line = '') => (line.trim().length > 160 ? `${line.trim().slice(0, 160)}…` : line.trim());

/**
 * @param {unknown} before
 * @param {unknown} after
 * @param {string} path
 * @returns {string | undefined}
 */
function compareValues(before, after, path) {
  if (typeof before === 'number' && typeof after === 'number') {
    return Math.abs(before - after) <= TOLERANCE * Math.max(1e-3, Math.abs(before), Math.abs(after)) ? undefined : `${path}: committed ${before}, now ${after}`;
  }
  if (typeof before !== 'object' || before === null || typeof after !== 'object' || after === null) {
    return before === after ? undefined : `${path}: committed ${excerpt(JSON.stringify(before))}, now ${excerpt(JSON.stringify(after))}`;
  }
  const [a, b] = [/** @type {Shown} */ (before), /** @type {Shown} */ (after)];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const difference = compareValues(a[key], b[key], Array.isArray(before) ? `${path}[${key}]` : `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
