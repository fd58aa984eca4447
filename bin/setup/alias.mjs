// @ts-check
// danfojs-node asks for @tensorflow/tfjs-node. The npm override gives it a second copy of tfjs-node-gpu; a link in
// that place makes it the very same module instance, so one engine, one addon, one memory.

import { existsSync, lstatSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const TARGET = 'tfjs-node-gpu';

/** @param {import('./home.mjs').Home} home */
export function shareEngine(home) {
  const place = join(home.modules, '@tensorflow', 'tfjs-node');
  if (!existsSync(place) || isLink(place)) return;
  const link = `${place}.${process.pid}.tmp`;
  const old = `${place}.${process.pid}.old`;
  rmSync(link, { force: true });
  symlinkSync(TARGET, link);
  renameSync(place, old);
  renameSync(link, place);
  rmSync(old, { recursive: true, force: true });
}

/** @param {string} place */
function isLink(place) {
  return lstatSync(place).isSymbolicLink() && readlinkSync(place) === TARGET;
}
