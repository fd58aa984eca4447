#!/usr/bin/env node
// @ts-check
'use strict';
// The workbook's Jupyter kernel: tslab 1.0.22 (unmaintained, pinned) with its gaps closed from outside; tslab itself
// is not modified. Started by Jupyter with --config-path CONNECTION_FILE, in the notebook's folder.

const { join } = require('node:path');
const { catchRejections, wrapConverter, wrapExecutor } = require('./cells.cjs');
const { mendAssistance } = require('./assist.cjs');
const { prepareCompiler } = require('./compiler.cjs');
const { offerHost, resultOf } = require('./display.cjs');
const { Reporter } = require('./errors.cjs');
const { installGuard, installSignal } = require('./interrupt.cjs');
const { LocalModules } = require('./modules.cjs');
const { mendProtocol } = require('./protocol.cjs');
const { Session } = require('./session.cjs');

const session = new Session();
process.chdir(session.root);                              // TypeScript remembers the folder in which it is loaded
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '3';              // else TensorFlow's log appears as a cell's output
quietWarnings();

const tslab = (/** @type {string} */ name) => require(join(session.root, 'node_modules', 'tslab', 'dist', name));
const compiler = prepareCompiler(session.root);
const modules = new LocalModules(compiler);
const reporter = new Reporter(session.root, modules.maps);
/** @type {any} */
let executor;

wrapConverter(tslab('converter.js'), compiler, session);
wrapExecutor(tslab('executor.js'), { session, modules, reporter, compiler, showResult: resultOf(session), onCreate: (created) => { executor = created; } });
mendProtocol(tslab('jupyter.js'), { session, version: compiler.ts.version, failure: () => executor.failure() });
mendAssistance(tslab('jupyter.js'), session);
installGuard(session);
offerHost(session);

const configPath = process.argv[process.argv.indexOf('--config-path') + 1];
tslab('main.js').startKernel({ configPath, enableFindLocal: false, jsKernel: false, globalVersion: '' });
process.chdir(session.notebookDir);                       // '../runs' is for cells what '../src' is for their imports
// after tslab has installed its own
catchRejections(session, reporter);
installSignal(session, () => executor.interrupt());
leaveWithParent();

/** Notes for a package's authors, not for a reader: require() of an ES module, deprecations inside dependencies. */
function quietWarnings() {
  const emit = process.emitWarning;
  process.emitWarning = (/** @type {any} */ warning, /** @type {any[]} */ ...rest) => {
    const kind = typeof rest[0] === 'object' ? rest[0]?.type : rest[0];
    if (kind !== 'ExperimentalWarning' && kind !== 'DeprecationWarning') emit.call(process, warning, ...rest);
  };
  const { warn } = console;
  console.warn = (...args) => { if (!String(args[0]).startsWith('unknown msg_type')) warn(...args); };
}

/** No orphan when the Jupyter server is killed. */
function leaveWithParent() {
  const parent = process.ppid;
  setInterval(() => { if (process.ppid !== parent) process.exit(1); }, 2000).unref();
}
