// @ts-check
'use strict';
// Interrupt as in Python: the loop stops, `finally` blocks run, the kernel and its variables stay.
// JavaScript cannot be stopped from outside while it waits, so a guard is compiled into every loop that contains
// `await`, in cells and in local modules: it lets output out and the signal in at most every 50 ms, and throws when
// the cell was interrupted. Synchronous loops of a cell are ended by node:vm (breakOnSigint).

/** @typedef {import('./session.cjs').Session} Session */

const TURN = 50;
/** How long an interrupted cell may take to end by itself (finish a training step, save a checkpoint); a second interrupt ends it. */
const PATIENCE = 10_000;

class Interrupted extends Error {
  name = 'Interrupted';
  constructor() { super('interrupted'); }
}

/** @param {any} ts */
const guardLoops = (ts) => (/** @type {any} */ context) => {
  const { factory } = context;
  const call = (/** @type {string} */ name) => factory.createCallExpression(factory.createIdentifier(name), undefined, []);
  /** @type {(node: any) => boolean} */
  const awaits = (node) => ts.isAwaitExpression(node) || Boolean(node.awaitModifier)
    || (!ts.isFunctionLike(node) && Boolean(ts.forEachChild(node, (/** @type {any} */ child) => awaits(child) || undefined)));
  /** Its own `continue`s go to the body's end, where the turn is. @type {(node: any, end: any) => any} */
  const toEnd = (node, end) => {
    if (ts.isContinueStatement(node) && !node.label) return factory.createBreakStatement(end);
    return ts.isFunctionLike(node) || ts.isIterationStatement(node, false) ? node : ts.visitEachChild(node, (/** @type {any} */ child) => toEnd(child, end), context);
  };
  /** @type {(node: any) => any} */
  const visit = (node) => {
    const result = ts.visitEachChild(node, visit, context);
    if (ts.isIterationStatement(result, false) && awaits(result)) {
      const turn = factory.createExpressionStatement(factory.createAwaitExpression(call('__kernelTurn')));
      const guard = factory.createIfStatement(call('__kernelTurnDue'), turn), end = factory.createUniqueName('body');
      // after the body: between a loop's condition and its body no other code may run (`while (next < length) take(next++)`)
      result.statement = factory.createBlock([factory.createLabeledStatement(end, toEnd(result.statement, end)), guard], true);
    }
    return result;
  };
  return (/** @type {any} */ file) => ts.visitNode(file, visit);
};

/**
 * The two functions that guarded loops call.
 * @param {Session} session
 */
function installGuard(session) {
  let last = performance.now();
  Object.assign(globalThis, {
    __kernelTurnDue: () => performance.now() - last > TURN || session.cell?.controller.signal.aborted === true,
    __kernelTurn: async () => {
      await new Promise(setImmediate);
      last = performance.now();
      session.cell?.controller.signal.throwIfAborted();
    },
  });
}

/**
 * @param {Session} session
 * @param {() => void} giveUp returns the prompt without the cell having ended
 */
function installSignal(session, giveUp) {
  process.removeAllListeners('SIGINT');
  process.on('SIGINT', () => {
    const cell = session.current;
    const wait = cell?.controller.signal.aborted ? 0 : PATIENCE;
    cell?.controller.abort(new Interrupted());
    setTimeout(() => {
      if (!session.busy || session.current !== cell) return;
      process.stderr.write('Nothing in this cell has looked at the interrupt yet: its work goes on until it does, restart the kernel to end it.\n');
      giveUp();
    }, wait);
  });
}

// node:vm, asked to end a script on SIGINT, first takes the listeners away, and with them the process's own handler: a
// signal in that moment ends the kernel. It leaves them alone when it believes that there are none.
const { listenerCount } = process;
process.listenerCount = (event, ...rest) => (event === 'SIGINT' ? 0 : listenerCount.call(process, event, ...rest));

/**
 * Runs a script whose synchronous part SIGINT ends.
 * @param {import('node:vm').Script} script
 */
function runInterruptible(script) {
  try {
    return script.runInThisContext({ breakOnSigint: true });
  } finally {
    // node:vm leaves "end the process" behind; listeners that are added anew take the signal back
    const listeners = process.rawListeners('SIGINT');
    process.removeAllListeners('SIGINT');
    for (const listener of listeners) process.on('SIGINT', /** @type {NodeJS.SignalsListener} */ (listener));
  }
}

/** @param {unknown} error */
const isInterrupt = (error) => error instanceof Error
  && (error.name === 'Interrupted' || /** @type {any} */ (error).code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' || error.message === 'Interrupted asynchronously');

module.exports = { guardLoops, installGuard, installSignal, isInterrupt, runInterruptible };
