import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openClips } from '../../src/data/clipSource.ts';
import { renderSynthetic } from '../../src/data/synthetic/index.ts';

const benchmark = { layout: 'dfew', clips: 40, seed: 6, size: 16, frames: [2, 3] } as const;

describe('openClips', () => {
  let root = '';
  before(async () => {
    root = join(await mkdtemp(join(tmpdir(), 'clips-')), 'set');
    await renderSynthetic({ ...benchmark, root, workers: 1 });
  });
  after(() => rm(join(root, '..'), { recursive: true }));

  it('shows the same clips with the folder and without it', async () => {
    const read = await openClips({ name: 'dfew', root, fold: 2 }, benchmark);
    const drawn = await openClips({ name: 'dfew', root: '', fold: 2 }, benchmark);
    assert.equal(drawn.dataset.fingerprint, read.dataset.fingerprint);
    assert.deepEqual(drawn.intensity, read.intensity);
    assert.deepEqual(drawn.identities, read.identities);
    const { id } = read.dataset.test[0]!;
    assert.deepEqual(await drawn.frames(id), await Promise.all((await read.frames(id)).map((frame) => readFile(frame))));
  });

  it('refuses a clip that there is not', async () => {
    for (const folder of [root, '']) {
      const { frames } = await openClips({ name: 'dfew', root: folder, fold: 1 }, benchmark);
      await assert.rejects(frames('99999'), (error: Error) => error.name === 'UserError' && error.message.includes('99999'));
    }
  });
});
