// @ts-check
'use strict';
// tslab was built against its own fork of TypeScript 5.0. package.json replaces the fork by the stock TypeScript 6.0.3;
// this supplies the six functions that the fork adds, written against the internals of TypeScript 5.9 and 6.0.

/** @typedef {any} Internals the TypeScript module with its internal functions, which have no types */

/** @param {Internals} ts */
module.exports = (ts) => {
  if (ts.getPreEmitDiagnosticsOfFiles) return;
  ts.getNullTransformationContext = () => ts.nullTransformationContext;
  ts.getDefaultTypeRoots = typeRoots(ts);
  ts.getPreEmitDiagnosticsOfFiles = diagnosticsOf(ts);
  ts.getQuickInfoAtPosition = quickInfo(ts);
  const { getCompletionsAtPosition } = ts.Completions;
  ts.Completions = {
    ...ts.Completions,
    /** @param {unknown[]} args */
    getCompletionsAtPositionForTslab: (...args) => getCompletionsAtPosition(...args, undefined),
  };
};

/** @param {Internals} ts */
const typeRoots = (ts) => (/** @type {string} */ folder, /** @type {any} */ host) => {
  const roots = [];
  for (let at = folder; ; at = ts.getDirectoryPath(at)) {
    const types = ts.combinePaths(at, 'node_modules/@types');
    if (host.directoryExists(types)) roots.push(types);
    if (ts.getDirectoryPath(at) === at) return roots;
  }
};

// the cell comes first and is declared to later cells, so only its declarations must be expressible;
// the modules it imports come after it
/** @param {Internals} ts */
const diagnosticsOf = (ts) => (/** @type {any} */ program, /** @type {any[]} */ files, /** @type {any} */ token) =>
  ts.sortAndDeduplicateDiagnostics([
    ...program.getOptionsDiagnostics(token), ...program.getGlobalDiagnostics(token),
    ...files.flatMap((file) => [...program.getSyntacticDiagnostics(file, token), ...program.getSemanticDiagnostics(file, token)]),
    ...program.getDeclarationDiagnostics(files[0], token),
  ]);

/** tslab prints a tag's text alone, but for "@param". @param {any} tag */
const spelledOut = (tag) => (tag.name === 'param' ? tag : { ...tag, text: [{ kind: 'text', text: `@${tag.name} ` }, ...tag.text ?? []] });

/** @param {Internals} ts */
const quickInfo = (ts) => (/** @type {any} */ file, /** @type {any} */ checker, /** @type {any} */ _token, /** @type {number} */ position) => {
  const node = ts.getTouchingPropertyName(file, position);
  if (node === file) return undefined;
  const textSpan = ts.createTextSpanFromNode(node, file);
  const symbol = checker.getSymbolAtLocation(node);
  const scope = ts.getContainerNode(node);
  if (symbol && !checker.isUnknownSymbol(symbol)) {
    // what an import stands for, not that it is one
    const named = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const meant = checker.isUnknownSymbol(named) ? symbol : named;
    const { symbolKind, ...shown } = ts.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(checker, meant, file, scope, node);
    return { kind: symbolKind, kindModifiers: '', textSpan, ...shown, tags: shown.tags?.map(spelledOut) };
  }
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return undefined;
  const displayParts = ts.typeToDisplayParts(checker, checker.getTypeAtLocation(node), scope);
  return { kind: '', kindModifiers: '', textSpan, displayParts, documentation: [], tags: [] };
};
