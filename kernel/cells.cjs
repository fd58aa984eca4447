// @ts-check
'use strict';
// Runs cells: paths relative to the notebook, fresh modules before each, errors collected, promises that nobody
// awaited charged to the cell that made them.

const { join, relative, resolve, sep } = require('node:path');
const { inspect } = require('node:util');
const vm = require('node:vm');
const { trackImports } = require('./bindings.cjs');
const { isInterrupt, runInterruptible } = require('./interrupt.cjs');
const { columnOf, writeOut } = require('./shorthand.cjs');

/**
 * A notebook's '../src/x.ts' as the compiler, which sits in the repository's root, must see it. Columns stay the same.
 * @param {import('./session.cjs').Session} session
 */
const relocate = ({ root, notebookDir }) => (/** @type {string} */ source) =>
  source.replace(/(\bfrom\s*|\bimport\s*\(?\s*)(['"])(\.\.?\/[^'"\n]*)\2/g, (all, head, quote, name) => {
    const file = resolve(notebookDir, name);
    if (!file.startsWith(root + sep)) return all;
    return `${head}${quote}./${relative(root, file).replaceAll(sep, '/')}${quote}`.padEnd(all.length);
  });

/**
 * The other way round, for messages: paths as the notebook writes them.
 * @param {import('./session.cjs').Session} session
 */
const asWritten = ({ root, notebookDir }) => (/** @type {string} */ message) =>
  message.replace(/(['"])\.\/([^'"\n]+)\1/g, (_, quote, name) => {
    const path = relative(notebookDir, join(root, name)).replaceAll(sep, '/');
    return `${quote}${path.startsWith('.') ? '' : './'}${path}${quote}`;
  });

/**
 * Wraps tslab's converter (compiles cells). It forgets what a cell declared that then failed or was interrupted: kept here.
 * @param {any} converterModule
 * @param {{ ts: any, poll: () => void }} compiler
 * @param {import('./session.cjs').Session} session
 */
function wrapConverter(converterModule, compiler, session) {
  const [relocated, written] = [relocate(session), asWritten(session)];
  const create = converterModule.createConverter;
  converterModule.createConverter = (/** @type {unknown} */ options) => {
    const converter = create(options);
    let declared = '';
    return {
      ...converter,
      inspect: (/** @type {string} */ _, /** @type {string} */ source, /** @type {number} */ at) => converter.inspect(declared, relocated(source), at),
      complete: (/** @type {string} */ _, /** @type {string} */ source, /** @type {number} */ at) => converter.complete(declared, relocated(source), at),
      convert(/** @type {string} */ _, /** @type {string} */ source) {
        compiler.poll();
        const { text, insertions } = writeOut(compiler.ts, relocated(source));
        const result = converter.convert(declared, text);
        declared = result.declOutput ?? declared;
        for (const diagnostic of result.diagnostics) {
          diagnostic.messageText = written(diagnostic.messageText);
          const { start } = diagnostic;
          if (!diagnostic.fileName) start.character = columnOf(insertions, start.line, start.character);
        }
        // every cell runs as an async function: tslab overlooks `await (...)`, `await [...]` and `for await`
        return { ...result, sideOutputs: undefined, hasToplevelAwait: true };
      },
    };
  };
}

/**
 * Wraps tslab's executor.
 * @param {any} executorModule
 * @param {{ session: import('./session.cjs').Session, modules: import('./modules.cjs').LocalModules, reporter: import('./errors.cjs').Reporter,
 *           compiler: any, showResult: (value: unknown) => void, onCreate: (executor: any) => void }} parts
 */
function wrapExecutor(executorModule, { session, modules, reporter, compiler, showResult, onCreate }) {
  const runInThisContext = vm.runInThisContext;
  vm.runInThisContext = (code, options) => {
    const { current } = session;
    if (!current) return runInThisContext(code, options);
    reporter.remember(current.count, current.source, compiler.takeCellMap());
    const script = new vm.Script(code, { filename: `cell ${current.count}` });
    return afterSignals(current, () => runInterruptible(script));
  };
  const create = executorModule.createExecutor;
  executorModule.createExecutor = (/** @type {string} */ root, /** @type {unknown} */ converters) => {
    /** @type {unknown[][]} */
    const logged = [];
    const executor = create(root, converters, { log: showResult, error: (/** @type {unknown[]} */ ...args) => { logged.push(args); } });
    const imports = trackImports(executor.locals);
    // what every cell gets as its `exports` and `require`
    Object.assign(/** @type {any} */ (globalThis)['__tslab__'], { exports: imports.proxy, require: modules.requireFor(join(root, 'cell.js')) });

    const run = executor.execute;
    executor.execute = async (/** @type {string} */ source) => {
      logged.length = 0;
      const before = countPending();
      if (session.current) reporter.remember(session.current.count, source, undefined);
      const isOk = await attempt(async () => {
        if (modules.refresh()) imports.readAgain();
        return await run(source);
      }, logged);
      if (session.current) await settled(session.current, before);
      await new Promise(setImmediate);                    // a rejection that nobody handles shows itself now
      for (const reason of session.current?.rejections.splice(0) ?? []) logged.push([reason]);
      return isOk && logged.length === 0;
    };
    executor.failure = () => reporter.report(session.current?.count ?? 0, logged);
    onCreate(executor);
    return executor;
  };
}

/**
 * Lets in an interrupt that came while the cell was compiled; in a synchronous loop it would not be heard any more.
 * The second turn is there because the first may follow without a look at signals.
 * @param {import('./session.cjs').Cell} cell
 * @param {() => unknown} run
 */
async function afterSignals(cell, run) {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  cell.controller.signal.throwIfAborted();
  return run();
}

/** Milliseconds for what a headless cell has left running. */
const REST = 2000;

/**
 * Until all that the cell deferred is done. Headless, also until what it started without awaiting has ended: its error
 * belongs to this cell, and after the last cell nobody would hear of it. The user may interrupt both.
 * @param {import('./session.cjs').Cell} cell
 * @param {number} before pending timers and reads when the cell began
 */
async function settled({ deferred, isAttended, controller: { signal } }, before) {
  const stopped = new Promise((resolve) => { signal.addEventListener('abort', resolve, { once: true }); });
  const end = performance.now() + REST;
  for (;;) {
    if (signal.aborted) return;
    if (deferred.length > 0) await Promise.race([Promise.allSettled(deferred.splice(0)), stopped]);
    else if (!isAttended && countPending() > before && performance.now() < end) await new Promise((resolve) => { setTimeout(resolve, 10); });
    else return;
  }
}

/** Timers and file reads that are under way. */
const countPending = () => process.getActiveResourcesInfo().filter((name) => /^(?:Timeout|Immediate|FSReq)/.test(name)).length;

/**
 * @param {() => Promise<boolean>} run
 * @param {unknown[][]} logged
 */
async function attempt(run, logged) {
  try {
    return await run();
  } catch (error) {                                       // an edited module that no longer loads
    logged.push([error]);
    return false;
  }
}

/**
 * A promise that is rejected while its cell runs fails that cell. One that is rejected later is shown under its cell,
 * and fails the one that runs now or next: headless runs must not end well.
 * @param {import('./session.cjs').Session} session
 * @param {import('./errors.cjs').Reporter} reporter
 */
function catchRejections(session, reporter) {
  for (const event of /** @type {const} */ (['unhandledRejection', 'uncaughtException'])) {
    process.removeAllListeners(event);
    process.on(event, (/** @type {unknown} */ reason) => {
      if (session.isClosed || isInterrupt(reason)) return;
      const error = reason instanceof Error ? reason : new Error(inspect(reason));
      const origin = session.cell;
      if (origin && origin.ended) {
        origin.send('error', reporter.report(origin.count, [[error]]));
        const late = new Error(`a promise that cell ${origin.count} did not await was rejected: ${error.message}`, { cause: error });
        session.blame(Object.assign(late, { stack: `${late.name}: ${late.message}` }));
      } else origin?.rejections.push(error);
    });
  }
}

module.exports = { catchRejections, wrapConverter, wrapExecutor };
