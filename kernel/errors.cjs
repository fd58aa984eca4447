// @ts-check
'use strict';
// What a failing cell shows: name and message, the line of the cell, and a stack of the notebook's and the project's
// own frames at their TypeScript positions.

const { relative } = require('node:path');
const { format, inspect } = require('node:util');
const { isInterrupt } = require('./interrupt.cjs');

const LIMIT = 8000;

class Reporter {
  /** @type {Map<number, { source: string, lineOf?: (line: number, column?: number) => number }>} */
  #cells = new Map();

  /**
   * @param {string} root
   * @param {Map<string, import('node:module').SourceMap>} maps of local modules
   */
  constructor(root, maps) {
    this.root = root;
    this.maps = maps;
  }

  /**
   * @param {number} count
   * @param {string} source
   * @param {((line: number, column?: number) => number) | undefined} lineOf compiled line to line of the cell
   */
  remember(count, source, lineOf) { this.#cells.set(count, { source, ...(lineOf && { lineOf }) }); }

  /**
   * @param {number} count of the failing cell
   * @param {unknown[][]} logged what tslab printed: arguments of console.error
   * @returns {{ ename: string, evalue: string, traceback: string[] }}
   */
  report(count, logged) {
    const errors = logged.map(([first, ...rest]) => typeof first === 'string' ? this.#diagnostic(count, first, rest) : this.#thrown(first));
    const [first] = errors;
    const traceback = errors.map(({ text }) => text).join('\n').slice(0, LIMIT).split('\n');
    return { ename: first?.name ?? 'Error', evalue: first?.message ?? '', traceback };
  }

  /** tslab's format: '%s%d:%d - %s' with file, line, column, message. @param {number} count @param {string} pattern @param {unknown[]} values */
  #diagnostic(count, pattern, values) {
    const [file, line, column, message] = values.map(String);
    if (pattern !== '%s%d:%d - %s') return { name: 'Error', message: format(pattern, ...values), text: format(pattern, ...values) };
    const where = file ? `${file.trim()}:${line}:${column}` : `cell ${count}, line ${line}, column ${column}`;
    const excerpt = file ? '' : this.#excerpt(count, Number(line), Number(column));
    return { name: 'TypeScriptError', message: `${where}: ${message}`, text: `TypeScriptError: ${where}: ${message}${excerpt}` };
  }

  /** @param {unknown} error */
  #thrown(error) {
    if (isInterrupt(error)) return { name: 'Interrupted', message: 'interrupted by the user', text: 'Interrupted: interrupted by the user' };
    if (!(error instanceof Error) || !error.stack) {
      const text = `thrown: ${inspect(error)}`;
      return { name: 'Error', message: text, text };
    }
    const frames = error.stack.split('\n')
      .filter((line) => /^\s+at /.test(line) && !/[\\/]node_modules[\\/]tslab[\\/]|[\\/]kernel[\\/]\w+\.cjs|node:/.test(line))
      .map((line) => this.#place(line));
    const [, cell, line] = frames.map((frame) => /\(?cell (\d+), line (\d+)\)?$/.exec(frame)).find((found) => found !== null) ?? [];
    const excerpt = cell ? this.#excerpt(Number(cell), Number(line)) : '';
    const name = error.name === 'Error' ? error.constructor.name : error.name;   // class Wrong extends Error {}
    const cause = error.cause === undefined ? '' : `\n  because ${error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : inspect(error.cause)}`;
    const lines = frames.filter((frame, i) => frame !== frames[i - 1]);
    return { name, message: error.message, text: [`${name}: ${error.message}${cause}${excerpt}`, ...lines].join('\n') };
  }

  /** A stack frame at the position of its source. @param {string} frame */
  #place(frame) {
    const inCell = /(\(?)cell (\d+):(\d+):(\d+)(\)?)$/.exec(frame);
    if (inCell) {
      const [, open = '', number, row, column, close = ''] = inCell;
      const line = this.#cells.get(Number(number))?.lineOf?.(Number(row), Number(column));
      return frame.slice(0, inCell.index) + `${open}cell ${number}${line ? `, line ${line}` : ''}${close}`;
    }
    return frame.replace(/(\/[^()]+?\.ts):(\d+):(\d+)/, (all, file, row, column) => {
      const at = /** @type {any} */ (this.maps.get(file)?.findEntry(row - 1, column - 1));
      return at?.originalLine === undefined ? all : `${relative(this.root, file)}:${at.originalLine + 1}:${at.originalColumn + 1}`;
    }).replace('at Proxy.', 'at ');
  }

  /**
   * @param {number} count
   * @param {number} line from 1
   * @param {number} [column] from 1
   */
  #excerpt(count, line, column) {
    const text = this.#cells.get(count)?.source.split('\n')[line - 1];
    if (text === undefined) return '';
    const margin = `${line} | `;
    return `\n  ${margin}${text}${column ? `\n  ${' '.repeat(margin.length + column - 1)}^` : ''}`;
  }
}

module.exports = { Reporter };
