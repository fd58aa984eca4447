import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { openClip } from '../../src/data/clipInput.ts';
import { UserError } from '../../src/errors.ts';
import { temporaryFolder } from '../runs/support.ts';
import { inOneLine } from '../refusal.ts';

const png = (value: number): Promise<Buffer> => sharp(Buffer.alloc(4 * 4 * 3, value), { raw: { width: 4, height: 4, channels: 3 } }).png().toBuffer();

describe('data/clipInput', () => {
  const folder = temporaryFolder();

  it('a folder\'s frames in numeric order, decoded as asked', async () => {
    for (const n of [1, 2, 10]) writeFileSync(join(folder(), `${n}.png`), await png(n));
    writeFileSync(join(folder(), 'notes.txt'), 'no frame');
    const clip = await openClip(folder());
    assert.deepEqual([clip.count, clip.names], [3, ['1.png', '2.png', '10.png']]);
    const frames = await clip.frames([2, 0]);
    assert.deepEqual(frames.map(({ width, data }) => [width, data[0]]), [[4, 10], [4, 1]]);
  });

  it('says in one line what is wrong with a path', async () => {
    const refused = (path: string, expected: RegExp): Promise<void> => assert.rejects(openClip(path), inOneLine(expected));
    mkdirSync(join(folder(), 'empty'));
    mkdirSync(join(folder(), 'texts'));
    writeFileSync(join(folder(), 'texts', 'a.txt'), 'x');
    await refused(join(folder(), 'none'), /none: expected a folder of frames or a video file, found nothing$/);
    await refused(join(folder(), 'empty'), /empty: expected a folder of frames \(JPEG, PNG, WebP, TIFF\), found an empty folder$/);
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', [join(folder(), 'pipe.mp4')]);
      await refused(join(folder(), 'pipe.mp4'), /pipe\.mp4: expected a folder of frames or a video file, found a pipe, not a file; save it as a file first$/);
    }
    await refused(join(folder(), 'texts'), /texts: .*found no image among its 1 files$/);
  });

  it('a frame that is no image is named when it is decoded', async () => {
    writeFileSync(join(folder(), '1.jpg'), 'not an image');
    const clip = await openClip(folder());
    await assert.rejects(clip.frames([0]), (error: unknown) => error instanceof UserError && /1\.jpg: expected a readable image of clip .*; restore the file, or take it out of the folder$/.test(error.message));
  });

  it('an aborted signal stops the decoding', async () => {
    writeFileSync(join(folder(), '1.png'), await png(1));
    await assert.rejects((await openClip(folder())).frames([0], AbortSignal.abort()), { name: 'Interrupted' });
  });
});
