// @ts-check
'use strict';
// The kernel looks at its local files before it compiles, instead of letting TypeScript watch them: an edit counts in
// the very next cell, no operating-system watch is used up, and packages, which do not change, are never looked at.

const { readdirSync, statSync } = require('node:fs');
const { join, sep } = require('node:path');

/** @param {string} file */
const stampOf = (file) => {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size}` : '';
};

/**
 * The file watching of TypeScript's compiler host, made to report when asked.
 * @param {any} ts
 * @param {any} sys tslab's system, changed in place
 * @param {string} root
 */
function pollFiles(ts, sys, root) {
  const { Created, Changed, Deleted } = ts.FileWatcherEventKind;
  const isOwn = (/** @type {string} */ file) => file.startsWith(root + sep) && !file.includes(`${sep}node_modules${sep}`);
  /** One file may be watched twice. @type {Set<{ file: string, stamp: string, notify: (file: string, kind: number) => void }>} */
  const files = new Set();
  /** @type {Set<{ folder: string, notify: (file: string) => void }>} */
  const folders = new Set();
  let names = new Set(list(root));

  const watchFile = sys.watchFile;
  sys.watchFile = (/** @type {string} */ file, /** @type {any} */ notify, /** @type {unknown[]} */ ...rest) => {
    if (/__(tslab|prev)__\./.test(file)) return watchFile(file, notify, ...rest);   // a cell: tslab tells of it itself
    if (!isOwn(file)) return { close() {} };
    const entry = { file, stamp: stampOf(file), notify };
    files.add(entry);
    return { close: () => files.delete(entry) };
  };
  sys.watchDirectory = (/** @type {string} */ folder, /** @type {any} */ notify) => {
    const entry = { folder, notify };
    folders.add(entry);
    return { close: () => folders.delete(entry) };
  };
  // tslab's own timer takes one kind of callback only and fails for ever after a second one: the others run in poll()
  const { setTimeout: set, clearTimeout: clear } = sys;
  /** @type {Set<{ run: () => void }>} */
  const pending = new Set();
  sys.setTimeout = (/** @type {any} */ run, /** @type {unknown[]} */ ...args) => {
    if (run.name === 'updateProgramWithWatchStatus') return set(run, ...args);
    const timer = { run };
    pending.add(timer);
    return timer;
  };
  sys.clearTimeout = (/** @type {any} */ timer) => { if (!pending.delete(timer) && !timer?.run) clear(timer); };

  /** Since the kernel started. @type {Set<string>} */
  const edited = new Set();
  function poll() {
    for (const entry of Array.from(files)) {               // a copy: notifying adds and removes
      const { file, stamp: before } = entry;
      entry.stamp = stampOf(file);
      if (entry.stamp === before) continue;
      edited.add(file);
      entry.notify(file, before === '' ? Created : entry.stamp === '' ? Deleted : Changed);
    }
    if (folders.size > 0) names = reportNames(names, root, folders);
    for (const timer of Array.from(pending)) if (pending.delete(timer)) timer.run();
  }
  return { poll, edited };
}

/**
 * Tells the watched folders of files that came or went since the last look.
 * @param {Set<string>} before
 * @param {string} root
 * @param {Set<{ folder: string, notify: (file: string) => void }>} folders
 */
function reportNames(before, root, folders) {
  const now = new Set(list(root));
  const changed = [...[...now].filter((name) => !before.has(name)), ...[...before].filter((name) => !now.has(name))];
  for (const file of changed) for (const { folder, notify } of Array.from(folders)) if (file.startsWith(folder + sep)) notify(file);
  return now;
}

/**
 * What a notebook may import: sources, and modules beside it.
 * @param {string} root
 */
function list(root) {
  return ['src', 'notebooks'].flatMap((folder) => {
    try {
      return readdirSync(join(root, folder), { recursive: true }).map((name) => join(root, folder, String(name)));
    } catch {
      return [];
    }
  });
}

module.exports = { pollFiles, stampOf };
