// Reading the clips of a recorded run again.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { rename } from 'node:fs/promises';
import { readDataset } from '../../src/data/dataset.ts';
import { readRunDataset } from '../../src/runs/dataset.ts';
import { emptyFrames, removeTemporaryFolders, temporaryFolder, writeTree } from '../data/folders.ts';
import { RECORD } from './record.ts';

describe('readRunDataset', () => {
  afterEach(removeTemporaryFolders);

  it('reads the same fold and scene, where the folder was or where it is now', async () => {
    const top = await temporaryFolder(), root = join(top, 'ferv');
    await writeTree(root, {
      '4_setups/All_scenes/train_All.csv': 'Action/Sad/0010 Sad\nWar/Angry/0001 Angry\n', '4_setups/All_scenes/test_All.csv': 'War/Happy/0001 Happy\nAction/Fear/0002 Fear\n',
      ...emptyFrames('2_ClipsforFaceCrop', { 'Action/Sad/0010': 2, 'War/Angry/0001': 2, 'War/Happy/0001': 2, 'Action/Fear/0002': 2 }, (_, frame) => `${frame}.jpg`),
    });
    const { name, fold, scene, fingerprint } = await readDataset({ name: 'ferv39k', root, fold: 1, scene: 'war' });
    const one = { dataset: { ...RECORD.dataset, name, root, fold, scene: scene!, fingerprint } }, { scene: _, ...whole } = one.dataset;
    assert.equal((await readRunDataset(one)).fingerprint, fingerprint);
    assert.deepEqual((await readRunDataset({ dataset: whole })).test.map(({ id }) => id), ['War/Happy/0001', 'Action/Fear/0002']);
    await rename(root, join(top, 'moved'));
    await assert.rejects(readRunDataset(one), /ferv: expected the folder of a dataset, found nothing/);
    assert.equal((await readRunDataset(one, { data: join(top, 'moved') })).fingerprint, fingerprint);
  });
});
