// @ts-check
'use strict';
// Loads the project's own TypeScript modules for cells. An edited module and those that import it are loaded again
// before the next cell; all others, and every package, keep their state (a native engine is opened once).
// They are compiled to CommonJS, so an ES package comes through require(), which Node >= 20.19 allows.

const { existsSync, readFileSync } = require('node:fs');
const { SourceMap, createRequire } = require('node:module');
const { dirname, relative, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');
const vm = require('node:vm');
const { stampOf } = require('./freshness.cjs');
const { guardLoops } = require('./interrupt.cjs');

/** @typedef {{ exports: Record<string, unknown>, imports: Set<string>, stamp: string }} Loaded */
/** @typedef {{ root: string, ts: any, transpile: (source: string, options: object) => any }} Compiler */

class LocalModules {
  /** @type {Map<string, Loaded>} */ #loaded = new Map();
  /** @type {Map<string, SourceMap>} */ maps = new Map();
  /** @type {Map<string, object>} */ #live = new Map();

  /** @param {Compiler} compiler */
  constructor(compiler) { this.compiler = compiler; }

  /**
   * `require` for the code in a file. A cell gets namespaces that always show the newest load of a module, so that its
   * functions use an edited module too.
   * @param {string} file
   * @param {Set<string>} [imports] collects the local modules that are asked for
   */
  requireFor(file, imports) {
    const packages = createRequire(file);
    const local = (/** @type {string} */ name) => {
      const found = localFile(dirname(file), name);
      if (found === undefined) return packages(name);
      if (imports === undefined) return this.#liveNamespace(found);
      imports.add(found);
      return this.#load(found);
    };
    return Object.assign(local, { resolve: packages.resolve, cache: packages.cache });
  }

  /** Forgets what was edited since it was loaded, and its importers. @returns whether there was anything */
  refresh() {
    const stale = [...this.#loaded].filter(([file, { stamp }]) => stampOf(file) !== stamp).map(([file]) => file);
    for (const file of stale) {                           // grows while it is walked
      for (const [importer, { imports }] of this.#loaded) if (imports.has(file) && !stale.includes(importer)) stale.push(importer);
    }
    for (const file of stale) this.#loaded.delete(file);
    return stale.length > 0;
  }

  /** @param {string} file */
  #load(file) {
    const known = this.#loaded.get(file);
    if (known) return known.exports;
    const loaded = { exports: {}, imports: new Set(), stamp: stampOf(file) };
    this.#loaded.set(file, loaded);                       // before it runs: modules may import each other
    try {
      this.#run(file, loaded);
    } catch (error) {
      this.#loaded.delete(file);
      throw error;
    }
    return loaded.exports;
  }

  /**
   * @param {string} file
   * @param {Loaded} loaded
   */
  #run(file, loaded) {
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname', '__importMeta'];
    const run = vm.compileFunction(this.#compile(file), parameters, { filename: file });
    const meta = { url: pathToFileURL(file).href, filename: file, dirname: dirname(file) };
    run(loaded.exports, this.requireFor(file, loaded.imports), loaded, file, meta.dirname, meta);
  }

  /** @param {string} file */
  #compile(file) {
    const { root, ts, transpile } = this.compiler;
    const { outputText, sourceMapText, diagnostics } = transpile(readFileSync(file, 'utf8'), {
      fileName: file, reportDiagnostics: true,
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true, sourceMap: true },
      transformers: { before: [guardLoops(ts), replaceImportMeta(ts)] },
    });
    const [fault] = diagnostics ?? [];
    if (fault?.file) {
      const { line } = fault.file.getLineAndCharacterOfPosition(fault.start);
      throw new SyntaxError(`${relative(root, file)}:${line + 1}: ${ts.flattenDiagnosticMessageText(fault.messageText, ' ')}`);
    }
    this.maps.set(file, new SourceMap(JSON.parse(sourceMapText)));
    return outputText;
  }

  /** @param {string} file */
  #liveNamespace(file) {
    this.#load(file);
    const known = this.#live.get(file);
    if (known) return known;
    const now = () => this.#load(file);
    const namespace = new Proxy({}, {
      get: (_, name) => Reflect.get(now(), name),
      has: (_, name) => Reflect.has(now(), name),
      ownKeys: () => Reflect.ownKeys(now()),
      getOwnPropertyDescriptor: (_, name) => Reflect.has(now(), name) ? { value: Reflect.get(now(), name), enumerable: true, configurable: true } : undefined,
    });
    this.#live.set(file, namespace);
    return namespace;
  }
}

/**
 * The TypeScript source that a relative import names, or undefined for anything else (a package, JSON, JavaScript).
 * @param {string} folder
 * @param {string} name
 */
function localFile(folder, name) {
  if (!/^\.{1,2}\//.test(name)) return undefined;
  const file = resolve(folder, name);
  if (file.endsWith('.ts')) return file;
  const source = file.replace(/\.js$/, '.ts');
  return file.endsWith('.js') && !existsSync(file) && existsSync(source) ? source : undefined;
}

/** CommonJS has no `import.meta`: the module gets one as an argument. @param {any} ts */
const replaceImportMeta = (ts) => (/** @type {any} */ context) => {
  /** @type {(node: any) => any} */
  const visit = (node) => ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword
    ? context.factory.createIdentifier('__importMeta') : ts.visitEachChild(node, visit, context);
  return (/** @type {any} */ file) => ts.visitNode(file, visit);
};

module.exports = { LocalModules };
