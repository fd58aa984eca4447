// ial verify: what it says, what it writes, how it ends.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sourcesHash } from '../../src/experiments/sources.ts';
import { make } from '../experiments/madeRun.ts';
import { temporaryFolder } from '../runs/support.ts';
import { inProcess } from './process.ts';

describe('ial verify', () => {
  const folder = temporaryFolder();
  const verify = (...more: readonly string[]) => inProcess(['verify', '--runs', join(folder(), 'runs'), '--archive', join(folder(), 'archive'), ...more]);

  it('shows what came out the same, and notes it beside the archive when asked', async () => {
    await make(join(folder(), 'archive'), { sources: 'old0000000' });
    await make(join(folder(), 'runs'), { sources: sourcesHash() });
    const file = join(folder(), 'archive', 'alike.json'), first = await verify();
    assert.deepEqual([first.code, existsSync(file)], [0, false], first.stderr);
    assert.match(first.stdout, /seed1.*4.*0.*nothing.*nothing/);
    assert.match(first.stdout, /1 of 1 runs came out the same/);
    const { code, stdout } = await verify('--write');
    assert.equal(code, 0);
    assert.match(stdout, /alike\.json: runs of sources old00000 count as today's/);
    assert.deepEqual((JSON.parse(readFileSync(file, 'utf8')) as { as: string[] }).as, ['old0000000']);
  });

  it('ends with 1 and writes nothing when one came out otherwise, and says which machine made it', async () => {
    await make(join(folder(), 'archive'), { sources: 'old', device: 'cpu, 1 thread' });
    await make(join(folder(), 'runs'), { sources: sourcesHash(), device: 'cpu, 2 threads', swapped: true });
    const { code, stdout, stderr } = await verify('--write');
    assert.deepEqual([code, existsSync(join(folder(), 'archive', 'alike.json'))], [1, false]);
    assert.match(stdout, /0 of 1 runs came out the same/);
    assert.match(stderr, /1 of them were made by cpu, 1 thread, not by cpu, 2 threads: another number of threads/);
  });

  it('goes on from what was noted before: compared with runs of those sources made here, not with the archive\'s', async () => {
    const archive = join(folder(), 'archive'), file = join(archive, 'alike.json'), against = ['--against', join(folder(), 'before'), '--write'];
    await make(archive, { sources: 'old0000000', device: 'elsewhere', shift: 5 });
    await make(join(folder(), 'before'), { sources: 'yesterday0' });
    await make(join(folder(), 'runs'), { sources: sourcesHash() });
    const refused = await verify(...against);
    assert.deepEqual([refused.code, existsSync(file)], [1, false]);
    assert.match(refused.stderr, /alike\.json: expected a note that its runs count as those of the sources that made .*before/);
    const earlier = { sources: 'yesterday0', as: ['old0000000'], shownBy: { runs: ['seed1'], clips: 4, logits: 0, losses: 0 }, device: 'elsewhere', at: 'then' };
    writeFileSync(file, JSON.stringify(earlier));
    const { code, stdout, stderr } = await verify(...against);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /runs of sources yesterda, old00000 count as today's/);
    const written = JSON.parse(readFileSync(file, 'utf8')) as { as: string[]; earlier: unknown };
    assert.deepEqual([written.as, written.earlier], [['yesterday0', 'old0000000'], earlier]);
  });

  it('says what to do where nothing was made anew', async () => {
    await make(join(folder(), 'archive'), { sources: 'old' });
    const { code, stderr } = await verify();
    assert.equal(code, 1);
    assert.match(stderr, /found no run that today's sources made of an experiment in .*; "ial reproduce --profile smoke --no-archive" makes some/);
  });
});
