// What the doctor can find stands in the table of findings that its user reads.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('../../../src/data/doctor/', import.meta.url);

/** Ids as the modules name them: found('id', ...), say('id', ...), refused('id', ...), or first in a table of theirs. */
function idsIn(source: string): string[] {
  const called = [...source.matchAll(/\b(?:found|say|refused)\('([a-z-]+)'/g)], listed = [...source.matchAll(/\['([a-z]+-[a-z]+)', '/g)];
  return [...called, ...listed].map((match) => match[1]!);
}

describe('the table of findings in datasets/README.md', () => {
  it('lists every finding', () => {
    const readme = readFileSync(new URL('../../../datasets/README.md', import.meta.url), 'utf8'), table = readme.slice(readme.indexOf('## What the doctor finds'), readme.indexOf('`--on-bad-clip skip` (train'));
    const ids = new Set(readdirSync(folder).flatMap((name) => idsIn(readFileSync(new URL(name, folder), 'utf8'))));
    assert.ok(ids.size > 40, [...ids].join());
    // "grey-, cmyk-, ... misnamed-frame" stand for grey-frame, ...
    assert.deepEqual([...ids].filter((id) => !new RegExp(`\\b${id}\\b`).test(table) && !table.includes(`${id.replace('-frame', '')}-, `) && !table.includes(`${id.replace('-frame', '')}- (`)), []);
  });
});
