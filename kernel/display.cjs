// @ts-check
'use strict';
// What notebooks and src/workbook may use: `globalThis.notebook`, undefined outside of the kernel.

const { inspect } = require('node:util');

/** Deno's convention, which this kernel shares: a value that knows how to show itself returns a MIME bundle. */
const SHOW = Symbol.for('Jupyter.display');

/** @param {import('./session.cjs').Session} session */
function offerHost(session) {
  /** @type {any} */ (globalThis).notebook = {
    /** Aborted when the user interrupts the cell that asks. */
    get signal() { return session.cell?.controller.signal; },
    /** False where the cell runs headless. */
    get isAttended() { return session.cell?.isAttended !== false; },
    /** Shows one MIME bundle; the same id again, in the same run of a cell, replaces it in place. */
    display(/** @type {object} */ data, /** @type {string | undefined} */ id, metadata = {}) {
      const { cell } = session;
      if (!cell) return;
      const isUpdate = id !== undefined && cell.shown.has(id);
      cell.send(isUpdate ? 'update_display_data' : 'display_data', { data, metadata, transient: id === undefined ? {} : { display_id: id } });
      if (id !== undefined) cell.shown.add(id);
    },
    /** The cell that asks does not end before this has. */
    defer(/** @type {Promise<unknown>} */ work) { session.cell?.deferred.push(work); },
    /** Clears the output of the cell, at once or when the next output comes. */
    clear(wait = true) { session.cell?.send('clear_output', { wait }); },
  };
}

/**
 * The value of a cell's last expression.
 * @param {import('./session.cjs').Session} session
 */
const resultOf = (session) => (/** @type {unknown} */ value) => {
  const { cell } = session;
  if (!cell) return;
  const show = /** @type {any} */ (value)?.[SHOW];
  const data = typeof show === 'function' ? show.call(value) : { 'text/plain': inspect(value, { depth: 4, breakLength: 100 }) };
  cell.send('execute_result', { data, metadata: {}, execution_count: cell.count });
};

module.exports = { offerHost, resultOf };
