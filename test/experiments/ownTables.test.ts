import assert from 'node:assert/strict';
import { OWN_TABLES, ownTablesNamed } from '../../src/experiments/ownTables.ts';
import { TABLES } from '../../src/experiments/plan.ts';
import { planRuns } from '../../src/experiments/planRuns.ts';
import { UserError } from '../../src/errors.ts';

describe('experiments/ownTables', () => {
  it('has the rows of DFEW\'s tables on own clips, beside nothing published', () => {
    assert.deepEqual(OWN_TABLES.map(({ name }) => name), TABLES.filter(({ dataset }) => dataset === 'dfew').map(({ name }) => name.replace('main-dfew', 'main')));
    assert.ok(OWN_TABLES.every(({ dataset, rows }) => dataset === 'csv' && rows.every((row) => !('published' in row))));
    assert.deepEqual(OWN_TABLES[0]!.rows.map(({ label, settings }) => [label, settings]), TABLES[0]!.rows.map(({ label, settings }) => [label, settings]));
  });

  it('plans the folds that are told, with as many classes', () => {
    const runs = planRuns(ownTablesNamed(['main']), { profile: 'full', preset: 'tiny', folds: [2, 7], seeds: 1, set: ['numClasses=11'] });
    assert.equal(runs.length, 2 * OWN_TABLES[0]!.rows.length);
    assert.ok(runs.every(({ dataset, config }) => dataset === 'csv' && config.numClasses === 11));
    assert.deepEqual([...new Set(runs.map(({ fold }) => fold))], [2, 7]);
    assert.ok(runs.some(({ name }) => name.startsWith('tiny-csv7-')));
  });

  it('names the tables that there are where one is unknown', () => {
    assert.throws(() => ownTablesNamed(['main-dfew']), (error: Error) => error instanceof UserError && /^expected tables out of main, components, .*, found "main-dfew"$/.test(error.message));
    assert.equal(ownTablesNamed([]), OWN_TABLES);
  });
});
