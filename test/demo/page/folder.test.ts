// A folder that a user drops: the frames in their order, or what is wrong with it.
import assert from 'node:assert/strict';
import { preset } from '../../../src/config.ts';
import { frameIndices } from '../../../src/data/frameIndices.ts';
import { framesOf, openFolder, type Picked } from '../../../src/demo/page/folder.ts';

const paths = (...names: string[]): { path: string }[] => names.map((path) => ({ path }));
const problem = (...names: string[]): string => {
  try { framesOf(paths(...names)); } catch (error) { return (error as Error).message; }
  return 'none';
};

describe('demo/page/folder', () => {
  it('takes the images of one folder in the order of their numbers', () => {
    const { folder, frames } = framesOf(paths('a/00012/10.jpg', 'a/00012/2.jpg', 'a/00012/notes.txt', 'a/00012/._2.jpg', 'a/00012/1.PNG'));
    assert.equal(folder, 'a/00012');
    assert.deepEqual(frames.map(({ path }) => path), ['a/00012/1.PNG', 'a/00012/2.jpg', 'a/00012/10.jpg']);
    assert.deepEqual(framesOf(paths('2.webp', '1.webp')).frames.map(({ path }) => path), ['1.webp', '2.webp']);
  });

  it('says what it found instead', () => {
    assert.match(problem(), /found an empty one/);
    assert.match(problem('x/.hidden'), /found an empty one/);
    assert.match(problem(...Array.from({ length: 5001 }, (_, i) => `set/${i}/1.jpg`)), /found more than 5000 files/);
    assert.match(problem('x/a.txt'), /found no image among 1 file \(a\.txt\)$/);
    assert.match(problem('x/a.txt', 'x/b.csv'), /found no image among 2 files \(a\.txt, \.\.\.\)$/);
    assert.match(problem('talk.mp4'), /talk\.mp4 is a video.*ial predict reads videos/);
    assert.match(problem('x/1.tiff', 'x/2.tiff'), /1\.tiff: browsers cannot read TIFF/);
    assert.match(problem('x/1/1.jpg', 'x/2/1.jpg', 'x/3/1.jpg', 'x/4/1.jpg'), /found images in 4 folders \(x\/1, x\/2, x\/3, \.\.\.\)/);
  });

  const config = { ...preset('tiny'), imageSize: 8, numSegments: 4 };
  const picked = (count: number): Picked[] => Array.from({ length: count }, (_, i) => ({ path: `clip/${i + 1}.png`, file: new Blob([String(i + 1)]) }));
  /** Each frame is one grey: its number. */
  const decode = async (blob: Blob): Promise<{ data: Uint8Array; width: number; height: number }> => ({ data: new Uint8Array(10 * 10 * 3).fill(Number(await blob.text())), width: 10, height: 10 });

  it('shows the frames that a test would', async () => {
    const clip = await openFolder(picked(21), config, decode);
    const indices = frameIndices({ id: 'clip', frames: Array.from({ length: 21 }, String) }, { ...config, mode: 'test', epoch: 0 });
    assert.deepEqual(Array.from({ length: 4 }, (_, t) => clip.images[t * 8 * 8 * 3]), indices.map((index) => index + 1));
    assert.deepEqual(clip.names, indices.map((index) => `${index + 1}.png`));
    assert.deepEqual(clip.notes, []);
  });

  it('says when there are fewer frames than the network sees, and which frame cannot be read', async () => {
    assert.match((await openFolder(picked(1), config, decode)).notes.join(), /^only 1 frame, the network sees 4: some are shown more than once/);
    assert.match((await openFolder(picked(3), config, decode)).notes.join(), /^only 3 frames/);
    await assert.rejects(openFolder(picked(5), config, () => Promise.reject(new Error('no picture that this browser can read'))), /^Error: 1\.png: no picture that this browser can read$/);
  });
});
