import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readTransitions } from '../../../src/data/synthetic/transitions.ts';
import { removeTemporaryFolders, temporaryFolder, writeTree } from '../folders.ts';

describe('readTransitions', () => {
  afterEach(removeTemporaryFolders);

  it('lists the clips that change from one expression to another', async () => {
    const root = await temporaryFolder();
    await writeTree(root, { 'clips.csv': 'clip,peak,transition\n00001,0.5,1\n00002,0.4,0\n' });
    assert.deepEqual(await readTransitions(root), new Set(['00001']));
  });

  it('refuses a folder without the table, or with another one', async () => {
    const root = await temporaryFolder();
    const file = join(root, 'clips.csv');
    await assert.rejects(readTransitions(root), { message: `${file}: expected the table of a rendered benchmark, found no such file; render one with "ial synth"` });
    await writeTree(root, { 'clips.csv': 'clip,peak\n00001,0.5\n' });
    await assert.rejects(readTransitions(root), { message: `${file}: expected a column "transition" of 0 and 1; render the benchmark anew` });
  });
});
