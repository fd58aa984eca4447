// @ts-check
'use strict';
// TypeScript as tslab uses it, with the project's own strictness and without the parts that the kernel does better.

const { SourceMap } = require('node:module');
const { dirname, join } = require('node:path');
const { pollFiles } = require('./freshness.cjs');
const { guardLoops } = require('./interrupt.cjs');
const supplyFork = require('./stock-typescript.cjs');

/**
 * Prepares the TypeScript that tslab will load; to be called before tslab is.
 * @param {string} root
 */
function prepareCompiler(root) {
  const tslab = dirname(require.resolve('tslab/package.json', { paths: [root] }));
  const file = require.resolve('@tslab/typescript-for-tslab', { paths: [tslab] });
  const ts = { ...require(file) };                        // its exports are getters: patch a copy
  const cached = require.cache[file];
  if (cached) cached.exports = ts;
  supplyFork(ts);
  const transpile = ts.transpileModule;
  const maps = guardCells(ts);
  const compiler = { root, ts, transpile, poll: () => {}, takeCellMap: () => maps.take() };

  const createHost = ts.createWatchCompilerHost;
  ts.createWatchCompilerHost = (/** @type {string[]} */ files, /** @type {any} */ options, /** @type {any} */ sys, /** @type {unknown[]} */ ...rest) => {
    const { poll, edited } = pollFiles(ts, sys, root);
    compiler.poll = poll;
    checkOnlyEdited(ts, edited);
    return createHost(files, optionsFor(ts, root, options), sys, ...rest);
  };
  const createProgram = ts.createWatchProgram;
  ts.createWatchProgram = (/** @type {any} */ host) => {
    const after = host.afterProgramCreate;
    host.afterProgramCreate = (/** @type {any} */ builder) => after(cellsOnly(builder, maps.keep));
    return createProgram(host);
  };
  return compiler;
}

/**
 * tslab reads no tsconfig: a cell gets the project's options, less those about unused names and about emitting.
 * @param {any} ts
 * @param {string} root
 * @param {any} options tslab's
 */
function optionsFor(ts, root, { noImplicitUseStrict: _gone, ...options }) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options: own } = ts.convertCompilerOptionsFromJson(config?.compilerOptions ?? {}, root);
  return {
    ...options, strict: true, ...own,
    module: options.module, moduleResolution: ts.ModuleResolutionKind.Bundler, allowImportingTsExtensions: true, types: ['node'],
    noEmit: false, sourceMap: true, checkJs: false, noUnusedLocals: false, noUnusedParameters: false, isolatedModules: false,
    verbatimModuleSyntax: false, erasableSyntaxOnly: false, rewriteRelativeImportExtensions: false,
    skipLibCheck: true,
  };
}

/**
 * tslab would emit every module a cell imports; the kernel has a loader of its own for them (modules.cjs).
 * @param {any} builder
 * @param {(map: string) => void} keepMap
 */
const cellsOnly = (builder, keepMap) => ({
  ...builder,
  emit(/** @type {any} */ file, /** @type {any} */ write, /** @type {unknown[]} */ ...rest) {
    if (!/__tslab__\.[jt]s$/.test(file.fileName)) return undefined;
    return builder.emit(file, (/** @type {string} */ name, /** @type {string} */ text, /** @type {unknown[]} */ ...more) => {
      if (name.endsWith('.js.map')) keepMap(text);
      write(name, text, ...more);
    }, ...rest);
  },
});

/**
 * Cells are compiled in two steps (TypeScript to modern JavaScript by tslab's program, then to CommonJS); both maps
 * are needed to say on which line of the cell an error was thrown.
 * @param {any} ts
 */
function guardCells(ts) {
  /** @type {any} a SourceMap */ let first;
  /** @type {any} */ let second;
  const transpile = ts.transpileModule;
  ts.transpileModule = (/** @type {string} */ js, /** @type {any} */ options) => {
    const { noImplicitUseStrict: _gone, ...compilerOptions } = options.compilerOptions;
    const source = js.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    const result = transpile(source, { ...options, compilerOptions: { ...compilerOptions, sourceMap: true }, transformers: { before: [guardLoops(ts)] } });
    second = new SourceMap(JSON.parse(result.sourceMapText));
    return { ...result, outputText: result.outputText.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n') };
  };
  return {
    keep: (/** @type {string} */ map) => { first = new SourceMap(JSON.parse(map)); },
    /** @returns {((line: number, column: number) => number) | undefined} line of the cell for one of its compiled text, both from 1 */
    take() {
      const [outer, inner] = [first, second];
      return outer && inner && ((line, column = 1) => {
        const middle = inner.findEntry(line - 1, column - 1);
        const origin = middle.originalLine === undefined ? middle : outer.findEntry(middle.originalLine, middle.originalColumn);
        return origin.originalLine ?? 0;                  // tslab puts one line before the cell, so this counts from 1
      });
    },
  };
}

/**
 * `npm run check` has checked the modules; checking all of them again for every cell that imports one takes seconds.
 * Those edited since the kernel started are checked.
 * @param {any} ts
 * @param {Set<string>} edited
 */
function checkOnlyEdited(ts, edited) {
  const diagnose = ts.getPreEmitDiagnosticsOfFiles;
  ts.getPreEmitDiagnosticsOfFiles = (/** @type {any} */ program, /** @type {any[]} */ [cell, ...modules], /** @type {unknown[]} */ ...rest) =>
    diagnose(program, [cell, ...modules.filter((file) => edited.has(file.fileName))], ...rest);
}

module.exports = { prepareCompiler };
