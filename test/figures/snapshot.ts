// Compares a figure with test/snapshots/NAME.json, numbers rounded; UPDATE_SNAPSHOTS=1 writes it.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Figure } from '../../src/figures/figure.ts';

const rounded = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'number' ? Number(inner.toPrecision(4)) : inner)));

export function matchSnapshot(name: string, figure: Figure): void {
  const file = fileURLToPath(new URL(`../snapshots/${name}.json`, import.meta.url));
  const found = rounded(figure);
  if (process.env['UPDATE_SNAPSHOTS']) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(found, null, 1)}\n`);
  }
  assert.ok(existsSync(file), `no snapshot ${name}: look at the figure, then run with UPDATE_SNAPSHOTS=1`);
  assert.deepEqual(found, JSON.parse(readFileSync(file, 'utf8')));
}
