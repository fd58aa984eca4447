import assert from 'node:assert/strict';
import { preset } from '../../src/config.ts';
import { TABLES } from '../../src/experiments/plan.ts';
import { canonical, planRuns, PROFILES, profileSet, rowConfig, runKey, SMOKE_EPOCHS, tablesNamed } from '../../src/experiments/planRuns.ts';

const plan = (profile: 'smoke' | 'full', names: readonly string[] = []): ReturnType<typeof planRuns> => planRuns(tablesNamed(names), { profile, ...PROFILES[profile] });

describe('plans of the paper\'s tables', () => {
  it('every row of every table is an experiment that the presets paper, small and tiny allow', () => {
    for (const { rows } of TABLES) for (const { settings } of rows) for (const name of ['paper', 'small', 'tiny']) rowConfig({ preset: name }, settings, 1);
  });

  it('every table has the row that it compares with, labels are unique, and smoke makes that row too', () => {
    for (const { name, rows, reference } of TABLES) {
      assert.equal(new Set(rows.map(({ label }) => label)).size, rows.length, name);
      assert.ok(rows.some(({ label, smoke }) => label === reference && smoke), name);
      assert.ok(rows.filter(({ smoke }) => smoke).length >= 2, name);
    }
  });

  it('smoke is at most 12 runs of fold 1 and seed 1 at tiny, and touches every table', () => {
    const runs = plan('smoke');
    assert.ok(runs.length <= 12, String(runs.length));
    assert.deepEqual([...new Set(runs.map(({ fold, config }) => `${config.preset} ${fold} ${config.seed}`))], ['tiny 1 1']);
    assert.deepEqual(new Set(runs.flatMap(({ rows }) => rows.map((row) => row.split('/')[0]))), new Set(TABLES.map(({ name }) => name)));
  });

  it('smoke trains tiny shorter unless it is told how long, and nothing else', () => {
    assert.deepEqual(profileSet('smoke', 'tiny', ['lambda=0.2']), [`epochs=${SMOKE_EPOCHS}`, 'lambda=0.2']);
    assert.deepEqual([profileSet('smoke', 'tiny', ['epochs=3']), profileSet('smoke', 'paper', []), profileSet('full', 'tiny', [])], [['epochs=3'], [], []]);
  });

  it('full is five folds and three seeds: 19 experiments on DFEW and 4 on FERV39k\'s one split, 297 runs', () => {
    const runs = plan('full');
    assert.equal(runs.length, 19 * 5 * 3 + 4 * 3);
    assert.equal(new Set(runs.map(({ name }) => name)).size, runs.length, 'names tell runs apart');
    assert.equal(new Set(runs.map(({ dataset, fold, config }) => runKey(dataset, fold, config))).size, runs.length);
  });

  it('tables share the runs that are the same experiment', () => {
    const whole = plan('full').find(({ name }) => name === 'paper-dfew1-seed1')!;
    assert.deepEqual(whole.rows.map((row) => row.split('/')[0]), ['main-dfew', 'components', 'lambda', 'auxiliary', 'placement', 'reduction', 'fusion', 'temporal', 'sampling', 'leak']);
    assert.deepEqual(plan('full', ['placement']).find(({ config }) => !config.gca.layer2 && !config.gca.layer3)!.config, rowConfig({ preset: 'paper' }, TABLES.find(({ name }) => name === 'components')!.rows[2]!.settings, 1));
  });

  it('halved keeps the number of frames: 16 x 1 becomes 8 x 2, 8 x 1 becomes 4 x 2', () => {
    for (const [name, expected] of [['paper', [8, 2]], ['tiny', [4, 2]]] as const) {
      const { numSegments, framesPerSegment } = rowConfig({ preset: name }, { halved: true }, 1);
      assert.deepEqual([numSegments, framesPerSegment], expected);
    }
  });

  it('a key does not depend on the order in which settings are written, but on each of them, the fold and the set', () => {
    const config = preset('tiny');
    const turned = Object.fromEntries(Object.entries(config).reverse()) as unknown as typeof config;
    assert.equal(runKey('dfew', 1, config), runKey('dfew', 1, turned));
    const others = [runKey('dfew', 2, config), runKey('ferv39k', 1, config), runKey('dfew', 1, { ...config, seed: 2 }), runKey('dfew', 1, { ...config, gca: { layer2: true, layer3: false } })];
    assert.equal(new Set([runKey('dfew', 1, config), ...others]).size, 5);
    assert.equal(canonical({ b: [1, { d: 1, c: 'x' }], a: null }), '{"a":null,"b":[1,{"c":"x","d":1}]}');
  });

  it('--set changes what every row starts from; a row\'s own settings win', () => {
    const shorter = planRuns(tablesNamed(['lambda']), { profile: 'full', ...PROFILES.smoke, set: ['epochs=3', 'lambda=0.7'] });
    assert.deepEqual(shorter.map(({ config }) => [config.epochs, config.lambda]), [[3, 0], [3, 0.05], [3, 0.7], [3, 0.2], [3, 0.5], [3, 1]]);
  });

  it('an unknown table or row is refused with what there is', () => {
    assert.throws(() => tablesNamed(['lamda']), /UserError: expected tables out of main-dfew, .*, found "lamda"/);
    assert.throws(() => planRuns(tablesNamed(['lambda']), { profile: 'full', ...PROFILES.full }, ['0.3']), /--only: expected rows out of "0", "0\.05".*found "0\.3"/);
  });
});
