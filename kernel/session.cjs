// @ts-check
'use strict';
// What the parts of the kernel share: the project's folders and the cell that runs.
// Every cell has an async context of its own, so that what it started and left running (a timer, a floating promise,
// a loop in the background) still belongs to it when it speaks up later.

const { AsyncLocalStorage } = require('node:async_hooks');
const { join, resolve } = require('node:path');

/**
 * @typedef {object} Cell
 * @property {number} count                      the number in the cell's prompt
 * @property {string} source
 * @property {(type: string, content: object) => void} send  publishes a message under this cell
 * @property {AbortController} controller        aborted when the user interrupts the cell
 * @property {Set<string>} shown                 ids of displays made by this run of the cell
 * @property {unknown[]} rejections              of promises nobody awaited
 * @property {Promise<unknown>[]} deferred       what the cell waits for before it ends
 * @property {boolean} isAttended                somebody looks on: false for nbconvert, nbclient and papermill
 * @property {boolean} ended
 */

class Session {
  /** @type {Cell | undefined} */
  current;
  /** The client has said goodbye: nothing can be sent any more. */
  isClosed = false;
  /** Errors that the next cell must report: they came up between cells. @type {unknown[]} */
  blamed = [];
  /** @type {AsyncLocalStorage<Cell>} */
  #context = new AsyncLocalStorage();

  constructor() {
    this.root = resolve(join(__dirname, '..'));
    /** Jupyter and VS Code start a kernel in the notebook's folder: imports are relative to it. */
    this.notebookDir = process.cwd();
  }

  /** The cell whose code is calling, else the one that ran last. */
  get cell() { return this.#context.getStore() ?? this.current; }

  /**
   * @template T
   * @param {Cell} cell
   * @param {() => T} run
   */
  inCell(cell, run) {
    this.current = cell;
    return this.#context.run(cell, run);
  }

  /** Charges an error to the cell that runs now or next. @param {unknown} error */
  blame(error) { (this.busy && this.current ? this.current.rejections : this.blamed).push(error); }

  /** True while the current cell runs. */
  get busy() { return this.current !== undefined && !this.current.ended; }
}

/**
 * @param {Pick<Cell, 'count' | 'source' | 'send' | 'isAttended'>} request
 * @returns {Cell}
 */
const newCell = (request) => ({ ...request, controller: new AbortController(), shown: new Set(), rejections: [], deferred: [], ended: false });

module.exports = { Session, newCell };
