// @ts-check
'use strict';
// tslab turns the name of an earlier cell's variable into a lookup in its store, but misses the short form of object
// literals: `{ seed }` fails with "seed is not defined". Written out, `{ seed: seed }`, it is found.

/** @typedef {{ line: number, column: number, length: number }} Insertion  line and column from 0, in the cell */

/**
 * @param {any} ts
 * @param {string} source
 * @returns {{ text: string, insertions: Insertion[] }} lines stay what they are
 */
function writeOut(ts, source) {
  if (!source.includes('{')) return { text: source, insertions: [] };
  const file = ts.createSourceFile('cell.ts', source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS);
  /** @type {{ end: number, text: string }[]} */
  const names = [];
  /** @type {(node: any) => void} */
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node)) names.push({ end: node.name.end, text: `: ${node.name.text}` });
    ts.forEachChild(node, visit);
  };
  visit(file);
  const text = names.reduceRight((result, name) => result.slice(0, name.end) + name.text + result.slice(name.end), source);
  const insertions = names.map(({ end, text: { length } }) => {
    const { line, character } = file.getLineAndCharacterOfPosition(end);
    return { line, column: character, length };
  });
  return { text, insertions };
}

/**
 * The column of the cell for one of its written-out text, both from 0.
 * @param {Insertion[]} insertions in the order of the text
 * @param {number} line
 * @param {number} column
 */
function columnOf(insertions, line, column) {
  let shift = 0;
  for (const at of insertions) if (at.line === line && at.column + shift < column) shift += Math.min(at.length, column - at.column - shift);
  return column - shift;
}

module.exports = { columnOf, writeOut };
