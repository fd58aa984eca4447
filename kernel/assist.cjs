// @ts-check
'use strict';
// Tab and Shift-Tab: tslab's completion and inspection, plus relative paths, what a module exports, the function around
// the cursor, and an answer in every case (without one the front end waits).

const { readdirSync } = require('node:fs');
const { basename, resolve } = require('node:path');

/** @typedef {{ code: string, cursor_pos: number }} Request */

/**
 * @param {any} jupyter tslab's module
 * @param {import('./session.cjs').Session} session
 */
function mendAssistance(jupyter, session) {
  const handler = jupyter.JupyterHandlerImpl.prototype;
  const { handleInspect, handleComplete } = handler;

  handler.handleInspect = function (/** @type {Request} */ request) {
    try {
      return inspectAround(request, (at) => handleInspect.call(this, at));
    } catch {
      return { status: 'ok', found: false, data: {}, metadata: {} };
    }
  };
  handler.handleComplete = function (/** @type {Request} */ request) {
    try {
      const complete = (/** @type {Request} */ at) => handleComplete.call(this, at);
      return completePath(request, session.notebookDir) ?? completeImport(request, complete) ?? complete(request);
    } catch {
      return matches(request, request.cursor_pos, []);
    }
  };
}

/**
 * In an argument list the function is what is asked for.
 * @param {Request} request
 * @param {(request: Request) => any} inspect
 */
function inspectAround(request, inspect) {
  const answer = inspect(request);
  if (answer.found) return answer;
  let depth = 0;
  for (let at = request.cursor_pos - 1; at > 0; at--) {
    const character = request.code[at];
    if (character === ')') depth++;
    if (character === '(' && depth-- === 0) return inspect({ ...request, cursor_pos: at });
  }
  return answer;
}

/**
 * @param {Request} request
 * @param {string} folder of the notebook
 */
function completePath(request, folder) {
  const typed = /['"](\.\.?\/[^'"\n]*)$/.exec(request.code.slice(0, request.cursor_pos))?.[1];
  if (typed === undefined) return undefined;
  const start = typed.slice(typed.lastIndexOf('/') + 1);
  const names = readdirSync(resolve(folder, typed.slice(0, typed.length - start.length)), { withFileTypes: true })
    .map((entry) => entry.name + (entry.isDirectory() ? '/' : ''))
    .filter((name) => name.startsWith(start) && !basename(name).startsWith('.'));
  return matches(request, request.cursor_pos - start.length, names);
}

/**
 * Within the braces of `import { here } from 'module'`: what the module exports.
 * @param {Request} request
 * @param {(request: Request) => { matches: string[] }} complete
 */
function completeImport(request, complete) {
  const { code, cursor_pos: at } = request;
  const typed = /\bimport\s+(?:type\s+)?\{[^{}]*?([\w$]*)$/.exec(code.slice(0, at))?.[1];
  const module = /^[^{}]*\}\s*from\s*(['"][^'"\n]+['"])/.exec(code.slice(at))?.[1];
  if (typed === undefined || module === undefined) return undefined;
  const names = ['', 'let kind: '].flatMap((place) => {    // values, then types
    const asked = `import * as exported from ${module};\n${place}exported.${typed}`;
    return complete({ ...request, code: asked, cursor_pos: asked.length }).matches;
  });
  return matches(request, at - typed.length, [...new Set(names)].sort());
}

/**
 * @param {Request} request
 * @param {number} start
 * @param {string[]} names
 */
const matches = (request, start, names) => ({ status: 'ok', matches: names, cursor_start: start, cursor_end: request.cursor_pos, metadata: {} });

module.exports = { mendAssistance };
